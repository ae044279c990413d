"""The mails that carry invitations, as a mail server was given them: their form, what is in them, their order."""

from __future__ import annotations

import dataclasses
import email
import email.policy
from datetime import timedelta

import pytest

import makers
from ics_reading import plain
from relays import relay
from rfc5545 import check_mail
from training.bookings.actions.ending import cancel
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM
from training.messages.actions.delivery import deliver_due
from training.worker import drain

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)
CONTACT = "rh@mairie.example.org"


@pytest.fixture
async def delivered(database_test) -> dict[str, bytes]:
    """A booking confirmed, then cancelled, as they came out of a mail server."""
    async with relay() as taken:
        town = await makers.make_town()
        made = await makers.make_booking(town, 5)
        await drain()
        await cancel(SYSTEM, made.id)
        await drain()
    mine = [raw for to, raw in taken if to == CONTACT]
    assert len(mine) == 2
    return {"REQUEST": mine[0], "CANCEL": mine[1]}


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
async def test_the_mail_s_form_is_the_one_that_programs_read(delivered, method):
    assert check_mail(delivered[method]).value("METHOD") == method


async def test_a_request_says_all_in_itself(delivered):
    calendar = check_mail(delivered["REQUEST"])
    (event,) = calendar.parts("VEVENT")
    ((person, _address),) = event.all("ATTENDEE")
    assert person["RSVP"] == "FALSE"
    (organizer,) = event.all("ORGANIZER")
    assert organizer[1] == "mailto:contact@essai.example.org"
    words = plain(event.value("DESCRIPTION"))
    for essential in ("5 places", "Accès : Parking derrière.", "Une question : Essai, 02 61 91 00 00"):
        assert essential in words.replace("\N{NO-BREAK SPACE}", " ")
    link = words.rpartition(" ")[2]
    assert link.startswith(f"{settings.current().base_url}/lien/")
    assert link.endswith("/reponse")
    assert "Salle des fêtes" in plain(event.value("LOCATION"))
    (zone,) = calendar.parts("VTIMEZONE")
    assert zone.parts("DAYLIGHT")[0].value("RRULE")
    assert event.all("DTSTART")[0][0] == {"TZID": "Europe/Paris"}


async def test_a_facilitator_s_mail_and_event_have_one_link(database_test):
    async with relay() as taken:
        await makers.make_town()
        await drain()
    ((to, raw),) = taken
    assert to == "anime@example.org"
    words = plain(check_mail(raw).parts("VEVENT")[0].value("DESCRIPTION"))
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    for form in ("html", "plain"):
        assert words.rpartition(" ")[2] in mail.get_body((form,)).get_content()


async def test_a_cancel_is_in_utc_and_names_who_is_uninvited(delivered):
    calendar = check_mail(delivered["CANCEL"])
    (event,) = calendar.parts("VEVENT")
    assert calendar.parts("VTIMEZONE") == []
    assert event.value("STATUS") is None
    assert event.value("DTSTART").endswith("Z")
    assert event.all("ATTENDEE")[0][1] == f"mailto:{CONTACT}"


async def test_a_request_that_the_server_refused_does_not_hold_back_its_cancel(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    async with relay(CONTACT) as taken:
        await drain()
    async with relay() as taken:
        await cancel(SYSTEM, booked.id)
        await drain()
    assert [check_mail(raw).value("METHOD") for to, raw in taken if to == CONTACT] == ["CANCEL"]


async def test_a_cancel_never_leaves_before_its_request_whatever_the_order_of_the_jobs(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    async with relay() as taken:
        hour = clock.now() + HOUR
        await drain_but_delivery()
        async with db.atomic():
            await db.execute("update mail set attempts = 2, next_attempt_at = $1 where to_email = $2", hour, CONTACT)
        await cancel(SYSTEM, booked.id)
        await drain_but_delivery()
        await deliver_due()
        assert [to for to, _raw in taken if to == CONTACT] == [], "it waits"
        with clock.frozen(hour + HOUR):
            for _round in range(3):
                await deliver_due()
    mine = [check_mail(raw).value("METHOD") for to, raw in taken if to == CONTACT]
    assert mine == ["REQUEST", "CANCEL"]


async def drain_but_delivery() -> None:
    """The mails are written, and wait: as when the queue's delivery jobs come late."""
    here = settings.current()
    settings.use(dataclasses.replace(here, smtp_url="smtp://127.0.0.1:1?starttls=never"))
    await drain()
    settings.use(here)
    async with db.atomic():
        await db.execute("update mail set claimed_until = null, next_attempt_at = created_at where attempts = 1")
