"""Cents: rounding, splitting, and what people type."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.kernel.money import decimal, parse_euros, shares, vat_of

CENTS = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("net", "rate", "vat"),
    [
        (35_000, 2_000, 7_000),
        (35_000, 0, 0),
        (0, 2_000, 0),
        (10, 550, 1),  # 0.55 of a cent
        (9, 550, 0),  # 0.495
        (250, 20, 1),  # half a cent, away from zero
        (-250, 20, -1),
    ],
)
def test_vat(net: int, rate: int, vat: int) -> None:
    assert vat_of(net, rate) == vat


@given(CENTS, st.integers(0, 10_000))
def test_vat_is_rounded_as_accountants_do(net: int, rate: int) -> None:
    exact = Decimal(net) * rate / 10_000
    assert vat_of(net, rate) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert vat_of(-net, rate) == -vat_of(net, rate)


@given(CENTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_shares_add_up_and_none_is_a_cent_away(total: int, weights: list[int]) -> None:
    parts = shares(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(CENTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_a_credit_note_mirrors_its_invoice(total: int, weights: list[int]) -> None:
    assert shares(-total, weights) == [-part for part in shares(total, weights)]


def test_the_left_over_cents_go_to_the_largest_remainders_then_the_first() -> None:
    assert shares(100, [1, 1, 1]) == [34, 33, 33]
    assert shares(200, [1, 1, 1]) == [67, 67, 66]
    assert shares(10, [2, 3, 5]) == [2, 3, 5]
    assert shares(1, [1, 3]) == [0, 1]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [2, -1]])
def test_weights_that_split_nothing(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        shares(100, weights)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("350", 35_000),
        ("350,00", 35_000),
        ("350.5", 35_050),
        ("12.5 €", 1_250),
        ("1 250,50", 125_050),
        ("1\u202f250,50\u00a0€", 125_050),
        ("0", 0),
        ("0,05", 5),
        ("999999999,99", 99_999_999_999),
    ],
)
def test_euros_as_typed(typed: str, cents: int) -> None:
    assert parse_euros(typed) == cents


@pytest.mark.parametrize(
    "typed", ["", "€", "12,345", "1.250,50", "1,250.50", "-5", "+5", "5,", ",5", "1e3", "abc", "9999999999", "12,5 $"]
)
def test_what_is_no_amount(typed: str) -> None:
    with pytest.raises(ValueError):
        parse_euros(typed)


@given(CENTS)
def test_a_machine_reads_back_what_it_writes(cents: int) -> None:
    assert Decimal(decimal(cents)) * 100 == cents
    if 0 <= cents < 10**11:
        assert parse_euros(decimal(cents)) == cents


def test_decimal() -> None:
    assert [decimal(c) for c in (35_000, 5, -5, 0)] == ["350.00", "0.05", "-0.05", "0.00"]
