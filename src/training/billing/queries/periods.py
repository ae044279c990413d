"""Which days are closed."""

from __future__ import annotations

from datetime import date, datetime

from training.kernel import db


async def closed_until() -> date | None:
    """The last day of the last closed period."""
    found: date | None = await db.value("select max(until) from period_close")
    return found


async def closed_at(day: date) -> datetime | None:
    """When a day was closed."""
    found: datetime | None = await db.value("select min(closed_at) from period_close where until >= $1", day)
    return found


async def first_day() -> date | None:
    """The day of the first invoice, receivable or money there is."""
    sql = """
        select least((select min(issued_on) from invoice where state = 'issued'),
                     (select min(issued_on) from receivable where invoice is null),
                     (select min(received_on) from payment))
    """
    found: date | None = await db.value(sql)
    return found
