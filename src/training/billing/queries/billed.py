"""How much of a booking's price stands on drafts, and on what was issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.kernel import db


@dataclass(frozen=True, slots=True)
class BilledSoFar:
    """Cents, net, deposits too. `numbers`: of what was issued, oldest first."""

    drafted_cents: int
    issued_cents: int
    numbers: tuple[str, ...]


async def billed_so_far(booking: int) -> BilledSoFar:
    """Of a booking by id, as its billables say: what a credit note took back is not billed any more."""
    found = await db.row(
        BilledSoFar,
        """
        select coalesce(sum(k.amount_cents) filter (where i.state = 'draft'), 0)::bigint as drafted_cents,
               coalesce(sum(k.amount_cents) filter (where i.state = 'issued'), 0)::bigint as issued_cents,
               coalesce(array_agg(distinct i.number) filter (where i.number is not null), '{}') as numbers
        from billable k join invoice_line l on l.id = k.invoice_line join invoice i on i.id = l.invoice
        where k.booking = $1
        """,
        booking,
    )
    assert found is not None  # noqa: S101 - an aggregate has one row
    return found


async def free_due(session: int) -> datetime | None:
    """When the free bookings of a session that was held are confirmed; None when they are, or there are none."""
    sql = "select min(d.due_at) from free_due d join booking b on b.id = d.booking where b.session = $1"
    due: datetime | None = await db.value(sql, session)
    return due
