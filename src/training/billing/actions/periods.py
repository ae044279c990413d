"""Days that are over for good: whether one is still open, and closing them. What the books said is the closer's."""

from __future__ import annotations

from datetime import date

from training.billing.queries.periods import closed_until
from training.billing.tables.periods import PeriodClose
from training.kernel import clock, db
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.render import day_year

db.refuse("period_is_open", lambda: Invalid(_("Cette date est dans une période close."), field="on"))
db.refuse("period_close_until_once", lambda: Conflict(_("Cette période est déjà close."), field="until"))


async def check_day(on: date) -> None:
    """Invalid: a day to come, or one of a closed period."""
    if on > clock.today():
        raise Invalid(_("Cette date n’est pas encore venue."), field="on")
    await check_open(on)


async def check_open(on: date) -> None:
    """Invalid: a day of a closed period."""
    closed = await closed_until()
    if closed and on <= closed:
        words = _("La période est close jusqu’au {day} : choisissez une date plus tardive.")
        raise Invalid(words.format(day=day_year(closed)), field="on")


async def lock_periods() -> None:
    """Who is writing is waited for, who comes after finds the period closed: the trigger `period_open` shares this."""
    await db.execute("select pg_advisory_xact_lock(hashtextextended('period.close', 0))")


async def close_days(until: date, totals: str) -> int:
    """Close every day up to this one; inside the action that closes. `totals`: JSON of what the books said."""
    made = await PeriodClose.insert(PeriodClose(until=until, totals=totals, closed_at=clock.now())).returning(
        PeriodClose.id
    )
    return int(made[0]["id"])
