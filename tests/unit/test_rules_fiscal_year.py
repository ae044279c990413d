"""Years that books are kept by: where each begins and ends, and which periods are of one."""

from __future__ import annotations

from datetime import date

import pytest

from training.accounting.rules.fiscal_year import (
    FiscalYear,
    check_closed_year,
    check_period,
    fiscal_year,
    years_between,
)
from training.kernel.errors import Conflict, Invalid

TODAY = date(2027, 3, 15)


@pytest.mark.parametrize(
    ("day", "end_month", "first", "last"),
    [
        (date(2027, 1, 1), 12, date(2027, 1, 1), date(2027, 12, 31)),
        (date(2027, 12, 31), 12, date(2027, 1, 1), date(2027, 12, 31)),
        (date(2027, 8, 31), 8, date(2026, 9, 1), date(2027, 8, 31)),
        (date(2027, 9, 1), 8, date(2027, 9, 1), date(2028, 8, 31)),
        (date(2028, 2, 29), 2, date(2027, 3, 1), date(2028, 2, 29)),
        (date(2027, 2, 28), 2, date(2026, 3, 1), date(2027, 2, 28)),
    ],
)
def test_a_year_begins_the_day_after_the_month_that_ends_it(day: date, end_month: int, first: date, last: date) -> None:
    assert fiscal_year(day, end_month) == FiscalYear(first, last)


def test_the_years_of_a_period_are_those_that_have_a_day_in_it() -> None:
    def lasts(first: date, last: date) -> list[date]:
        return [year.last for year in years_between(first, last, 6)]

    assert lasts(date(2026, 7, 1), TODAY) == [date(2027, 6, 30)]
    assert lasts(date(2026, 6, 30), TODAY) == [date(2027, 6, 30), date(2026, 6, 30)]
    assert lasts(TODAY, TODAY) == [date(2027, 6, 30)]


def test_a_period_is_past_the_right_way_round_and_of_one_year() -> None:
    check_period(date(2027, 1, 1), TODAY, 12, TODAY)
    check_period(TODAY, TODAY, 12, TODAY)
    for first, until, field in (
        (date(2027, 1, 1), date(2027, 3, 16), "until"),
        (TODAY, date(2027, 3, 14), "first"),
        (date(2026, 12, 31), TODAY, "first"),
    ):
        with pytest.raises(Invalid) as refused:
            check_period(first, until, 12, TODAY)
        assert set(refused.value.errors) == {field}


def test_a_year_is_closed_from_its_last_day_on() -> None:
    last = date(2026, 12, 31)
    assert check_closed_year(last, 12, last) == FiscalYear(date(2026, 1, 1), last)
    for closed in (None, date(2026, 11, 30)):
        with pytest.raises(Conflict):
            check_closed_year(last, 12, closed)
    with pytest.raises(Invalid):
        check_closed_year(date(2026, 11, 30), 12, last)
