"""Whether mails leave: what one delivery learns, every page and the next delivery know."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import makers
from mail_server import MINUTE, Server, a_mail, deliver_at, kept, listening, use
from training.identity.actions import signin
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict
from training.kernel.links import digest
from training.messages import queries
from training.messages.actions import delivery, outgoing, trial
from training.messages.actions.outgoing import Letter, Reader
from training.messages.clients import smtp
from training.messages.rules import RETRIES, Fate, MailState, Stop
from training.worker import drain

pytestmark = pytest.mark.anyio
CLOSED = "smtp://127.0.0.1:1?starttls=never"


async def a_restoration(secret: str | None = None) -> None:
    """As `restore` leaves it."""
    async with db.atomic():
        await db.execute("insert into restoration (id, at, secret) values (1, $1, $2)", clock.now(), secret)


async def a_signin_mail(email: str = "rh@mairie.example.org") -> tuple[int, str]:
    """The mail of a request, and the proof of the browser that asked."""
    proof = await signin.request(email, network="192.0.2.0")
    await drain()
    mail = await db.value("select max(id) from mail where secret = 'signin'")
    return int(mail), proof


async def test_a_closed_server_is_known_from_its_first_refusal_until_a_mail_leaves(database_test, monkeypatch):
    mail = await a_mail()
    use(monkeypatch, smtp_url=CLOSED)
    assert (await queries.departures()).stop is None, "nobody has tried"
    with clock.frozen(makers.NOON):
        await delivery.deliver(SYSTEM, mail)
    with clock.frozen(makers.NOON + MINUTE):
        await delivery.deliver_due()
        known = await queries.departures()
    assert (known.stop, known.stop_of_signin, known.since) == (Stop.REFUSING, Stop.REFUSING, makers.NOON)
    assert "127.0.0.1" in known.answer
    async with listening(Server(), monkeypatch):
        await deliver_at(makers.NOON + 10 * MINUTE)
    assert (await kept(mail)).state == MailState.SENT
    assert (await queries.departures()).stop is None


async def test_a_mail_that_is_refused_says_nothing_about_the_others(database_test, monkeypatch):
    async with listening(server := Server(at_rcpt="550 5.1.1 No such box"), monkeypatch):
        await delivery.deliver(SYSTEM, await a_mail())
        server.at_rcpt = "451 4.7.1 Greylisted"
        await delivery.deliver(SYSTEM, await a_mail())
        assert (await queries.departures()).stop is None


async def test_no_mail_is_given_up_for_a_server_that_takes_none(database_test, monkeypatch):
    """After a day and a half each had failed for good, and waited for a person to send it again, one by one."""
    use(monkeypatch, smtp_url=CLOSED)
    now = makers.NOON
    with clock.frozen(now):
        mail = await a_mail()
    for _each in range(len(RETRIES) + 3):
        await deliver_at(now)
        now += 6 * MINUTE
    view = await kept(mail)
    assert (view.state, view.attempts) == (MailState.QUEUED, len(RETRIES) + 3)
    async with listening(Server(), monkeypatch):
        await deliver_at(now)
    assert (await kept(mail)).state == MailState.SENT


async def test_a_server_that_takes_none_is_asked_once_a_minute_whatever_waits(database_test, monkeypatch):
    use(monkeypatch, smtp_url=CLOSED)
    with clock.frozen(makers.NOON):
        mails = [await a_mail() for _each in range(12)]
        await delivery.deliver_due()
        for mail in mails:
            await delivery.deliver(SYSTEM, mail)
    tries = [(await kept(mail)).attempts for mail in mails]
    assert sum(tries) == 1


async def test_a_password_that_is_wrong_is_found_before_anybody_waits_for_a_mail(database_test, monkeypatch):
    await makers.make_platform()
    use(monkeypatch, smtp_url=CLOSED)
    await delivery.knock()
    assert (await queries.departures()).stop == Stop.REFUSING
    async with listening(server := Server(), monkeypatch):
        await delivery.knock()
        assert (await queries.departures()).stop is None
        assert server.taken == []


async def test_a_knock_at_a_silent_door_is_short(database_test, monkeypatch):
    listener = await asyncio.start_server(lambda reader, writer: asyncio.sleep(60), "127.0.0.1", 0)
    url = smtp.SmtpUrl.parse(f"smtp://127.0.0.1:{listener.sockets[0].getsockname()[1]}?starttls=never")
    with pytest.raises(smtp.TransientRefusal) as caught:
        async with asyncio.timeout(2):
            await smtp.greet(url, "a@example.org", patience=0.3)
    assert caught.value.at_the_door
    listener.close()


async def test_a_trial_says_what_the_server_says(database_test, monkeypatch):
    await makers.make_platform()
    with pytest.raises(Conflict):
        await trial.send_trial(SYSTEM, "moi@example.org")
    async with listening(server := Server("250 2.0.0 queued as 4711"), monkeypatch):
        assert "queued as 4711" in await trial.send_trial(SYSTEM, "moi@example.org")
        assert server.taken[0]["To"] == "moi@example.org"
        server.answer = "554 5.7.1 Looks like spam"
        with pytest.raises(smtp.PermanentRefusal, match="Looks like spam"):
            await trial.send_trial(SYSTEM, "moi@example.org")
    assert await queries.mails() == []


async def test_a_restored_site_sends_nothing_but_what_lets_people_in_until_it_is_told(database_test, monkeypatch):
    await makers.make_platform()
    await a_restoration()
    async with listening(server := Server(), monkeypatch):
        mail = await a_mail()
        signin_mail, _proof = await a_signin_mail()
        await delivery.deliver_due()
        assert [(await kept(m)).state for m in (mail, signin_mail)] == [MailState.HELD, MailState.SENT]
        await delivery.deliver_due()
        assert (await kept(mail)).state == MailState.HELD, "nothing lets it go by itself"
        with pytest.raises(Conflict):
            await delivery.retry(SYSTEM, mail)
        known = await queries.departures()
        assert (known.stop, known.stop_of_signin) == (Stop.RESTORED, None)
        assert await delivery.release(SYSTEM) == 1
        assert await delivery.release(SYSTEM) is None
        await delivery.deliver_due()
        assert (await kept(mail)).state == MailState.SENT
    assert len(server.taken) == 2


async def test_a_signin_mail_that_comes_too_late_opens_nothing_and_does_not_leave(database_test, monkeypatch):
    await makers.make_platform()
    use(monkeypatch, smtp_url=CLOSED)
    mail, _proof = await a_signin_mail()
    async with listening(server := Server(), monkeypatch):
        await deliver_at(clock.now() + timedelta(hours=2))
    assert server.taken == []
    assert (await kept(mail)).state == MailState.FAILED
    assert await queries.unsent() == {}, "nobody can do anything about it"


async def test_the_browser_that_asked_knows_what_became_of_its_mail(database_test, monkeypatch):
    await makers.make_platform()

    async def fate(proof: str) -> Fate:
        asked = await queries.signin_mail(digest(proof))
        assert asked is not None
        return asked.fate(stopped=(await queries.departures()).stop_of_signin is not None)

    async with listening(server := Server(), monkeypatch):
        proof = await signin.request("rh@mairie.example.org", network="192.0.2.0")
        assert await fate(proof) == Fate.GOING
        await drain()
        assert await fate(proof) == Fate.LEFT
        server.at_rcpt = "451 4.7.1 Greylisted"
        assert await fate((await a_signin_mail())[1]) == Fate.LATE
        server.at_rcpt = "550 5.1.1 No such box"
        assert await fate((await a_signin_mail("rien@mairie.example.org"))[1]) == Fate.REFUSED
    use(monkeypatch, smtp_url=CLOSED)
    assert await fate((await a_signin_mail("autre@mairie.example.org"))[1]) == Fate.STOPPED
    use(monkeypatch, smtp_url=None)
    assert await fate((await a_signin_mail("dernier@mairie.example.org"))[1]) == Fate.STOPPED
    assert await queries.signin_mail(digest("nobody's")) is None


async def test_a_demonstration_keeps_its_mails_to_read(database_test):
    await makers.make_platform(is_demo=True)
    mail = await outgoing.queue(SYSTEM, Letter("trial", Reader("", "a@example.org"), ("platform", 1), {"server": "-"}))
    await delivery.deliver(SYSTEM, mail)
    assert (await queries.departures()).stop == Stop.DEMO
    assert (await kept(mail)).state == MailState.SENT
