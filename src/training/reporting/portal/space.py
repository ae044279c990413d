"""An organisation's own view: what is coming."""

from __future__ import annotations

from training.bookings.queries import BOOKING, BookingView, scoped
from training.kernel import clock, db
from training.kernel.actor import Scope


async def coming(scope: Scope, organisation: int, *, limit: int = 6) -> list[BookingView]:
    """The organisation's live bookings of coming sessions, the soonest first."""
    sql = (
        BOOKING
        + """
        and b.organisation = $3 and b.state in ('pending', 'option', 'offered', 'confirmed', 'waiting')
        and s.state in ('published', 'confirmed') and t.ends_at > $4
        order by t.starts_at, b.id limit $5
        """
    )
    return await db.rows(BookingView, sql, *scoped(scope), organisation, clock.now(), limit)
