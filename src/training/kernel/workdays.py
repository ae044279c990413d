"""Working days in France: neither Saturday, Sunday nor a public holiday (Code du travail, art. L3133-1). No I/O."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dateutil.easter import easter  # type: ignore[import-untyped]

from training.kernel import clock

_FIXED = frozenset({(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)})
_AFTER_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday


def is_workday(day: date) -> bool:
    """Whether offices are open that day."""
    moving = {easter(day.year) + timedelta(days=after) for after in _AFTER_EASTER}
    return day.weekday() < 5 and (day.month, day.day) not in _FIXED and day not in moving


def after_workdays(instant: datetime, days: int) -> datetime:
    """The same hour, so many working days later: asked on a Saturday, the first of them is the Monday."""
    local = clock.local(instant)
    day = local.date()
    while days:
        day += timedelta(days=1)
        days -= is_workday(day)
    return clock.at(day, local.time().replace(tzinfo=None))
