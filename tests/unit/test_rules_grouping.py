"""Which draft a line goes on, how a price is divided, and what a line can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from training.billing.rules import sharing
from training.billing.rules.grouping import billed_at_confirmation, collecting, draft_key, may_be_early, month_of
from training.billing.rules.sharing import BilledPrice, Portion, Share, portions
from training.directory.rules.billing_facts import BillingMoment
from training.directory.rules.organisations import Buyer
from training.kernel.errors import Invalid
from training.kernel.row_mapping import maker
from training.papers.rules.lines import LineKind, check_line, line_cents
from training.papers.rules.references import References, check_references, check_subject, faults
from training.papers.rules.totals import line
from training.papers.rules.vat import VatRegime

O, N = VatRegime.OUT_OF_SCOPE, VatRegime.NORMAL  # noqa: E741 - EN 16931 calls the category so
USUAL = {
    "payer": 1,
    "vat_regime": O,
    "references": References(service_code="DRH", purchase_order="2027-1"),
    "moment": BillingMoment.MONTHLY,
    "booking": 10,
    "served_on": date(2027, 3, 9),
}


def key(**changes: object):
    return draft_key(**{**USUAL, **changes})


def test_a_month_of_one_payer_is_one_draft() -> None:
    assert key() == key(booking=11, served_on=date(2027, 3, 31))
    assert key().month == date(2027, 3, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"payer": 2},
        {"vat_regime": N},  # O is never mixed with anything (BR-O-11)
        {"references": References(service_code="SPORTS", purchase_order="2027-1")},  # one BT-10
        {"references": References(purchase_order="2027-1")},
        {"references": References(service_code="DRH", purchase_order="2027-2")},  # one BT-13
        {"references": References(service_code="DRH")},
        {"served_on": date(2027, 4, 1)},
    ],
)
def test_what_differs_is_another_draft(change: dict[str, object]) -> None:
    assert key() != key(**change)


def test_blanks_are_nothing() -> None:
    blank = References(service_code=" DRH ", purchase_order=" ")
    assert key(references=blank) == key(references=References(service_code="DRH"))


@pytest.mark.parametrize("moment", [BillingMoment.HELD, BillingMoment.CONFIRMED])
def test_who_is_not_billed_by_the_month_has_a_draft_a_booking(moment: BillingMoment) -> None:
    assert key(moment=moment) != key(moment=moment, booking=11)
    assert key(moment=moment).month is None


@given(st.dates(), st.dates())
def test_a_month_collects_until_it_is_over(day: date, today: date) -> None:
    assert collecting(month_of(day), today) == ((day.year, day.month) >= (today.year, today.month))
    assert not collecting(None, today)


def test_a_public_buyer_is_billed_early_only_with_a_reason() -> None:
    confirmed = BillingMoment.CONFIRMED
    assert billed_at_confirmation(confirmed, Buyer.ASSOCIATION, None)
    assert not billed_at_confirmation(confirmed, Buyer.PUBLIC, None)
    assert not billed_at_confirmation(confirmed, Buyer.PUBLIC, "  ")
    assert billed_at_confirmation(confirmed, Buyer.PUBLIC, "Régie d’avances.")
    assert not billed_at_confirmation(BillingMoment.HELD, Buyer.COMPANY, None)
    assert not may_be_early(Buyer.PUBLIC, "")


# Shares

weights = st.lists(st.integers(1, 60), min_size=1, max_size=6)


@given(weights, st.integers(1, 10_000_000))
def test_a_flat_price_by_head_adds_up_to_the_cent(seats: list[int], cents: int) -> None:
    price = BilledPrice(sum(seats), cents, cents, per_seat=False)
    parts = portions(price, [Share(payer=n, seats=s) for n, s in enumerate(seats)])
    assert sum(part.net_cents for part in parts) == cents
    for part, own in zip(parts, seats, strict=True):
        assert abs(part.net_cents * sum(seats) - cents * own) < sum(seats), "within a cent of its own share"
        assert part == Portion(1, "LS", part.net_cents, part.net_cents)


@given(weights, st.integers(0, 100_000), st.data())
def test_a_price_per_seat_adds_up_with_those_who_came_too(seats: list[int], unit: int, data: st.DataObject) -> None:
    came = data.draw(st.integers(0, 2 * sum(seats)))
    price = BilledPrice(came, unit, came * unit, per_seat=True)
    parts = portions(price, [Share(payer=n, seats=s) for n, s in enumerate(seats)])
    assert sum(part.quantity for part in parts) == came
    assert sum(part.net_cents for part in parts) == came * unit
    if came == sum(seats):
        assert [part.quantity for part in parts] == seats


@given(st.lists(st.integers(1, 5_000_000), min_size=1, max_size=6), st.integers(0, 5_000_000))
def test_amounts_add_up_even_when_fewer_came(amounts: list[int], billed: int) -> None:
    shares = [Share(payer=n, amount_cents=a) for n, a in enumerate(amounts)]
    exact = portions(BilledPrice(1, 0, sum(amounts), per_seat=False), shares)
    assert [part.net_cents for part in exact] == amounts
    fewer = portions(BilledPrice(1, 0, billed, per_seat=True), shares)
    assert sum(part.net_cents for part in fewer) == billed


@given(weights)
def test_good_shares_pass(seats: list[int]) -> None:
    sharing.check([Share(payer=n, seats=s) for n, s in enumerate(seats)], sum(seats), 999)


@given(weights, st.integers(1, 300))
def test_seats_that_do_not_add_up_are_refused(seats: list[int], booked: int) -> None:
    assume(sum(seats) != booked)
    with pytest.raises(Invalid, match=str(abs(sum(seats) - booked))):
        sharing.check([Share(payer=n, seats=s) for n, s in enumerate(seats)], booked, 999)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([Share(payer=1, amount_cents=10_000), Share(payer=2, amount_cents=24_999)], "0,01.€ de moins"),
        ([Share(payer=1, amount_cents=10_000), Share(payer=2, amount_cents=25_050)], "0,50.€ de trop"),
        ([Share(payer=1, seats=3), Share(payer=2, seats=8)], "1 de trop"),
        ([Share(payer=1, seats=3), Share(payer=2, amount_cents=35_000)], "pas les deux"),
        ([Share(payer=1, seats=3, amount_cents=35_000)], "pas les deux"),
        ([Share(payer=1), Share(payer=2)], "pas les deux"),
        ([Share(payer=1, seats=10), Share(payer=2, seats=0)], "plus de zéro"),
        ([Share(payer=1, amount_cents=36_000), Share(payer=2, amount_cents=-1_000)], "plus de zéro"),
        ([Share(payer=1, seats=5), Share(payer=1, seats=5)], "deux fois"),
    ],
)
def test_what_cannot_be_shared_so_is_said(shares: list[Share], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        sharing.check(shares, 10, 35_000)


# Lines

quantities = st.decimals(Decimal("-99999"), Decimal("99999"), places=4).filter(bool)


@given(quantities, st.integers(0, 99_999_999))
def test_a_line_is_counted_once_for_the_draft_and_for_its_paper(quantity: Decimal, cents: int) -> None:
    """Both are the exact product, rounded half away from zero; a discount is a line turned round."""
    exact = int((quantity * cents).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    paper = line("x", unit_price_cents=cents, regime=O, quantity=str(quantity))
    assert line_cents(quantity, cents) == paper.net_cents == exact
    assert line_cents(-quantity, cents) == -exact


@pytest.mark.parametrize("typed", [Decimal(2), Decimal(-2)])
def test_a_discount_counts_below_zero_however_it_is_typed(typed: Decimal) -> None:
    assert check_line(LineKind.DISCOUNT, "Remise", typed, "C62", 500) == -2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": LineKind.SERVICE}, "kind"),
        ({"description": "  "}, "description"),
        ({"description": "x" * 401}, "description"),
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal("0.00001")}, "quantity"),
        ({"quantity": Decimal(-1)}, "quantity"),
        ({"quantity": Decimal(10) ** 9}, "quantity"),
        ({"quantity": Decimal("NaN")}, "quantity"),
        ({"quantity": Decimal("Infinity")}, "quantity"),
        ({"unit": "XXX"}, "unit"),
        ({"unit_price_cents": -1}, "price"),
        ({"unit_price_cents": 10**9}, "price"),
    ],
)
def test_what_cannot_be_a_line_is_said_by_field(change: dict[str, object], field: str) -> None:
    good = {"kind": LineKind.EXTRA, "description": "Salle", "quantity": Decimal("1.5"), "unit": "HUR"}
    assert check_line(**good, unit_price_cents=100) == Decimal("1.5")
    with pytest.raises(Invalid) as refusal:
        check_line(**{**good, "unit_price_cents": 100, **change})
    assert list(refusal.value.errors) == [field]


def test_references_are_as_long_as_chorus_pro_takes_them() -> None:
    longest = References(purchase_order="x" * 50, service_code="x" * 100, contract_reference="x" * 50)
    check_references(longest)
    assert len(longest.given) == 3
    with pytest.raises(Invalid) as refusal:
        check_references(References(purchase_order="x" * 51, service_code="x" * 101, contract_reference="a\nb"))
    assert list(refusal.value.errors) == ["purchase_order", "service_code", "contract_reference"]
    check_subject("x" * 200)
    for subject in ("x" * 201, "a\nb"):
        with pytest.raises(Invalid, match="caractère"):
            check_subject(subject)


def test_a_row_with_references_that_nobody_may_type_any_more_is_still_read() -> None:
    odd = maker(References)({"purchase_order": "2027\t1", "service_code": "x" * 100, "contract_reference": None})
    assert list(faults(odd)) == ["purchase_order"]


def test_an_empty_reference_is_none_and_blanks_around_one_do_not_count() -> None:
    given = References(purchase_order=" 2027-1 ", service_code="  ", contract_reference=None)
    assert given == References(purchase_order="2027-1")
    assert given.given == {"purchase_order": "2027-1"}
    assert not References()
    assert given.over(References(purchase_order="X", service_code="RH")) == replace(given, service_code="RH")
