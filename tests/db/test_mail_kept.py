"""What is kept of a mail: without a server, without its secrets, with its files, whatever kills the sending."""

from __future__ import annotations

import asyncio
import re

import pytest

import makers
import trials
from mail_server import LETTER, MINUTE, Server, a_mail, deliver_at, kept, listening
from training import worker
from training.attendance.actions import hold_session
from training.identity.actions import signin
from training.kernel import clock, db, queue, settings
from training.kernel.actor import SYSTEM
from training.messages import queries
from training.messages.actions import delivery, outgoing
from training.messages.actions.outgoing import HIDDEN
from training.messages.rules import MailState
from training.reactions import BY_NAME
from training.records import queries as records
from training.worker import drain

pytestmark = pytest.mark.anyio


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
        await drain()  # of a date past, nobody is told any more
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
