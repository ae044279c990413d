"""Terms follow their session: a request outlives no closing, and what was moved ahead is not over at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.bookings.rules.states import BookingState
from training.bookings.rules.terms import refitted
from training.bookings.tables import Booking
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling.actions.planning import lock_session
from training.scheduling.rules import BOOKABLE


async def refit_terms(actor: Actor, session: int) -> None:
    """Give what waits for a decision the term that it has with the session as it stands; part of telling of a move."""
    async with acting(actor, "session.refit-terms", ("session", session)):
        actor.must(Permission.PLATFORM_RUN)
        locked = await lock_session(session)
        if locked.state not in BOOKABLE or locked.starts_at <= clock.now():
            return  # nothing ends by itself any more
        for row in await db.rows(_Undecided, _UNDECIDED, session):
            term = refitted(row.state, row.expires_at, row.asked_at, locked)
            if term != row.expires_at:
                await Booking.update({Booking.expires_at: term, Booking.updated_at: clock.now()}).where(
                    Booking.id == row.id
                )


@dataclass(frozen=True, slots=True)
class _Undecided:
    id: int
    state: BookingState
    expires_at: datetime
    asked_at: datetime  # or came back with its session


_UNDECIDED = """
    select b.id, b.state, b.expires_at,
           coalesce((select max(undone_at) from booking_ending where booking = b.id), b.created_at) as asked_at
    from booking b where b.session = $1 and booking_expires(b.state) and b.expires_at is not null
    order by b.id for update of b
"""
