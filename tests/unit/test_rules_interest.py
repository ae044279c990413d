"""Late interest as an accountant counts it by hand, and who owes none."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.directory.rules.organisations import Buyer
from training.dunning.rules.interest import RECOVERY_CENTS, Law, Rate, checked_rate, half_year, late, law_of
from training.kernel.errors import Invalid
from training.kernel.money import interest_of

DUE = date(2027, 3, 31)
TEN = [Rate(date(2027, 1, 1), 1_000)]


def test_thirty_days_at_ten_per_cent() -> None:
    """1 000 € × 10 % × 30 / 365 = 8,219… €"""
    found = late(Buyer.COMPANY, 100_000, DUE, [], TEN, date(2027, 4, 30))
    assert found is not None
    (stretch,) = found.stretches
    assert (stretch.first, stretch.last, stretch.days) == (date(2027, 4, 1), date(2027, 4, 30), 30)
    assert (found.interest_cents, found.recovery_cents, found.total_cents) == (822, 4_000, 4_822)


def test_the_rate_changes_with_the_half_year() -> None:
    """30 days of June at 10,15 %, 31 of July at 10,40 %: 500 € × (0,1015 × 30 + 0,1040 × 31) / 365"""
    rates = [Rate(date(2027, 7, 1), 1_040), Rate(date(2027, 1, 1), 1_015)]
    found = late(Buyer.PUBLIC, 50_000, date(2027, 5, 31), [], rates, date(2027, 7, 31))
    assert found is not None
    assert [(s.first, s.days, s.rate_bp, s.cents) for s in found.stretches] == [
        (date(2027, 6, 1), 30, 1_015, 417),
        (date(2027, 7, 1), 31, 1_040, 442),
    ]


def test_a_part_that_was_paid_bears_no_more() -> None:
    """1 000 € ten days, then 400 € ten days, at 10 %: 2,739… + 1,095… €"""
    settled = [(date(2027, 4, 11), 60_000)]
    found = late(Buyer.ASSOCIATION, 100_000, DUE, settled, TEN, date(2027, 4, 20))
    assert found is not None
    assert [(s.principal_cents, s.days, s.cents) for s in found.stretches] == [(100_000, 10, 274), (40_000, 10, 110)]


def test_paid_late_it_stays_owed_and_paid_in_time_nothing_is() -> None:
    late_one = late(Buyer.COMPANY, 100_000, DUE, [(date(2027, 4, 11), 100_000)], TEN, date(2027, 9, 1))
    assert late_one is not None
    assert (late_one.interest_cents, late_one.stretches[-1].last) == (274, date(2027, 4, 10))
    assert late(Buyer.COMPANY, 100_000, DUE, [(DUE, 100_000)], TEN, date(2027, 9, 1)) is None
    assert late(Buyer.COMPANY, 100_000, DUE, [], TEN, DUE) is None
    assert late(Buyer.PUBLIC, 100_000, None, [], TEN, date(2027, 9, 1)) is None


def test_a_payment_that_did_not_hold_is_owed_again() -> None:
    settled = [(date(2027, 4, 11), 100_000), (date(2027, 4, 21), -100_000)]
    found = late(Buyer.COMPANY, 100_000, DUE, settled, TEN, date(2027, 4, 30))
    assert found is not None
    assert [(s.first, s.days) for s in found.stretches] == [(date(2027, 4, 1), 10), (date(2027, 4, 21), 10)]


def test_a_person_owes_nothing_and_everybody_else_the_forty_euros() -> None:
    assert law_of(Buyer.PERSON) is None
    assert late(Buyer.PERSON, 100_000, DUE, [], TEN, date(2027, 9, 1)) is None
    for buyer in (Buyer.COMPANY, Buyer.ASSOCIATION, Buyer.PUBLIC):
        found = late(buyer, 100_000, DUE, [], [], date(2027, 9, 1))
        assert found is not None
        assert (found.interest_cents, found.recovery_cents, found.complete) == (0, RECOVERY_CENTS, False)
    assert (law_of(Buyer.PUBLIC), law_of(Buyer.ASSOCIATION)) == (Law.PUBLIC, Law.PRIVATE)


@given(
    st.integers(1, 10_000_000),
    st.lists(
        st.tuples(st.integers(-100, 800), st.integers(0, 5_000)), min_size=1, max_size=6, unique_by=lambda p: p[0]
    ),
    st.integers(1, 900),
)
def test_stretches_cover_each_day_once_and_round_to_the_cent_each(cents, changes, days) -> None:
    rates = [Rate(DUE + timedelta(days=at), bp) for at, bp in changes]
    today = DUE + timedelta(days=days)
    found = late(Buyer.COMPANY, cents, DUE, [], rates, today)
    assert found is not None
    covered = [s.first + timedelta(days=n) for s in found.stretches for n in range(s.days)]
    assert covered == [DUE + timedelta(days=n) for n in range(1, days + 1)]
    exact = sum(
        Fraction(cents * max((r for r in rates if r.since <= day), key=lambda r: r.since, default=Rate(day, 0)).rate_bp)
        / (10_000 * 365)
        for day in covered
    )
    assert abs(found.interest_cents - exact) <= Fraction(len(found.stretches), 2)


@pytest.mark.parametrize(
    ("cent_days", "bp", "cents"), [(36_500, 5, 0), (365_000, 50, 5), (365, 5_000, 1), (0, 1_000, 0)]
)
def test_interest_is_rounded_half_up(cent_days, bp, cents) -> None:
    assert interest_of(cent_days, bp) == cents


@pytest.mark.parametrize("bp", [-1, 5_001, 100_000])
def test_a_rate_that_is_no_rate(bp) -> None:
    with pytest.raises(Invalid, match="0 à 50"):
        checked_rate(DUE, bp, DUE)


def test_a_rate_of_a_day_far_away() -> None:
    for wrong in (date(1999, 12, 31), DUE + timedelta(days=400)):
        with pytest.raises(Invalid, match="un an à l’avance"):
            checked_rate(wrong, 1_000, DUE)
    assert checked_rate(DUE, 1_015, DUE) == Rate(DUE, 1_015)


@pytest.mark.parametrize(
    ("today", "first"),
    [((2027, 1, 1), (2027, 1, 1)), ((2027, 6, 30), (2027, 1, 1)), ((2027, 7, 1), (2027, 7, 1)),
     ((2027, 12, 31), (2027, 7, 1))],
)  # fmt: skip
def test_a_half_year_begins_in_january_and_in_july(today: tuple[int, ...], first: tuple[int, ...]) -> None:
    assert half_year(date(*today)) == date(*first)
