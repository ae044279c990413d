"""SEQUENCE as a strict program reads it: a new time under an old number is not seen (RFC 5546 2.1.4, 2.1.5)."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest

import makers
from training.bookings.actions.booking import NewBooking, NewParticipant, book, name_participants
from training.bookings.actions.ending import call_off_session, cancel, reinstate_session
from training.calendar.actions.answers import answer
from training.calendar.queries import invitations
from training.calendar.rules import Answer
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.scheduling import queries as scheduling
from training.scheduling.actions.assignments import assign, withdraw_assignment
from training.scheduling.actions.changing import Moved, edit_venue, move_session, tell_of_changes
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


class NewestWins:
    """A program that keeps the message with the greatest (SEQUENCE, DTSTAMP), whatever it says; drops the others."""

    def __init__(self) -> None:
        self.newest, self.shown = (-1, b""), None

    def receive(self, content: bytes) -> None:
        """Read without a library: this client shares nothing with the other."""
        lines = dict(line.split(b":", 1) for line in content.replace(b"\r\n ", b"").split(b"\r\n") if b":" in line)
        body = content.partition(b"BEGIN:VEVENT")[2]
        start = next(line for line in body.split(b"\r\n") if line.startswith(b"DTSTART"))
        key = int(lines[b"SEQUENCE"]), lines[b"DTSTAMP"]
        if key > self.newest:
            self.newest = key
            self.shown = None if lines[b"METHOD"] == b"CANCEL" else start.rpartition(b":")[2].decode()


async def newest(email: str) -> str | None:
    """The local start that the second program shows."""
    rows = await db.connection().fetch(
        "select calendar from mail where calendar is not null and lower(to_email) = $1 order by id", email
    )
    client = NewestWins()
    for row in rows:
        client.receive(row["calendar"])
    return client.shown


async def read(email: str, after: int = 0) -> tuple[StrictClient, list[str]]:
    rows = await db.connection().fetch(
        "select calendar from mail where calendar is not null and lower(to_email) = $1 order by id", email
    )
    client = StrictClient()
    return client, [client.receive(row["calendar"]) for row in rows]


async def starts_at(town: makers.Town):
    (slot,) = (await scheduling.slots([town.session]))[town.session]
    return slot.starts_at


async def booked_again() -> makers.Town:
    """A booking was cancelled, and made again: each told."""
    town = await makers.make_town()
    asked = NewBooking(town.session, town.organisation, 2)
    first = await book(SYSTEM, asked)
    await settle()
    await cancel(SYSTEM, first.id, "Neige")
    await settle()
    await book(SYSTEM, asked)
    await settle()
    return town


async def test_a_move_after_a_cancel_and_a_new_booking_is_seen(database_test):
    town = await booked_again()
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


async def contact_leaves_and_comes_back(town: makers.Town, booking: int) -> None:
    await cancel(SYSTEM, booking, "Neige")
    await settle()
    await book(SYSTEM, NewBooking(town.session, town.organisation, 2))


async def facilitator_leaves_and_comes_back(town: makers.Town, _booking: int) -> None:
    (one,) = await scheduling.assignments([town.session])
    await withdraw_assignment(SYSTEM, one.id)
    await settle()
    await assign(SYSTEM, town.slot, town.facilitator)


async def participant_leaves_and_comes_back(_town: makers.Town, booking: int) -> None:
    await name_participants(SYSTEM, booking, (), invite=True)
    await settle()
    await name_participants(SYSTEM, booking, (NewParticipant("Nina", "nina@x.example.org"),), invite=True)


async def host_leaves_and_comes_back(town: makers.Town, _booking: int) -> None:
    await edit_venue(SYSTEM, town.venue, {"contact_email": None})
    await settle()
    await edit_venue(SYSTEM, town.venue, {"contact_email": "hote@example.org"})


@pytest.mark.parametrize(
    ("email", "leaves_and_comes_back"),
    [
        (CONTACT, contact_leaves_and_comes_back),
        ("anime@example.org", facilitator_leaves_and_comes_back),
        ("nina@x.example.org", participant_leaves_and_comes_back),
        ("hote@example.org", host_leaves_and_comes_back),
    ],
)
async def test_two_programs_follow_cancel_invited_again_moved_moved(database_test, email, leaves_and_comes_back):
    town = await makers.make_town()
    await edit_venue(SYSTEM, town.venue, {"contact_email": "hote@example.org"})
    booked = await book(SYSTEM, NewBooking(town.session, town.organisation, 2))
    await name_participants(SYSTEM, booked.id, (NewParticipant("Nina", "nina@x.example.org"),), invite=True)
    await settle()
    await leaves_and_comes_back(town, booked.id)
    await settle()
    for _time in range(2):
        await move(town, 1)
        client, answers = await read(email)
        shown = clock.local(await starts_at(town))
        assert client.shown == shown
        assert await newest(email) == f"{shown:%Y%m%dT%H%M%S}"
        assert answers[-1] == "NEEDS-ACTION"
    assert answers.count("") == 1, "one CANCEL"


async def test_an_answer_is_not_carried_to_a_time_never_seen(database_test):
    town = await booked_again()
    (note,) = [one for one in await invitations.told_of(town.session) if one.email == CONTACT]
    await answer(SYSTEM, note.id, Answer.ACCEPTED)
    await move(town, 1)
    _client, answers = await read(CONTACT)
    assert answers[-1] == "NEEDS-ACTION"
    assert (await invitations.invitation(note.id)).answer is None
