"""What is owed above or below what is invoiced, and from which invoice too much is taken back."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from training.billing.rules.grouping import next_more
from training.billing.rules.refitting import Billed, over, rest, taken_back
from training.billing.rules.sharing import PIECE, BilledPrice, Share, fits, portions, whole


def billed(id: int, amount: int, *, left: int | None = None, payer: int = 1, part: str = "whole") -> Billed:  # noqa: A002
    left = amount if left is None else left
    return Billed(id, 7, payer, part, amount, 100 + id, 200 + id, f"F-{id}", date(2027, 3, 1), left)


@given(st.integers(1, 5_000), st.integers(0, 60), st.integers(0, 60))
def test_more_seats_are_whole_heads(unit, before, now):
    found = rest(whole(BilledPrice(now, unit, now * unit, per_seat=True)), before * unit)
    if now <= before:
        assert found is None
    else:
        assert found is not None
        assert (found.quantity, found.unit) == (now - before, PIECE)
        assert found.net_cents == found.quantity * found.unit_price_cents == (now - before) * unit


def test_a_price_that_heads_do_not_make_is_an_amount():
    found = rest(whole(BilledPrice(5, 800, 4_000, per_seat=True)), 3_000)
    assert found is not None
    assert (found.quantity, found.unit_price_cents, found.net_cents) == (1, 1_000, 1_000)


ITEMS = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(1, 3)), max_size=6)


@given(ITEMS, st.dictionaries(st.integers(1, 3), st.integers(0, 2_000)))
def test_never_more_is_taken_back_than_is_too_much_nor_than_a_line_has_left(items, owed):
    all_of = [billed(n, amount, left=left, payer=payer) for n, (amount, left, payer) in enumerate(items)]
    too_much = over(all_of, owed)
    back = taken_back(all_of, too_much)
    assert len({item.of.id for item in back}) == len(back)
    for item in back:
        assert 0 < item.cents <= item.of.most_cents
    for payer, cents in too_much.items():
        taken = sum(item.cents for item in back if item.of.payer == payer)
        assert taken <= cents
        if taken < cents:
            assert taken == sum(item.most_cents for item in all_of if item.payer == payer)


def test_the_last_invoice_is_taken_back_first():
    back = taken_back([billed(1, 500), billed(2, 200, part="more")], {1: 300})
    assert [(item.of.id, item.cents) for item in back] == [(2, 200), (1, 100)]


def test_a_deposit_counts_for_what_is_left_of_it():
    assert billed(1, 500, left=100, part="deposit").counts_cents == 100
    assert billed(1, 500, left=100).counts_cents == 500, "a gesture is not billed again"


def test_each_time_more_is_billed_it_has_a_name_of_its_own():
    assert [next_more(known) for known in (["whole"], ["whole", "more"], ["more2"], ["more", "more2"])] == [
        "more", "more2", "more", "more3",
    ]  # fmt: skip


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_parts_fit_while_they_make_the_whole(one, two, seats):
    shares = [Share(payer=1, seats=one), Share(payer=2, seats=two)]
    assert fits(shares, seats, seats * 100) == (one + two == seats)
    if one + two == seats:
        parts = portions(BilledPrice(seats, 100, seats * 100, per_seat=True), shares)
        assert sum(part.net_cents for part in parts) == seats * 100
    assert fits([], seats, 0)
