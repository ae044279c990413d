"""The grid of an offer's tariffs, a change of one of them, and the days that no price covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from training.catalogue.rules.changing import (
    Priced,
    TariffChange,
    changed,
    check_apart,
    check_change,
    priced,
    withdrawn,
)
from training.catalogue.rules.grid import gaps, grid, unpriced
from training.catalogue.rules.tariffs import TariffMode, TariffRow, price_for
from training.directory.rules.organisations import OrganisationKind
from training.kernel.errors import Conflict, Invalid

TODAY = date(2027, 3, 9)
DAY = timedelta(days=1)
KINDS = (None, "commune", "association")  # and all that no tariff names
ASKED = (*KINDS, "school")
DAYS = [TODAY + n * DAY for n in range(-12, 40)]
prices = st.sampled_from(
    [Priced(TariffMode.FREE, 0, 35_000), Priced(TariffMode.FLAT, 35_000), Priced(TariffMode.PER_SEAT, 900)]
)
offsets = st.integers(-10, 30)


@st.composite
def tariff_lists(draw: st.DrawFn) -> tuple[TariffRow, ...]:
    """Tariffs of a few kinds, none of which overlaps another of its kind."""
    rows: list[TariffRow] = []
    for kind in KINDS:
        days = sorted(draw(st.sets(offsets, max_size=6)))
        for since, until in zip(days[::2], days[1::2], strict=False):
            rows.append(_row(kind, draw(prices), since, until))
        if len(days) % 2:
            rows.append(_row(kind, draw(prices), days[-1], None))
    return tuple(rows)


def _row(kind: str | None, price: Priced, since: int, until: int | None) -> TariffRow:
    end = None if until is None else TODAY + until * DAY
    return TariffRow(kind, price.mode, price.amount_cents, price.worth_cents, TODAY + since * DAY, end)


changes = st.builds(
    lambda kinds, price, since, lasts: TariffChange(
        tuple(kinds), price, TODAY + since * DAY, None if lasts is None else TODAY + (since + lasts) * DAY
    ),
    st.sets(st.sampled_from(KINDS), min_size=1),
    st.none() | prices,
    st.integers(0, 25),
    st.none() | st.integers(0, 10),
)


@given(tariff_lists())
def test_the_grid_says_for_every_kind_and_day_what_a_booking_would_cost(tariffs):
    shown = grid(tariffs, TODAY)
    for day in [day for day in DAYS if day >= TODAY]:
        for kind in ASKED:
            cell = shown.cell(kind, day)
            price = price_for(tariffs, kind, day)
            assert cell is not None
            assert (cell.tariff is None) == (price is None)
            if cell.tariff and price:
                assert (cell.tariff.mode, cell.tariff.amount_cents) == (price.mode, price.unit_price_cents)
    assert {kind for line in shown.lines for kind in line.kinds} == {None, *(k.value for k in OrganisationKind)}
    assert shown.lines[-1].others
    for line in shown.lines:
        said = [stretch.cell.said for stretch in shown.stretches(line) for _period in range(stretch.periods)]
        assert said == [cell.said for cell in line.cells]


@given(tariff_lists())
def test_a_hole_is_found_where_a_price_is_missing_between_two_and_nowhere_else(tariffs):
    for kind in ASKED:
        found = gaps(tariffs, kind)
        for day in DAYS:
            missing = price_for(tariffs, kind, day) is None
            assert missing == any(gap.has(day) for gap in found)
            before = any(price_for(tariffs, kind, d) for d in DAYS if d < day)
            after = any(price_for(tariffs, kind, d) for d in DAYS if d > day)
            assert (missing and before and after) == any(gap.has(day) and gap.hole for gap in found)
        shown = grid(tariffs, TODAY)
        for day in [day for day in DAYS if day >= TODAY]:
            cell = shown.cell(kind, day)
            assert cell is not None
            if kind not in ("commune", "association") or cell.own:
                assert cell.hole == any(gap.has(day) and gap.hole for gap in found)


@given(tariff_lists(), changes)
def test_a_change_keeps_the_prices_of_every_earlier_day_and_sets_its_own(tariffs, change):
    after = changed(tariffs, change)
    check_apart(after)
    for kind in ASKED:
        for day in [day for day in DAYS if day < change.since]:
            assert price_for(after, kind, day) == price_for(tariffs, kind, day), (kind, day)
    for kind in change.kinds:
        of_kind = [row for row in after if row.organisation_kind == kind and row.valid_from <= change.since]
        held = [row for row in of_kind if row.valid_until is None or row.valid_until >= change.since]
        if change.price is None:
            assert held == []
        else:
            assert [(row.mode, row.amount_cents) for row in held] == [(change.price.mode, change.price.amount_cents)]


@given(tariff_lists(), changes)
def test_after_its_end_a_change_gives_way_to_what_held(tariffs, change):
    assume(change.until is not None)
    after = changed(tariffs, change)
    for kind in ASKED:
        for day in [day for day in DAYS if change.until and day > change.until]:
            assert price_for(after, kind, day) == price_for(tariffs, kind, day)


@given(tariff_lists(), changes)
def test_a_change_without_an_end_leaves_what_is_planned_later(tariffs, change):
    change = replace(change, until=None)
    planned = {row for row in tariffs if row.valid_from > change.since}
    after = dict.fromkeys(changed(tariffs, change))
    for row in planned:
        stands = [r for r in after if r.organisation_kind == row.organisation_kind and r.valid_from <= row.valid_from]
        assert any(r.mode == row.mode and (r.valid_until is None or r.valid_until >= row.valid_from) for r in stands)


@given(st.dictionaries(st.sampled_from(KINDS), prices, min_size=1), prices, st.integers(1, 20))
def test_what_was_planned_and_is_withdrawn_leaves_no_trace(standing, price, since):
    tariffs = [_row(kind, its, -5, None) for kind, its in standing.items()]
    kinds = tuple(kind for kind, its in standing.items() if its != price)
    planned = changed(tariffs, TariffChange(kinds, price, TODAY + since * DAY))
    assert sorted(withdrawn(planned, kinds, TODAY + since * DAY), key=str) == sorted(tariffs, key=str)


@given(tariff_lists(), st.sampled_from(DAYS))
def test_withdrawing_changes_no_earlier_day(tariffs, since):
    after = withdrawn(tariffs, KINDS, since)
    check_apart(after)
    for kind in ASKED:
        for day in [day for day in DAYS if day < since]:
            assert price_for(after, kind, day) == price_for(tariffs, kind, day)


@given(tariff_lists(), st.sampled_from(DAYS))
def test_a_kind_without_a_price_is_named(tariffs, day):
    named = unpriced(tariffs, day)
    for kind in OrganisationKind:
        assert (kind in named) == (price_for(tariffs, kind.value, day) is None)


def test_nothing_in_a_flat_price_is_free():
    assert priced(TariffMode.FLAT, 0, 35_000) == Priced(TariffMode.FREE, 0, 35_000)
    assert priced(TariffMode.PER_SEAT, 0, None) == Priced(TariffMode.FREE, 0)
    assert priced(TariffMode.FLAT, 35_000, 9) == Priced(TariffMode.FLAT, 35_000)


FLAT = Priced(TariffMode.FLAT, 35_000)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (TariffChange((), FLAT, TODAY), "kind_others"),
        (TariffChange((None,), FLAT, TODAY - DAY), "since"),
        (TariffChange((None,), FLAT, date(2207, 3, 9)), "since"),
        (TariffChange((None,), FLAT, TODAY + DAY, TODAY), "until"),
        (TariffChange((None,), Priced(TariffMode.FLAT, 10_000_001), TODAY), "amount"),
        (TariffChange((None,), Priced(TariffMode.FREE, 0, 10_000_001), TODAY), "worth"),
    ],
)
def test_a_change_that_cannot_be_is_refused_beside_its_field(change, field):
    with pytest.raises(Invalid) as refused:
        check_change(change, (), TODAY)
    assert list(refused.value.errors) == [field]


def test_a_tariff_that_has_begun_is_not_withdrawn():
    row = _row(None, FLAT, 0, None)
    with pytest.raises(Conflict):
        check_change(TariffChange((None,), FLAT, TODAY, planned=TODAY), (row,), TODAY)
    with pytest.raises(Conflict):
        check_change(TariffChange((None,), FLAT, TODAY, planned=TODAY + DAY), (row,), TODAY)


def test_two_tariffs_of_one_kind_on_one_day_are_refused():
    with pytest.raises(Invalid):
        check_apart([_row(None, FLAT, 0, 3), _row(None, FLAT, 3, None)])
    check_apart([_row(None, FLAT, 0, 2), _row(None, FLAT, 3, None), _row("commune", FLAT, 0, None)])
