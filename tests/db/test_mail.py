"""Mails: kept as written, sent through a real server or tried again, never with a secret in what is kept."""

# ruff: noqa: PT012 - what raises here is the end of a transaction, with what was done in it

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import email
import email.policy
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

import makers
import trials
from training import worker
from training.attendance.actions import hold_session
from training.bookings.actions.ending import cancel
from training.identity.actions import signin
from training.kernel import clock, db, queue, settings
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict
from training.messages import queries
from training.messages.actions import delivery, outgoing
from training.messages.actions.outgoing import HIDDEN, Letter, Reader
from training.messages.rules import RETRIES, MailState
from training.reactions import BY_NAME
from training.records import queries as records
from training.worker import drain

pytestmark = pytest.mark.anyio
MINUTE = timedelta(minutes=1)
LETTER = Letter(
    "signin",
    Reader("Rachel", "rh@mairie.example.org"),
    ("trial", 1),
    {"path": "/connexion/lien/x", "code": "123456", "expires_at": makers.NOON},
)


class Server:
    """A mail server that answers as told, keeps what it took, and may be slow to say so."""

    def __init__(self, answer: str = "250 OK", at_rcpt: str = "250 OK") -> None:
        self.answer, self.at_rcpt = answer, at_rcpt
        self.taken: list[EmailMessage] = []
        self.silent: asyncio.Event | None = None

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken.append(email.message_from_bytes(content, policy=email.policy.default))
        if self.silent is not None:
            self.silent.set()
            await asyncio.sleep(60)
        return self.answer


@contextlib.asynccontextmanager
async def listening(server: Server, patch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The server as the platform's SMTP_URL."""
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: SMTP(server, hostname="mx.example.org", loop=loop), "127.0.0.1", 0)
    url = f"smtp://127.0.0.1:{listener.sockets[0].getsockname()[1]}?starttls=never"
    use(patch, smtp_url=url)
    try:
        yield url
    finally:
        listener.close()


def use(patch: pytest.MonkeyPatch, **changes: object) -> None:
    patch.setattr(settings, "_current", dataclasses.replace(settings.current(), **changes))


async def a_mail(**platform: object) -> int:
    """A mail in the queue, its job taken away: tests say when it is tried."""
    await makers.make_platform(**platform)
    mail = await outgoing.queue(SYSTEM, LETTER)
    async with db.atomic():
        await db.execute("delete from pgqueuer")
    return mail


async def kept(mail: int) -> queries.MailView:
    found = await queries.mail(mail)
    assert found is not None
    return found


async def deliver_at(instant: datetime) -> None:
    with clock.frozen(instant):
        await delivery.deliver_due()


# --- what is written


async def test_a_mail_is_written_with_what_it_tells_about_or_not_at_all(database_test):
    town = await makers.make_town()
    with pytest.raises(ZeroDivisionError):
        async with db.atomic():
            await makers.make_booking(town, 5)
            await drain()
            raise ZeroDivisionError
    assert await queries.mails() == []


async def test_each_occasion_of_the_story_is_written_once_to_whom_it_concerns(database_test):
    await makers.make_platform()
    await makers.make_staff()
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    await makers.make_booking(town, 5, option=True)
    gone = await makers.make_booking(town, 3)
    await cancel(SYSTEM, gone.id)
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session)
        await drain()
    told = sorted((m.occasion, m.to_email, m.calendar_method) for m in await queries.mails())
    assert told == [
        ("assignment_confirmed", "anime@example.org", "REQUEST"),
        ("booking_cancelled", "rh@mairie.example.org", None),  # nobody had invited them yet
        ("booking_confirmed", "rh@mairie.example.org", "REQUEST"),
        ("booking_expired", "rh@mairie.example.org", None),  # the option ended with the session
        ("invoice_issued", "compta@mairie.example.org", None),
    ]
    confirmed = next(m for m in await queries.mails() if m.occasion == "booking_confirmed")
    mail = await kept(confirmed.id)
    assert booked.reference in mail.text
    assert booked.reference in mail.html
    assert re.fullmatch(r"<[0-9a-f]{24}@testserver\.local>", mail.message_id)
    assert (mail.state, mail.last_answer) == (MailState.HELD, delivery.NO_SERVER)


