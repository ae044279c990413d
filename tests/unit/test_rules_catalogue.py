"""Which tariff holds, and what seats cost by it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import training
from training.catalogue.rules.offers import OFFER_KIND_NAMES, OfferKind
from training.catalogue.rules.tariffs import TariffMode, TariffRow, price, price_for, tariff_for

DAY = date(2027, 3, 9)


def tariff(
    kind: str | None = None, *, since: int = -100, until: int | None = None, mode: str = "flat", cents: int = 35_000
) -> TariffRow:
    """A tariff; days count from DAY."""
    end = None if until is None else DAY + timedelta(days=until)
    return TariffRow(kind, TariffMode(mode), cents, None, DAY + timedelta(days=since), end)


def test_nothing_is_known_without_a_tariff() -> None:
    assert tariff_for([], "commune", DAY) is None
    assert tariff_for([tariff("school")], "commune", DAY) is None
    assert tariff_for([tariff("school")], None, DAY) is None


@pytest.mark.parametrize("order", [1, -1])
def test_the_kind_s_own_tariff_goes_before_anybody_s_even_a_newer_one(order: int) -> None:
    own, newer = tariff("commune", since=-100), tariff(None, since=-1)
    assert tariff_for([own, newer][::order], "commune", DAY) is own
    assert tariff_for([own, newer][::order], "school", DAY) is newer
    assert tariff_for([own, newer][::order], None, DAY) is newer


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_that_hold_the_latest_holds(order: int) -> None:
    old, new = tariff(since=-100), tariff(since=-10)
    assert tariff_for([old, new][::order], None, DAY) is new
    assert tariff_for([old, new][::order], None, DAY - timedelta(days=50)) is old


def test_the_first_and_the_last_day_count() -> None:
    one_day = tariff(since=0, until=0)
    assert tariff_for([one_day], None, DAY) is one_day
    assert tariff_for([one_day], None, DAY - timedelta(days=1)) is None
    assert tariff_for([one_day], None, DAY + timedelta(days=1)) is None


def test_an_own_tariff_that_ended_leaves_room_to_anybody_s() -> None:
    own, any_ = tariff("commune", until=-1), tariff(None)
    assert tariff_for([own, any_], "commune", DAY) is any_


@given(st.integers(1, 10_000), st.integers(1, 10_000_000))
def test_price(seats: int, cents: int) -> None:
    flat = price(tariff(cents=cents), seats)
    assert (flat.price_cents, flat.unit_price_cents) == (cents, cents)
    per_seat = price(tariff(mode="per_seat", cents=cents), seats)
    assert (per_seat.price_cents, per_seat.unit_price_cents) == (cents * seats, cents)


def test_a_free_booking_says_what_it_is_worth() -> None:
    free = price(TariffRow(None, TariffMode.FREE, 0, 35_000, DAY, None), 40)
    assert (free.mode, free.price_cents, free.reference_cents) == (TariffMode.FREE, 0, 35_000)


@pytest.mark.parametrize("seats", [0, -1])
def test_no_seats_have_no_price(seats: int) -> None:
    with pytest.raises(ValueError, match="one seat"):
        price(tariff(), seats)


def test_every_kind_has_a_name() -> None:
    assert set(OFFER_KIND_NAMES) == set(OfferKind)


def test_what_an_organisation_pays_is_the_tariff_of_its_kind_on_that_day_times_its_seats() -> None:
    paid = price_for([tariff("commune", mode=TariffMode.PER_SEAT, cents=500), tariff(None)], "commune", DAY, 4)
    assert paid is not None
    assert (paid.unit_price_cents, paid.price_cents) == (500, 2_000)
    assert price_for([tariff("school")], "commune", DAY) is None


def test_whoever_says_a_price_asks_one_function() -> None:
    """Pages, the API and the action that freezes it: five computed it, each a little differently."""
    source = Path(training.__file__).parent
    own = re.compile(r"catalogue\.rules import [^\n]*\b(tariff_for|price)\b(?!_)")
    assert [p.name for p in source.rglob("*.py") if own.search(p.read_text())] == []
