"""What a person is sent about a slot: first, again, changed, taken back, invited anew; read back by another program."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest

import makers
from training.bookings.actions.booking import NewBooking, NewParticipant, book, name_participants
from training.bookings.actions.ending import call_off_session, cancel
from training.calendar.actions.invitations import Prepared, prepare
from training.calendar.queries import invitations
from training.directory.actions.facilitators import add_facilitator
from training.directory.actions.platform import set_platform
from training.directory.queries import the_platform
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.messages import queries as mails
from training.scheduling import queries as scheduling
from training.worker import drain

pytestmark = pytest.mark.anyio


async def contact_of(organisation: int) -> tuple[str, str]:
    row = await db.connection().fetchrow(
        "select name, email from contact where organisation = $1 and for_booking", organisation
    )
    return row["name"], row["email"]


async def sent(person: tuple[str, str], slot: int) -> Prepared | None:
    return await prepare(*person, slot, await the_platform())


def read(prepared: Prepared | None) -> tuple[icalendar.Calendar, icalendar.Event]:
    """As a calendar program would."""
    assert prepared is not None
    calendar = icalendar.Calendar.from_ical(prepared.content)
    (event,) = calendar.walk("VEVENT")
    assert str(calendar["METHOD"]) == prepared.method
    return calendar, event


async def test_the_first_time_it_is_a_request_with_what_the_person_needs(database_test):
    town = await makers.make_town()
    await makers.make_booking(town, 40)
    person = await contact_of(town.organisation)
    calendar, event = read(await sent(person, town.slot))
    assert str(calendar["METHOD"]) == "REQUEST"
    assert (event.start, event.end) == (clock.local(town.starts_at), clock.local(town.ends_at))
    assert (int(event["SEQUENCE"]), str(event["STATUS"])) == (0, "CONFIRMED")
    assert str(event["ORGANIZER"]) == "mailto:contact@essai.example.org"
    assert str(event["ATTENDEE"]) == "mailto:rh@mairie.example.org"
    assert "Sensibilisation au vélo électrique" in str(event["SUMMARY"])
    assert "Salle des fêtes" in str(event["LOCATION"])
    assert "40 places" in str(event["DESCRIPTION"]).replace("\N{NO-BREAK SPACE}", " ")
    uid = (await scheduling.slots([town.session]))[town.session][0].uid
    assert str(event["UID"]) == uid
    assert calendar.walk("VTIMEZONE")


async def test_nothing_is_sent_when_nothing_changed_and_an_update_when_something_did(database_test):
    town = await makers.make_town()
    await makers.make_booking(town, 5)
    person = await contact_of(town.organisation)
    first = await sent(person, town.slot)
    assert await sent(person, town.slot) is None
    await db.execute("update slot set updated_at = now() + interval '1 hour'")  # a revision that says nothing new
    assert await sent(person, town.slot) is None
    await db.execute("update venue set access = 'Par le portail vert.'")
    again = await sent(person, town.slot)
    _calendar, event = read(again)
    assert again is not None
    assert first is not None
    assert (again.method, again.invitation) == ("REQUEST", first.invitation)
    assert "portail vert" in str(event["DESCRIPTION"])
    await db.execute(
        "update slot set sequence = 1, starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour'"
    )
    _calendar, moved = read(await sent(person, town.slot))
    assert int(moved["SEQUENCE"]) == 1
    assert moved.start == clock.local(town.starts_at + timedelta(hours=1))


async def test_cancelled_it_is_taken_back_once_and_the_event_still_takes_place(database_test):
    """RFC 5546 3.2.5: a CANCEL without STATUS takes one person off; with it, the event is off for everybody."""
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    person = await contact_of(town.organisation)
    _calendar, first = read(await sent(person, town.slot))
    await cancel(SYSTEM, booked.id)
    calendar, event = read(await sent(person, town.slot))
    assert str(calendar["METHOD"]) == "CANCEL"
    assert "STATUS" not in event
    assert event["UID"] == first["UID"]
    assert int(event["SEQUENCE"]) > int(first["SEQUENCE"])
    assert str(event["ATTENDEE"]) == "mailto:rh@mairie.example.org"
    assert await sent(person, town.slot) is None


async def test_called_off_it_is_a_cancel_with_its_status(database_test):
    town = await makers.make_town()
    await makers.make_booking(town, 5)
    person = await contact_of(town.organisation)
    _calendar, first = read(await sent(person, town.slot))
    await call_off_session(SYSTEM, town.session, "Verglas.")
    calendar, event = read(await sent(person, town.slot))
    assert (str(calendar["METHOD"]), str(event["STATUS"])) == ("CANCEL", "CANCELLED")
    assert int(event["SEQUENCE"]) > int(first["SEQUENCE"])
    assert await sent(person, town.slot) is None


async def test_booked_again_after_a_cancel_it_is_a_request_with_a_greater_sequence(database_test):
    town = await makers.make_town()
    person = await contact_of(town.organisation)
    sequences, methods = [], []
    for _round in range(2):
        booked = await makers.make_booking(town, 5)
        for step in ("book", "cancel"):
            if step == "cancel":
                await cancel(SYSTEM, booked.id)
            calendar, event = read(await sent(person, town.slot))
            methods.append(str(calendar["METHOD"]))
            sequences.append(int(event["SEQUENCE"]))
    assert methods == ["REQUEST", "CANCEL"] * 2
    assert sequences == sorted(set(sequences)), "each greater than the last"


async def test_who_was_never_invited_is_not_told_that_it_is_off(database_test):
    town = await makers.make_town()
    person = await contact_of(town.organisation)
    assert await sent(person, town.slot) is None, "no booking, no event"
    booked = await makers.make_booking(town, 5)
    await cancel(SYSTEM, booked.id)
    assert await sent(person, town.slot) is None


async def test_one_of_two_bookings_cancelled_is_an_update_not_a_cancel(database_test):
    town = await makers.make_town()
    person = await contact_of(town.organisation)
    one, _two = await makers.make_booking(town, 5), await makers.book_apart(town, 7)
    _calendar, event = read(await sent(person, town.slot))
    assert "12 places" in str(event["DESCRIPTION"]).replace("\N{NO-BREAK SPACE}", " ")
    await cancel(SYSTEM, one.id)
    calendar, event = read(await sent(person, town.slot))
    assert str(calendar["METHOD"]) == "REQUEST"
    assert "7 places" in str(event["DESCRIPTION"]).replace("\N{NO-BREAK SPACE}", " ")


async def test_nobody_is_invited_by_themselves(database_test):
    """To the platform's own address it is published, in whatever case it is written, and taken back the same way."""
    town = await makers.make_town()
    address = "Contact@Essai.example.org"
    own = await add_facilitator(SYSTEM, name="Camille Essai", email=address, phone=None, locale="fr")
    session = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=1), facilitators=(own,))
    await book(SYSTEM, NewBooking(session, town.organisation, 5))
    slot = (await scheduling.slots([session]))[session][0].id
    person = ("Camille Essai", address)
    calendar, event = read(await sent(person, slot))
    assert str(calendar["METHOD"]) == "PUBLISH"
    assert "ATTENDEE" not in event
    assert await sent(person, slot) is None
    await call_off_session(SYSTEM, session, "Verglas.")
    calendar, off = read(await sent(person, slot))
    assert (str(calendar["METHOD"]), str(off["STATUS"])) == ("PUBLISH", "CANCELLED")
    assert int(off["SEQUENCE"]) > int(event["SEQUENCE"])
    assert await sent(person, slot) is None


