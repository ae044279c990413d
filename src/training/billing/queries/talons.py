"""The one session that a paper is about, as it shows it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from training.kernel import db
from training.papers.documents.talon import Talon
from training.scheduling import queries as scheduling


@dataclass(frozen=True, slots=True)
class _Booked:
    session: int
    seats: int


async def talon_of(bookings: Collection[int]) -> Talon | None:
    """Of bookings of one session alone, with all their places; None: there is none, or there are several."""
    sql = "select session, sum(seats)::int as seats from booking where id = any($1) group by session limit 2"
    found = await db.rows(_Booked, sql, list(bookings)) if bookings else []
    return await talon_of_session(found[0].session, found[0].seats) if len(found) == 1 else None


async def talon_of_session(session: int, count: int) -> Talon | None:
    """Of a session, for so many people."""
    view = await scheduling.session(session)
    if view is None:
        return None
    return Talon(
        title=view.title,
        starts_at=view.starts_at,
        ends_at=view.ends_at,
        city=view.city or "",
        venue=view.venue or "",
        paper=view.look.paper or "",
        count=count,
        dates=view.slots,
    )
