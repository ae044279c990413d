"""How much may be taken back: by line, in all, and of the VAT to the last cent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.billing.rules.crediting import Left, taken, vat_taken, whole_rest
from training.kernel.errors import Conflict, Invalid
from training.kernel.money import vat_of
from training.papers.rules.totals import breakdown, line, with_vat
from training.papers.rules.vat import VatRegime

LINES = [Left(1, "Atelier", 35_000, 35_000), Left(2, "Remise", -5_000, -5_000), Left(3, "Offert", 0, 0)]


def test_all_that_is_left_is_the_lines_as_they_were() -> None:
    found = taken(LINES, whole_rest(LINES))
    assert [(item.line, item.net_cents, item.whole) for item in found] == [(1, 35_000, True), (2, -5_000, True)]


def test_part_of_a_line_is_said_so() -> None:
    (item,) = taken(LINES, {1: 100, 2: 0})
    assert (item.net_cents, item.whole) == (100, False)


def test_every_wrong_line_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        taken(LINES, {1: 35_001, 2: 1, 3: 5, 4: 5})
    assert set(refused.value.errors) == {"line-1", "line-2", "line-3", "line-4"}


def test_lines_within_their_own_bounds_may_be_too_much_together() -> None:
    with pytest.raises(Conflict, match="300,00"):
        taken(LINES, {1: 35_000})


@given(st.integers(1, 10**7), st.lists(st.integers(1, 10**6), max_size=12), st.sampled_from([2_000, 1_000, 550, 0]))
def test_credit_notes_one_after_the_other_give_back_the_vat_and_no_more(
    net: int, parts: list[int], rate_bp: int
) -> None:
    vat = vat_of(net, rate_bp)
    net_left, vat_left = net, vat
    for part in [*parts, net]:
        part = min(part, net_left)
        if not part:
            break
        given_back = vat_taken(part, rate_bp, net_left=net_left, vat_left=vat_left)
        assert 0 <= given_back <= vat_left
        net_left, vat_left = net_left - part, vat_left - given_back
    assert (net_left, vat_left) == (0, 0)


def test_the_last_cent_of_vat_goes_to_the_only_rate() -> None:
    groups = breakdown([line("Atelier", unit_price_cents=3, regime=VatRegime.NORMAL)])
    assert [group.vat_cents for group in with_vat(groups, 0)] == [0]
    assert with_vat(groups, 1) == groups
