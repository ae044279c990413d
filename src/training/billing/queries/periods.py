"""Which days are closed."""

from __future__ import annotations

from datetime import date

from training.kernel import db


async def closed_until() -> date | None:
    """The last day of the last closed period."""
    found: date | None = await db.value("select max(until) from period_close")
    return found