@pytest.mark.parametrize(
    "base_url",
    ["https://inscriptions.mobilites.communaute-de-communes-de-l-essai.example.org", "http://[::1]:8000", "http://x"],
)
async def test_a_message_id_is_one_whatever_the_site_is_called(database_test, monkeypatch, base_url):
    use(monkeypatch, base_url=base_url)
    async with listening(server := Server(), monkeypatch):
        use(monkeypatch, base_url=base_url)
        mail = await a_mail()
        await delivery.deliver(SYSTEM, mail)
    assert (await kept(mail)).state == MailState.SENT
    assert server.taken[0]["Message-ID"] == (await kept(mail)).message_id


# --- sending


async def test_an_accepted_mail_is_sent_once(database_test, monkeypatch):
    async with listening(server := Server(), monkeypatch):
        mail = await a_mail()
        await delivery.deliver(SYSTEM, mail)
        await delivery.deliver(SYSTEM, mail)
        await delivery.deliver_due()
    assert len(server.taken) == 1
    view = await kept(mail)
    assert (view.state, view.attempts, view.sent_at is not None) == (MailState.SENT, 1, True)


@pytest.mark.commits
async def test_two_workers_at_once_send_it_once(database_test, monkeypatch):
    async with listening(server := Server(), monkeypatch):
        mail = await a_mail()
        await asyncio.gather(*(delivery.deliver(SYSTEM, mail) for _each in range(6)), delivery.deliver_due())
    assert len(server.taken) == 1


async def test_not_now_is_tried_again_on_its_schedule_and_at_last_given_to_a_person(database_test, monkeypatch):
    async with listening(Server("451 4.7.1 Greylisted, try later"), monkeypatch):
        with clock.frozen(makers.NOON):
            mail = await a_mail()
            await delivery.deliver(SYSTEM, mail)
        now = makers.NOON
        for attempt, wait in enumerate(RETRIES, 1):
            view = await kept(mail)
            assert (view.state, view.attempts, view.next_attempt_at) == (MailState.QUEUED, attempt, now + wait)
            assert view.last_answer == "451 4.7.1 Greylisted, try later"
            await deliver_at(now + wait - timedelta(seconds=1))
            assert (await kept(mail)).attempts == attempt, "not before its time"
            now += wait
            await deliver_at(now)
        view = await kept(mail)
    assert (view.state, view.attempts, view.next_attempt_at) == (MailState.FAILED, len(RETRIES) + 1, None)


async def test_greylisted_and_then_taken_under_the_same_message_id(database_test, monkeypatch):
    async with listening(server := Server("451 4.7.1 Greylisted"), monkeypatch):
        mail = await a_mail()
        await delivery.deliver(SYSTEM, mail)
        server.answer = "250 OK"
        await deliver_at(clock.now() + 2 * MINUTE)
    view = await kept(mail)
    assert (view.state, view.attempts, view.last_answer) == (MailState.SENT, 2, "")
    assert [t["Message-ID"] for t in server.taken] == [view.message_id]


async def test_never_is_never_with_the_server_s_own_words_until_a_person_says_again(database_test, monkeypatch):
    async with listening(server := Server(at_rcpt="550 5.1.1 No such box"), monkeypatch):
        mail = await a_mail()
        await delivery.deliver(SYSTEM, mail)
        view = await kept(mail)
        assert (view.state, view.last_answer) == (MailState.FAILED, "550 5.1.1 No such box")
        await deliver_at(clock.now() + timedelta(days=3))
        assert (await kept(mail)).attempts == 1
        server.at_rcpt = "250 OK"
        await delivery.retry(SYSTEM, mail)
        with pytest.raises(Conflict):
            await delivery.retry(SYSTEM, mail)
        await drain()
    assert (await kept(mail)).state == MailState.SENT
    assert len(server.taken) == 1