async def test_a_session_with_the_platform_s_own_facilitator_is_called_off_for_everybody(database_test):
    town = await makers.make_town()
    await makers.make_booking(town, 5)
    await drain()
    await set_platform(SYSTEM, {"email": "anime@example.org"})
    await call_off_session(SYSTEM, town.session, "Verglas.")
    await drain()
    assert {"booking_cancelled", "assignment_cancelled"} <= {m.occasion for m in await mails.mails()}


async def test_a_facilitator_reads_who_comes_and_a_colleague_s_event_is_their_own(database_test):
    town = await makers.make_town()
    await makers.make_booking(town, 12)
    person = ("Aline Anime", "anime@example.org")
    _calendar, event = read(await sent(person, town.slot))
    described = str(event["DESCRIPTION"]).replace("\N{NO-BREAK SPACE}", " ")
    assert "12 places" in described
    assert "Commune d’Essai" in described
    contact = await contact_of(town.organisation)
    _calendar, theirs = read(await sent(contact, town.slot))
    assert "Commune d’Essai" not in str(theirs["DESCRIPTION"])
    assert await sent(("X", "x@example.org"), town.slot) is None, "a stranger"


async def test_each_slot_is_an_event_of_its_own_in_a_mail_of_its_own(database_test):
    town = await makers.make_town()
    two = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=5), slots=2)
    booked = await book(SYSTEM, NewBooking(two, town.organisation, 5))
    await drain()
    told = [m for m in await mails.mails() if m.to_email == "rh@mairie.example.org"]
    assert sorted((m.occasion, m.calendar_method) for m in told) == [
        ("booking_confirmed", "REQUEST"),
        ("further_date", "REQUEST"),
    ]
    uids = set()
    for m in told:
        kept = await mails.mail(m.id)
        assert kept is not None
        assert kept.calendar is not None
        uids |= {str(e["UID"]) for e in icalendar.Calendar.from_ical(kept.calendar).walk("VEVENT")}
    assert uids == {s.uid for s in (await scheduling.slots([two]))[two]}
    await cancel(SYSTEM, booked.id)
    await drain()
    off = [m.calendar_method for m in await mails.mails() if m.id not in {t.id for t in told} and m.calendar_method]
    assert off.count("CANCEL") == 2


async def test_an_answer_is_of_a_booking_only_where_a_contact_or_a_participant_gave_it(database_test):
    """A facilitator's reason is an assignment, a host's is a venue: their ids are no bookings'."""
    town = await makers.make_town()
    await db.execute("update venue set contact_email = 'clefs@example.org', contact_name = 'Régis Gardien'")
    booked = await makers.make_booking(town, 4)
    await name_participants(SYSTEM, booked.id, (NewParticipant("Léa", "lea@example.org"),), invite=True)
    await drain()
    found = {a.role: a.booking for a in await invitations.answers(town.session)}
    assert found == {"facilitator": None, "host": None, "contact": booked.id, "participant": booked.id}
