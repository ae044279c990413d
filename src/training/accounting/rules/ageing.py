"""How old what is owed is: the columns of the aged balance. No I/O."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from training.kernel.i18n import N_


class Age(StrEnum):
    """A column of the balance. Late counts from the day after the due date."""

    UNAVAILABLE = "unavailable"  # a public buyer that was not given the invoice yet: no delay runs
    NOT_DUE = "not_due"
    TO_30 = "to_30"
    TO_60 = "to_60"
    TO_90 = "to_90"
    OLDER = "older"


AGE_NAMES: dict[Age, str] = {
    Age.UNAVAILABLE: N_("À déposer"),
    Age.NOT_DUE: N_("Pas échu"),
    Age.TO_30: N_("1 à 30 jours"),
    Age.TO_60: N_("31 à 60 jours"),
    Age.TO_90: N_("61 à 90 jours"),
    Age.OLDER: N_("Plus de 90 jours"),
}
_LIMITS = ((Age.NOT_DUE, 0), (Age.TO_30, 30), (Age.TO_60, 60), (Age.TO_90, 90))


def age_of(due_on: date | None, today: date) -> Age:
    """Which column an amount stands in."""
    if due_on is None:
        return Age.UNAVAILABLE
    days = (today - due_on).days
    return next((age for age, most in _LIMITS if days <= most), Age.OLDER)


def limits(today: date) -> tuple[date, date, date, date]:
    """The earliest due dates of the columns from « not due » to « 61 to 90 »: the same rule, as a query asks for it."""
    first, second, third, fourth = (today - timedelta(days=most) for _age, most in _LIMITS)
    return first, second, third, fourth
