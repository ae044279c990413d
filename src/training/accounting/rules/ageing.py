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
    Age.NOT_DUE: N_("Non échu"),
    Age.TO_30: N_("1 à 30 jours"),
    Age.TO_60: N_("31 à 60 jours"),
    Age.TO_90: N_("61 à 90 jours"),
    Age.OLDER: N_("Plus de 90 jours"),
}


def limits(today: date) -> tuple[date, date, date, date]:
    """The earliest due dates of the columns from « not due » to « 61 to 90 », as a query asks for them."""
    return today, today - timedelta(days=30), today - timedelta(days=60), today - timedelta(days=90)
