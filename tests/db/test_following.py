"""Whoever has a date in their calendar is told when it changes: exactly what is needed, once, to each their own."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest

import makers
from training.bookings.actions.booking import NewBooking, NewParticipant, book, name_participants
from training.bookings.actions.ending import call_off_session, cancel, reinstate_session
from training.calendar.actions.answers import answer
from training.calendar.rules import Answer
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid
from training.messages import queries as mails
from training.messages.actions.delivery import deliver_due
from training.scheduling import queries as scheduling
from training.scheduling.actions.assignments import assign, replace_facilitator, withdraw_assignment
from training.scheduling.actions.changing import Moved, edit_venue, move_session, tell_of_changes
from training.worker import drain

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


async def said(after: int = 0) -> list[tuple[str, str, str | None]]:
    """(address, occasion, method) of the mails with a calendar object that came after one."""
    found = [m for m in await mails.mails() if m.id > after and m.calendar_method]
    return sorted((m.to_email, m.occasion, m.calendar_method) for m in found)


async def last_mail() -> int:
    return int(await db.value("select coalesce(max(id), 0) from mail"))


async def event(email: str) -> icalendar.Event:
    """The last event that an address was sent."""
    sql = "select calendar from mail where to_email = $1 and calendar is not null order by id desc limit 1"
    (found,) = icalendar.Calendar.from_ical(await db.value(sql, email)).walk("VEVENT")
    return found


async def later() -> None:
    """It has been quiet since the last change."""
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        await tell_of_changes()
        await drain()


async def moved(town: makers.Town, by: timedelta, venue: int | None = None) -> None:
    slot = (await scheduling.slots([town.session]))[town.session][0]
    move = Moved(slot.starts_at + by, slot.ends_at + by, town.venue if venue is None else venue)
    await move_session(SYSTEM, town.session, {town.slot: move})


async def story() -> tuple[makers.Town, int]:
    """A town hall booked, named a participant whom it wants written to, and the venue has a host."""
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    people = (NewParticipant("Nina Nommée", "nina@mairie.example.org"), NewParticipant("Sans Adresse"))
    await name_participants(SYSTEM, booked.id, people, invite=True)
    await db.execute("update venue set contact_name = 'Hélène Hôte', contact_email = 'hote@example.org'")
    await drain()
    await later()
    return town, booked.id


EVERYBODY = ["anime@example.org", "hote@example.org", "nina@mairie.example.org", "rh@mairie.example.org"]


async def test_everybody_concerned_has_the_date_and_hears_of_its_move_once(database_test):
    town, _booking = await story()
    await edit_venue(SYSTEM, town.venue, {"access": "Par la cour."})
    await later()
    begun = await last_mail()
    assert {email for email, _occasion, method in await said() if method == "REQUEST"} == set(EVERYBODY)
    before = {email: await event(email) for email in EVERYBODY}
    for _minute in range(40):
        await moved(town, HOUR)
    await drain()
    assert await said(begun) == [], "not before it has been quiet"
    await later()
    assert await said(begun) == [(email, "session_changed", "REQUEST") for email in EVERYBODY]
    for email in EVERYBODY:
        now = await event(email)
        assert now["UID"] == before[email]["UID"]
        assert int(now["SEQUENCE"]) > int(before[email]["SEQUENCE"])
        assert now["DTSTAMP"].dt >= before[email]["DTSTAMP"].dt
        assert now.start == clock.local(town.starts_at + 40 * HOUR)
    await later()
    assert len(await said(begun)) == 4, "nothing more when nothing changed"


async def test_moved_and_moved_back_says_nothing_but_the_sequence(database_test):
    town, _booking = await story()
    begun = await last_mail()
    await moved(town, HOUR)
    await moved(town, -HOUR)
    await later()
    assert await said(begun) == []


async def test_a_new_word_is_an_update_that_keeps_the_answers_and_a_new_time_voids_them(database_test):
    town, _booking = await story()
    invitation = await db.value("select id from invitation where email = 'rh@mairie.example.org'")
    await answer(SYSTEM, invitation, Answer.ACCEPTED)
    sequence = int((await event("rh@mairie.example.org"))["SEQUENCE"])
    await edit_venue(SYSTEM, town.venue, {"access": "Par la cour."})
    await later()
    assert int((await event("rh@mairie.example.org"))["SEQUENCE"]) == sequence
    assert await db.value("select answer from invitation where id = $1", invitation) == "accepted"
    await moved(town, HOUR)
    await later()
    assert await db.value("select answer from invitation where id = $1", invitation) is None


async def test_who_is_not_named_any_more_is_uninvited_and_the_event_stays(database_test):
    _town, booking = await story()
    begun = await last_mail()
    await name_participants(SYSTEM, booking, (NewParticipant("Sans Adresse"),))
    await drain()
    assert await said(begun) == [("nina@mairie.example.org", "uninvited", "CANCEL")]
    assert "STATUS" not in await event("nina@mairie.example.org")
    await name_participants(SYSTEM, booking, (NewParticipant("Nina", "nina@mairie.example.org"),), invite=False)
    await drain()
    assert len(await said(begun)) == 1, "the organisation does not want them written to"


async def test_called_off_and_reinstated_every_calendar_follows(database_test):
    town, _booking = await story()
    await edit_venue(SYSTEM, town.venue, {"access": "Par la cour."})
    await later()
    begun = await last_mail()
    await call_off_session(SYSTEM, town.session, "Verglas.")
    await drain()
    assert {(email, method) for email, _occasion, method in await said(begun)} == {(e, "CANCEL") for e in EVERYBODY}
    off = {email: await event(email) for email in EVERYBODY}
    assert {str(e["STATUS"]) for e in off.values()} == {"CANCELLED"}
    begun = await last_mail()
    await reinstate_session(SYSTEM, town.session)
    await drain()
    assert {(email, method) for email, _occasion, method in await said(begun)} == {(e, "REQUEST") for e in EVERYBODY}
    for email in EVERYBODY:
        back = await event(email)
        assert int(back["SEQUENCE"]) > int(off[email]["SEQUENCE"])
        assert back["UID"] == off[email]["UID"]


async def test_one_mail_to_who_books_and_facilitates(database_test):
    town = await makers.make_town()
    await db.execute("update facilitator set email = 'RH@mairie.example.org'")
    booked = await makers.make_booking(town, 5)
    await drain()
    sent = [line for line in await said() if line[2]]
    assert len(sent) == 1, "one event, one invitation"
    await cancel(SYSTEM, booked.id)
    await drain()
    assert [method for _email, _occasion, method in await said()].count("CANCEL") == 0, "they facilitate still"
    await withdraw_assignment(SYSTEM, await db.value("select id from assignment"))
    await drain()
    assert [method for _email, _occasion, method in await said()].count("CANCEL") == 1


async def test_a_facilitator_is_replaced_and_both_are_told(database_test):
    town, _booking = await story()
    other = await makers.make_facilitator("bruno@example.org", "Bruno Remplaçant")
    begun = await last_mail()
    new = await replace_facilitator(SYSTEM, await db.value("select id from assignment"), other)
    await drain()
    assert await said(begun) == [
        ("anime@example.org", "assignment_cancelled", "CANCEL"),
        ("bruno@example.org", "assignment_confirmed", "REQUEST"),
    ]
    await withdraw_assignment(SYSTEM, new)
    again = await assign(SYSTEM, town.slot, other)
    await drain()
    assert again == new
    with pytest.raises(Conflict):
        await assign(SYSTEM, town.slot, other)


async def test_a_facilitator_s_no_frees_the_date_and_alerts_the_team(database_test):
    await makers.make_staff()
    town, _booking = await story()
    invitation = await db.value("select id from invitation where email = 'anime@example.org'")
    with pytest.raises(Invalid):
        await answer(SYSTEM, invitation, Answer.TENTATIVE)
    await answer(SYSTEM, invitation, Answer.ACCEPTED)
    assert await db.value("select accepted_at is not null from assignment")
    begun = await last_mail()
    await answer(SYSTEM, invitation, Answer.DECLINED)
    await drain()
    assert await db.value("select state from assignment") == "declined"
    assert ("anime@example.org", "assignment_cancelled", "CANCEL") in await said(begun)
    told = [m.to_email for m in await mails.mails() if m.occasion == "staff_facilitator_declined"]
    assert told == ["equipe@example.org"]
    assert await scheduling.assignments([town.session]) == []


async def test_a_contact_s_no_is_an_intent_and_cancels_nothing(database_test):
    _town, booking = await story()
    invitation = await db.value("select id from invitation where email = 'rh@mairie.example.org'")
    await answer(SYSTEM, invitation, Answer.DECLINED)
    assert await db.value("select state from booking where id = $1", booking) == "confirmed"


async def test_a_cancel_waits_for_its_request(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    await drain()
    request = await db.value("select id from mail where to_email = 'rh@mairie.example.org'")
    # the request is greylisted: it waits for its hour
    soon = clock.now() + timedelta(minutes=30)
    await db.execute(
        "update mail set state = 'queued', sent_at = null, next_attempt_at = $2 where id = $1", request, soon
    )
    await cancel(SYSTEM, booked.id)
    await drain()
    states = "select state from mail where to_email = 'rh@mairie.example.org' and calendar is not null order by id"
    assert [r["state"] for r in await db.connection().fetch(states)] == ["queued", "queued"]
    with clock.frozen(soon + timedelta(seconds=1)):
        await deliver_due()
        assert [r["state"] for r in await db.connection().fetch(states)] == ["held", "queued"]
        await deliver_due()
    assert "queued" not in [r["state"] for r in await db.connection().fetch(states)]


async def test_a_further_booking_is_no_mail_to_who_facilitates_or_opens_the_door(database_test):
    town, _booking = await story()
    await edit_venue(SYSTEM, town.venue, {"access": "Par la cour."})
    await later()
    begun = await last_mail()
    other = await makers.make_organisation("Autre commune", siret=None, domain="autre.example.org")
    await book(SYSTEM, NewBooking(town.session, other, 7))
    await drain()
    await later()
    assert await said(begun) == [("rh@autre.example.org", "booking_confirmed", "REQUEST")]
    await moved(town, HOUR)
    await later()
    assert "12 places" in str((await event("anime@example.org"))["DESCRIPTION"]).replace("\N{NO-BREAK SPACE}", " ")


async def test_who_holds_an_option_is_told_of_a_move_in_words_and_once(database_test):
    town = await makers.make_town()
    await makers.make_booking(town, 5, option=True)
    await drain()
    await edit_venue(SYSTEM, town.venue, {"access": "Par la cour."})
    await later()
    assert "booking_moved" not in {m.occasion for m in await mails.mails()}, "words are no move"
    for _time in range(3):
        await moved(town, HOUR)
    for _round in range(2):
        await later()
    told = [m for m in await mails.mails() if m.occasion == "booking_moved"]
    assert [(m.to_email, m.calendar_method) for m in told] == [("rh@mairie.example.org", None)]
