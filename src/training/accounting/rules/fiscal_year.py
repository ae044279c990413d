"""The years that books are kept by (exercices): from the day after one ends to the last day of a month. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.render import day_year

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """Twelve months, first and last day included."""

    first: date
    last: date


def fiscal_year(day: date, end_month: int) -> FiscalYear:
    """The fiscal year that a day is of; `end_month` (1 to 12) is the month that ends it."""
    opens = end_month % 12 + 1
    first = date(day.year if day.month >= opens else day.year - 1, opens, 1)
    return FiscalYear(first, date(first.year + 1, opens, 1) - DAY)


def years_between(first: date, last: date, end_month: int) -> Iterator[FiscalYear]:
    """The fiscal years that have a day in a period, the last first."""
    year = fiscal_year(last, end_month)
    while year.last >= first:
        yield year
        year = fiscal_year(year.first - DAY, end_month)


def check_period(first: date, until: date, end_month: int, today: date) -> None:
    """Invalid: a day to come, a period turned round, or of more than one fiscal year."""
    if until > today:
        raise Invalid(_("Cette date n’est pas encore venue."), field="until")
    if first > until:
        raise Invalid(_("Le premier jour vient avant le dernier."), field="first")
    year = fiscal_year(until, end_month)
    if first < year.first:
        words = _("Une remise tient dans un seul exercice : celui-ci commence le {day}.")
        raise Invalid(words.format(day=day_year(year.first)), field="first")


def check_closed_year(last: date, end_month: int, closed: date | None) -> FiscalYear:
    """The fiscal year that ends on a day. Invalid: none does. Conflict: it is not closed."""
    year = fiscal_year(last, end_month)
    if year.last != last:
        raise Invalid(_("Aucun exercice ne finit ce jour-là."), field="until")
    if closed is None or closed < last:
        raise Conflict(_("Clôturez d’abord l’exercice : son journal ne change plus ensuite."))
    return year
