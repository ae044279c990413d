"""Events that stayed in a calendar, or answers that stayed on an event, after their reason was gone."""

from __future__ import annotations

import icalendar
import pytest

import makers
from calendar_client import StrictClient
from invitation_mails import CONTACT, booked_town, last, last_mail, later, moved, objects, said
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import call_off_session, cancel, reinstate_session
from training.calendar.actions.answers import answer
from training.calendar.rules import Answer
from training.directory.actions.contacts import NewContact, edit_contact
from training.directory.actions.facilitators import edit_facilitator
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.scheduling.actions.assignments import assign, withdraw_assignment
from training.scheduling.actions.changing import Moved, edit_venue, move_session
from training.worker import drain

pytestmark = pytest.mark.anyio
ANIME = "anime@example.org"


async def shown(email: str) -> list[str]:
    """The titles that a strict program of that address shows."""
    client = StrictClient(email)
    for to, content in await objects():
        if to.lower() == email:
            client.receive(content)
    return [event.summary for event in client.events.values()]


async def invitation(email: str) -> int:
    return int(await db.value("select id from invitation where email = $1", email))


async def answered(email: str) -> str | None:
    return await db.value("select answer from invitation where email = $1", email)


async def partstat(email: str) -> str:
    (event,) = icalendar.Calendar.from_ical(await last(email)).walk("VEVENT")
    return str(event["ATTENDEE"].params["PARTSTAT"])


async def test_a_facilitator_s_corrected_address_left_a_ghost_at_the_old_one(database_test):
    town, _booking = await booked_town()
    begun = await last_mail()
    await edit_facilitator(SYSTEM, town.facilitator, {"email": "aline@example.org"})
    await drain()
    await later()
    assert await said(begun) == [("aline@example.org", "invited", "REQUEST"), (ANIME, "uninvited", "CANCEL")]
    assert (await shown(ANIME), len(await shown("aline@example.org"))) == ([], 1)
    begun = await last_mail()
    await edit_facilitator(SYSTEM, town.facilitator, {"email": "Aline@example.org", "phone": "06 39 98 00 09"})
    await drain()
    await later()
    assert await said(begun) == [], "the same address in another case"


async def test_a_contact_corrected_between_the_call_off_and_its_mails_kept_the_event(database_test):
    """The worker was away: the mail of the cancellation goes to the new address, which never had the date."""
    town, _booking = await booked_town()
    await call_off_session(SYSTEM, town.session, "Neige")
    contact = await db.value("select contact from booking")
    await edit_contact(SYSTEM, contact, NewContact("Rachel", "rachel@mairie.example.org", for_booking=True))
    await edit_facilitator(SYSTEM, town.facilitator, {"email": "aline@example.org"})
    await drain()
    await later()
    for email in (CONTACT, ANIME):
        assert await shown(email) == [], email


async def test_a_no_to_facilitating_became_the_contact_s_no(database_test):
    """One address, two reasons: they will not facilitate, and never said that they do not come."""
    town, _booking = await booked_town()
    await edit_facilitator(SYSTEM, town.facilitator, {"email": CONTACT})
    await drain()
    await later()
    await answer(SYSTEM, await invitation(CONTACT), Answer.DECLINED)
    await drain()
    assert await db.value("select state from assignment") == "declined"
    assert len(await shown(CONTACT)) == 1, "they booked, still"
    assert (await partstat(CONTACT), await answered(CONTACT)) == ("NEEDS-ACTION", None)


async def test_a_contact_s_yes_became_a_yes_to_facilitating(database_test):
    town, _booking = await booked_town()
    await answer(SYSTEM, await invitation(CONTACT), Answer.ACCEPTED)
    other = await makers.make_facilitator(CONTACT, "Rachel Ressources")
    await assign(SYSTEM, town.slot, other)
    await drain()
    assert (await partstat(CONTACT), await answered(CONTACT)) == ("NEEDS-ACTION", None)
    assert len(await shown(CONTACT)) == 1


async def test_who_declined_and_was_asked_again_at_once_is_asked(database_test):
    """Before the worker had taken the date back: they were never told, and stood there as « no »."""
    town, _booking = await booked_town()
    await answer(SYSTEM, await invitation(ANIME), Answer.DECLINED)
    await assign(SYSTEM, town.slot, town.facilitator)
    begun = await last_mail()
    await drain()
    assert await said(begun) == [(ANIME, "assignment_confirmed", "REQUEST")]
    assert (await partstat(ANIME), await answered(ANIME)) == ("NEEDS-ACTION", None)
    assert len(await shown(ANIME)) == 1
    await drain()
    assert len(await said(begun)) == 1


async def test_who_never_heard_that_it_was_off_heard_that_it_was_on_again(database_test):
    """Called off by mistake and reinstated before the worker came: nobody was told of either."""
    town, _booking = await booked_town()
    await makers.book_beside(town, 2, option=True)
    await drain()
    begun = await last_mail()
    await call_off_session(SYSTEM, town.session, "Neige")
    await reinstate_session(SYSTEM, town.session)
    await drain()
    assert await db.value("select count(*) from mail where id > $1", begun) == 0
    await moved(town)
    await later()
    assert len(await shown(CONTACT)) == 1


async def test_who_booked_for_two_organisations_is_not_told_that_seats_of_the_first_are_left(database_test):
    town, booking = await booked_town()
    neighbour = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    theirs = await db.value("select id from contact where organisation = $1 and for_booking", neighbour)
    await edit_contact(SYSTEM, theirs, NewContact("Rachel", CONTACT, for_booking=True))
    await book(SYSTEM, NewBooking(town.session, neighbour, 3))
    await drain()
    await cancel(SYSTEM, booking)
    await drain()
    words = await db.value("select text from mail where occasion = 'booking_cancelled'")
    assert "Des places restent réservées à cette séance : elle reste à votre agenda." in words.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert len(await shown(CONTACT)) == 1


async def test_who_facilitates_no_more_but_booked_is_told_why_the_date_stays(database_test):
    town, _booking = await booked_town()
    other = await makers.make_facilitator(CONTACT, "Rachel Ressources")
    assignment = await assign(SYSTEM, town.slot, other)
    await drain()
    await withdraw_assignment(SYSTEM, assignment)
    await drain()
    words = await db.value("select text from mail where occasion = 'assignment_cancelled'")
    assert "elle reste à votre agenda." in " ".join(words.split())  # a line of text may break in it
    assert len(await shown(CONTACT)) == 1


async def test_two_venues_share_who_opens_the_door(database_test):
    town, _booking = await booked_town()
    await edit_venue(SYSTEM, town.venue, {"contact_email": "cle@example.org", "contact_name": "Clé"})
    second = await makers.make_venue("Salle Jaune")
    await edit_venue(SYSTEM, second, {"contact_email": "CLE@example.org"})
    await later()
    assert len(await shown("cle@example.org")) == 1
    await moved_to(town, second)
    await later()
    assert len(await shown("cle@example.org")) == 1
    third = await makers.make_venue("Salle Rouge")
    await moved_to(town, third)
    await later()
    assert await shown("cle@example.org") == []


async def moved_to(town: makers.Town, venue: int) -> None:
    await move_session(SYSTEM, town.session, {town.slot: Moved(town.starts_at, town.ends_at, venue)})
