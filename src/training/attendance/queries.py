"""Who came, read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.kernel import db


async def head_counts(session: int) -> dict[int, int]:
    """How many came, by booking, for a held session."""
    sql = "select h.booking, h.present from head_count h join booking b on b.id = h.booking where b.session = $1"
    return {record["booking"]: record["present"] for record in await db.connection().fetch(sql, session)}


async def held_by_person(session: int) -> datetime | None:
    """When a person said that the session was held; None when nobody did, or a program."""
    said: datetime | None = await db.value(
        "select held_at from holding where session = $1 and actor_kind = 'user'", session
    )
    return said


@dataclass(frozen=True, slots=True)
class Attended:
    """Whether a booking's session was held, and how many came; `present` None: nobody has counted."""

    booking: int
    seats: int
    present: int | None
    held: bool


async def attended(bookings: Sequence[int]) -> list[Attended]:
    """The head-counts of some bookings, of whichever sessions, in one statement."""
    sql = """
        select b.id as booking, b.seats, c.present, s.state = 'held' as held
        from booking b join session s on s.id = b.session left join head_count c on c.booking = b.id
        where b.id = any($1) order by b.id
    """
    return await db.rows(Attended, sql, list(bookings))