async def test_an_address_that_no_mail_can_carry_is_for_a_person_and_stops_nobody(database_test, monkeypatch):
    async with listening(server := Server(), monkeypatch):
        good, bad = await a_mail(), await a_mail()
        await db.execute("update mail set to_email = 'rené@mairie.example.org' where id = $1", bad)
        await db.execute("update mail set next_attempt_at = next_attempt_at - interval '1 hour' where id = $1", bad)
        await delivery.deliver_due()
    assert ((await kept(bad)).state, (await kept(good)).state) == (MailState.FAILED, MailState.SENT)
    assert len(server.taken) == 1


async def test_a_mail_that_cannot_be_tried_does_not_hold_up_the_others(database_test, monkeypatch):
    async with listening(Server(), monkeypatch):
        bad, good = await a_mail(), await a_mail()
        message = delivery._message

        async def stumble(mail, platform):
            if mail.id == bad:
                raise RuntimeError("stumbled")
            return await message(mail, platform)

        monkeypatch.setattr(delivery, "_message", stumble)
        await delivery.deliver_due()
        assert ((await kept(bad)).state, (await kept(good)).state) == (MailState.QUEUED, MailState.SENT)
        monkeypatch.setattr(delivery, "_message", message)
        await deliver_at(clock.now() + 6 * MINUTE)
    assert (await kept(bad)).state == MailState.SENT


async def test_a_server_that_is_not_there_and_a_setting_that_is_wrong_are_tried_again(database_test, monkeypatch):
    mail = await a_mail()
    for n, url in enumerate(("smtp://127.0.0.1:1?starttls=never", "smtp://name@127.0.0.1:1"), 1):
        use(monkeypatch, smtp_url=url)
        await deliver_at(clock.now() + n * timedelta(hours=1))
        view = await kept(mail)
        assert (view.state, view.attempts) == (MailState.QUEUED, n)
        assert view.last_answer


# --- no server, and the demonstration


async def test_without_a_server_it_is_kept_and_leaves_when_there_is_one(database_test, monkeypatch):
    mail = await a_mail()
    await delivery.deliver(SYSTEM, mail)
    assert ((await kept(mail)).state, (await kept(mail)).last_answer) == (MailState.HELD, delivery.NO_SERVER)
    await delivery.deliver_due()
    assert (await kept(mail)).state == MailState.HELD
    async with listening(server := Server(), monkeypatch):
        await delivery.deliver_due()
    assert (await kept(mail)).state == MailState.SENT
    assert len(server.taken) == 1


async def test_with_a_server_and_nothing_held_the_minute_s_round_writes_nothing(database_test, monkeypatch):
    async with listening(Server(), monkeypatch):
        before = await db.value("select count(*) from audit")
        await delivery.deliver_due()
        assert await db.value("select count(*) from audit") == before


async def test_the_demonstration_sends_nothing_and_says_so(database_test):
    mail = await a_mail(is_demo=True)
    await delivery.deliver(SYSTEM, mail)
    view = await kept(mail)
    assert (view.state, view.last_answer) == (MailState.SENT, delivery.DEMO)


# --- secrets


async def _asked() -> tuple[str, int]:
    browser = await signin.request("rh@mairie.example.org", network="192.0.2.1")
    await drain()
    (mail,) = await queries.mails()
    return browser, mail.id


def _secrets(text: str) -> tuple[str, str]:
    link, code = re.search(r"/connexion/lien/([\w-]{20,})", text), re.search(r"\b(\d{3} ?\d{3})\b", text)
    assert link
    assert code
    return link[1], code[1]


async def test_the_sent_sign_in_mail_opens_and_the_kept_one_does_not(database_test, monkeypatch):
    await makers.make_platform()
    async with listening(server := Server(), monkeypatch):
        browser, mail = await _asked()
    (sent,) = server.taken
    text = sent.get_body(("plain",)).get_content()
    html = sent.get_body(("html",)).get_content()
    token, code = _secrets(text)
    assert _secrets(re.sub("<[^>]+>", " ", html) + html)[0] == token
    assert HIDDEN not in text + html
    view = await kept(mail)
    whole = view.subject + view.text + view.html
    assert token not in whole
    assert code not in whole
    assert HIDDEN in view.text
    assert HIDDEN in view.html
    assert code not in str(sent["Subject"]), "a locked screen shows it"
    assert await signin.peek(token) == "rh@mairie.example.org"
    assert (await signin.by_code(browser, code, secret_key=settings.current().secret_key, program="test")).account


