"""Mails: written once, sent through a real server, or tried again until a person looks."""

# ruff: noqa: PT012 - what raises here is the end of a transaction, with what was done in it

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

import makers
from mail_server import MINUTE, Server, a_mail, deliver_at, kept, listening, use
from training.attendance.actions import hold_session
from training.bookings.actions.ending import cancel
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict
from training.messages import queries
from training.messages.actions import delivery
from training.messages.rules import RETRIES, MailState
from training.worker import drain

pytestmark = pytest.mark.anyio


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
    await makers.book_apart(town, 5, option=True)
    gone = await makers.book_apart(town, 3)
    await cancel(SYSTEM, gone.id)
    await drain()  # of a date past, nobody is told any more
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session)
        await drain()
    told = sorted((m.occasion, m.to_email, m.calendar_method) for m in await queries.mails())
    assert told == [
        ("assignment_confirmed", "anime@example.org", "REQUEST"),
        ("booking_cancelled", "rh@mairie.example.org", None),  # nobody had invited them yet
        ("booking_confirmed", "rh@mairie.example.org", "REQUEST"),
        # the option waits for somebody to say whether they came: nobody is written that it ended
        ("booking_optioned", "rh@mairie.example.org", None),
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
