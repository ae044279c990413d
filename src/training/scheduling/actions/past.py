"""Sessions of former years are written as they were held: nobody is invited, asked or told, no room is taken."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from training.kernel import clock, db
from training.scheduling.actions.planning import UID_HOST, check_clashes
from training.scheduling.rules import AssignmentState, SessionKind, SessionState
from training.scheduling.tables import Assignment, Session, Slot, VenueUse

AT_ONCE = 500  # rows of one statement


@dataclass(frozen=True, slots=True)
class NewPastSession:
    """A session as it was. `capacity`: all who were expected."""

    offer: int
    starts_at: datetime
    ends_at: datetime
    venue: int | None
    facilitators: tuple[int, ...]
    capacity: int
    note: str


async def write_past_sessions(new: Sequence[NewPastSession]) -> list[int]:
    """Their ids, in the same order; inside the action that brings them. FacilitatorBusy: somebody led two at once."""
    made: list[int] = []
    for at in range(0, len(new), AT_ONCE):
        few = new[at : at + AT_ONCE]
        rows = await Session.insert(*map(_session, few)).returning(Session.id)
        ids = [int(row["id"]) for row in rows]
        await _write_slots(list(zip(ids, few, strict=True)))
        made += ids
    await check_clashes()
    return made


def _session(one: NewPastSession) -> Session:
    return Session(
        offer=one.offer,
        kind=SessionKind.OPEN,
        state=SessionState.HELD,
        capacity=one.capacity,
        closes_at=one.starts_at,
        note=one.note,
        published_at=None,  # nobody could ever see it
        created_at=clock.now(),
        updated_at=clock.now(),
    )


async def _write_slots(few: Sequence[tuple[int, NewPastSession]]) -> None:
    now = clock.now()
    slots = [
        Slot(
            session=session,
            position=1,
            uid=f"{uuid.uuid4()}@{UID_HOST}",
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            updated_at=now,
        )
        for session, one in few
    ]
    ids = [int(row["id"]) for row in await Slot.insert(*slots).returning(Slot.id)]
    uses = [
        VenueUse(slot=slot, venue=one.venue, holds=False)
        for slot, (_session, one) in zip(ids, few, strict=True)
        if one.venue is not None
    ]
    if uses:
        await VenueUse.insert(*uses)
    people = [
        Assignment(slot=slot, facilitator=person, state=AssignmentState.CONFIRMED, created_at=now, updated_at=now)
        for slot, (_session, one) in zip(ids, few, strict=True)
        for person in one.facilitators
    ]
    if people:
        await Assignment.insert(*people)


async def make_room(seats: Mapping[int, int]) -> None:
    """So many more came to sessions of former years than was known of them."""
    sql = """
        update session s set capacity = greatest(s.capacity, s.seats_taken + w.seats)
        from unnest($1::bigint[], $2::int[]) w(session, seats) where s.id = w.session
    """
    await db.execute(sql, list(seats), list(seats.values()))
