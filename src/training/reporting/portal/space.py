"""An organisation's own view: what is coming."""

from __future__ import annotations

from training.bookings.queries import BOOKING, BookingView, within
from training.kernel import clock, db
from training.kernel.actor import Scope


async def coming(scope: Scope, organisation: int, *, limit: int = 6) -> list[BookingView]:
    """The organisation's live bookings of coming sessions, the soonest first."""
    where = within(scope)
    where.add("b.organisation = {} and booking_may_come(b.state)", organisation)
    where.add("session_bookable(s.state) and s.ends_at > {}", clock.now())
    sql = f"{BOOKING} where {where} order by s.starts_at, b.id limit {limit:d}"
    return await db.rows(BookingView, sql, *where.values)
