"""SEQUENCE as a strict program reads it: a new time under an old number is not seen (RFC 5546 2.1.4, 2.1.5)."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest

import makers
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import call_off_session, cancel, reinstate_session
from training.calendar.actions.answers import answer
from training.calendar.queries import invitations
from training.calendar.rules import Answer
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.scheduling import queries as scheduling
from training.scheduling.actions.changing import Moved, move_session, tell_of_changes
from training.worker import drain

pytestmark = pytest.mark.anyio
CONTACT = "rh@mairie.example.org"


async def settle(minutes: float = 2) -> None:
    """Everything that is due is said, once it has been quiet."""
    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        await drain()
        await tell_of_changes()
        await drain()


async def move(town: makers.Town, hours: int) -> None:
    (slot,) = (await scheduling.slots([town.session]))[town.session]
    by = timedelta(hours=hours)
    await move_session(SYSTEM, town.session, {slot.id: Moved(slot.starts_at + by, slot.ends_at + by, slot.venue_id)})
    await settle()


class StrictClient:
    """A calendar program that takes a REQUEST only when its number is higher, or equal and nothing was rescheduled."""

    def __init__(self) -> None:
        self.sequence, self.shown = -1, None

    def receive(self, content: bytes) -> str:
        """Returns the PARTSTAT that the message carries."""
        calendar = icalendar.Calendar.from_ical(content)
        (event,) = calendar.walk("VEVENT")
        number, when = int(event["SEQUENCE"]), event["DTSTART"].dt
        if calendar["METHOD"] == "CANCEL":
            assert number > self.sequence
            self.sequence, self.shown = number, None
            return ""
        assert number > self.sequence or (number == self.sequence and when == self.shown), "an old number, another time"
        self.sequence, self.shown = number, when
        attendee = event["ATTENDEE"]
        return str(attendee.params["PARTSTAT"])


async def read(email: str, after: int = 0) -> tuple[StrictClient, list[str]]:
    rows = await db.connection().fetch(
        "select calendar from mail where calendar is not null and lower(to_email) = $1 order by id", email
    )
    client = StrictClient()
    return client, [client.receive(row["calendar"]) for row in rows]


async def starts_at(town: makers.Town):
    (slot,) = (await scheduling.slots([town.session]))[town.session]
    return slot.starts_at


async def test_a_move_after_a_cancel_and_a_new_booking_is_seen(database_test):
    town = await makers.make_town()
    asked = NewBooking(town.session, town.organisation, 2)
    first = await book(SYSTEM, asked)
    await settle()
    await cancel(SYSTEM, first.id, "Neige")
    await settle()
    await book(SYSTEM, asked)
    await settle()
    await move(town, 1)
    await move(town, 1)
    client, _answers = await read(CONTACT)
    assert client.shown == clock.local(await starts_at(town))


async def test_a_move_after_called_off_and_reinstated_is_seen_by_everybody(database_test):
    town = await makers.make_town()
    await book(SYSTEM, NewBooking(town.session, town.organisation, 2))
    await settle()
    for _time in range(2):
        await call_off_session(SYSTEM, town.session, "Neige")
        await settle()
        await reinstate_session(SYSTEM, town.session)
        await settle()
    await move(town, 1)
    await move(town, 1)
    told = await invitations.told_of(town.session)
    assert told
    for one in told:
        client, _answers = await read(one.email)
        assert client.shown == clock.local(await starts_at(town)), one.email


async def test_an_answer_is_not_carried_to_a_time_never_seen(database_test):
    town = await makers.make_town()
    asked = NewBooking(town.session, town.organisation, 2)
    first = await book(SYSTEM, asked)
    await settle()
    await cancel(SYSTEM, first.id, "Neige")
    await settle()
    await book(SYSTEM, asked)
    await settle()
    (note,) = [one for one in await invitations.told_of(town.session) if one.email == CONTACT]
    await answer(SYSTEM, note.id, Answer.ACCEPTED)
    await move(town, 1)
    _client, answers = await read(CONTACT)
    assert answers[-1] == "NEEDS-ACTION"
    assert (await invitations.invitation(note.id)).answer is None