async def test_a_demonstration_shows_them_for_there_is_no_other_way_in(database_test):
    await makers.make_platform(is_demo=True)
    _browser, mail = await _asked()
    token, _code = _secrets((await kept(mail)).text)
    assert await signin.peek(token)


# --- parts


async def test_files_and_the_invitation_arrive_octet_for_octet(database_test, monkeypatch):
    async with listening(server := Server(), monkeypatch):
        town = await makers.make_town()
        await makers.make_booking(town, 5)
        with clock.frozen(town.ends_at):
            await hold_session(SYSTEM, town.session)
            await drain()
    by_subject = {str(m["To"]): m for m in server.taken if "compta" in str(m["To"]) or "rh@" in str(m["To"])}
    invoice = next(m for to, m in by_subject.items() if "compta" in to)
    (pdf,) = list(invoice.iter_attachments())
    listed = next(m for m in await queries.mails() if m.occasion == "invoice_issued")
    (file,) = await queries.files(listed.id)
    stored = await records.file(file.file)
    assert stored is not None
    assert (pdf.get_content_type(), pdf.get_filename()) == ("application/pdf", file.name)
    assert pdf.get_content() == stored.content
    confirmed = next(m for m in await queries.mails() if m.occasion == "booking_confirmed")
    calendar = (await kept(confirmed.id)).calendar
    mail = next(m for to, m in by_subject.items() if "rh@" in to)
    parts = [p for p in mail.walk() if p.get_content_type() in ("text/calendar", "application/ics")]
    assert [p.get_payload(decode=True) for p in parts] == [calendar, calendar]
    assert parts[0].get_param("method") == "REQUEST"


# --- killed while sending


@pytest.mark.commits
async def test_killed_while_sending_the_mail_is_sent_again_under_the_same_message_id(
    database_test, database_dsn, monkeypatch
):
    """The server had taken it and nobody lived to note it: two copies that a mail program shows as one."""
    trials.react_with(monkeypatch)
    await makers.make_platform()
    server = Server()
    async with listening(server, monkeypatch) as url:
        server.silent = asyncio.Event()
        mail = await outgoing.queue(SYSTEM, LETTER)
        async with trials.child(database_dsn, SMTP_URL=url) as child:
            await asyncio.wait_for(server.silent.wait(), 40)
            await child.kill()
        server.silent = None
        view = await kept(mail)
        assert (view.state, view.attempts) == (MailState.QUEUED, 0)
        async with worker.running():  # who takes the job over finds the mail claimed: it may be on its way
            await trials.until(trials.done)
        assert len(server.taken) == 1
        await deliver_at(clock.now() + 4 * MINUTE)
        assert len(server.taken) == 1
        await deliver_at(clock.now() + 6 * MINUTE)
        await deliver_at(clock.now() + 12 * MINUTE)
    view = await kept(mail)
    assert [t["Message-ID"] for t in server.taken] == [view.message_id] * 2
    assert server.taken[0].as_bytes() == server.taken[1].as_bytes()
    assert view.state == MailState.SENT
    assert await queue.held() == []


@pytest.mark.commits
async def test_the_worker_sends_what_is_queued_in_a_moment(database_test, monkeypatch):
    trials.react_with(monkeypatch)
    async with listening(server := Server(), monkeypatch):
        town = await makers.make_town()
        await makers.make_booking(town, 5)
        async with worker.running():
            await trials.until(trials.done)
    assert {str(m["To"]).rpartition("<")[2].rstrip(">") for m in server.taken} == {
        "anime@example.org",
        "rh@mairie.example.org",
    }
    assert [mail.state for mail in await queries.mails()] == ["sent", "sent"]
    assert await queries.unsent() == {}
    assert BY_NAME["messages.actions.delivery.deliver"].outside
