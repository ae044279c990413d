"""Amounts of an invoice, and its snapshot as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoice_samples import invoice, workshop
from training.billing.documents.invoice import InvoiceDocument
from training.billing.rules.states import DocumentKind
from training.directory.rules.organisations import Buyer
from training.kernel.errors import Invalid
from training.papers.documents.figures import euros
from training.papers.rules.lines import plain, ten_thousandths
from training.papers.rules.totals import Line, breakdown, line, totals
from training.papers.rules.vat import REGIMES, VatRegime, treatment

NORMAL = VatRegime.NORMAL
FRANCHISE = VatRegime.FRANCHISE_293B


def taxed(cents: int, rate_bp: int = 2_000) -> Line:
    return line("Atelier", unit_price_cents=cents, regime=NORMAL, rate_bp=rate_bp)


@pytest.mark.parametrize(
    ("price", "quantity", "net"),
    [
        (25_000, 12, 300_000),
        (333, "1.5", 500),  # 499.5 cents
        (333, "-1.5", -500),
        (1, "0.4999", 0),
        (1, "0.5", 1),
        (0, 40, 0),
        (9_999, "0.3333", 3_333),
    ],
)
def test_a_line_is_price_times_quantity_rounded_half_away_from_zero(price: int, quantity: str, net: int) -> None:
    assert line("Atelier", unit_price_cents=price, quantity=quantity, regime=FRANCHISE).net_cents == net


@pytest.mark.parametrize("quantity", ["0.00001", "une", "", "NaN", "Infinity", "1e-9"])
def test_a_quantity_is_a_decimal_of_four_places(quantity: str) -> None:
    with pytest.raises(ValueError):
        ten_thousandths(quantity)


@given(st.integers(-(10**12), 10**12))
def test_a_quantity_written_and_read_is_the_same(steps: int) -> None:
    assert ten_thousandths(plain(steps)) == steps


def test_a_negative_price_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        line("Atelier", unit_price_cents=-1, regime=FRANCHISE)
    assert refused.value.field == "price"


def test_vat_is_rounded_once_a_rate_not_once_a_line() -> None:
    (group,) = breakdown([taxed(3), taxed(3), taxed(3)])  # 0.6 + 0.6 + 0.6 is 2 cents, three times 1 is not
    assert (group.net_cents, group.vat_cents) == (9, 2)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from([2_000, 1_000, 550, 210])), min_size=1, max_size=30))
def test_the_parts_add_up(amounts: list[tuple[int, int]]) -> None:
    lines = [taxed(cents, rate) for cents, rate in amounts]
    groups = breakdown(lines)
    whole = totals(groups)
    assert whole.net_cents == sum(item.net_cents for item in lines)
    assert whole.gross_cents == whole.net_cents + sum(group.vat_cents for group in groups)
    assert whole.due_cents == whole.gross_cents
    assert len({group.vat for group in groups}) == len(groups)


@pytest.mark.parametrize(
    "regimes",
    [
        (FRANCHISE, VatRegime.VOCATIONAL_261_4_4A),  # one breakdown for category E, and two reasons (BR-E-01)
        (VatRegime.OUT_OF_SCOPE, NORMAL),  # BR-O-11
        (VatRegime.OUT_OF_SCOPE, FRANCHISE),
    ],
)
def test_regimes_that_one_invoice_cannot_hold_are_refused(regimes: tuple[VatRegime, VatRegime]) -> None:
    with pytest.raises(Invalid):
        breakdown([workshop(regime) for regime in regimes])


def test_taxed_and_exempt_lines_may_share_an_invoice() -> None:
    groups = breakdown([workshop(VatRegime.VOCATIONAL_261_4_4A, 10_000), taxed(10_000)])
    assert [(group.vat.category, group.vat_cents) for group in groups] == [("E", 0), ("S", 2_000)]


def test_paying_more_than_the_total_is_refused() -> None:
    groups = breakdown([taxed(10_000)])
    assert totals(groups, paid_cents=12_000).due_cents == 0
    with pytest.raises(Invalid):
        totals(groups, paid_cents=12_001)


@pytest.mark.parametrize("regime", VatRegime)
def test_a_regime_charges_or_says_why_not(regime: VatRegime) -> None:
    terms = REGIMES[regime]
    vat = treatment(regime)
    if terms.charges_vat:
        assert (vat.category, vat.rate_bp, terms.mention) == ("S", 2_000, None)
    else:
        assert vat.exemption_code
        assert vat.exemption_reason == terms.mention
        assert (vat.rate_bp is None) == (vat.category == "O")


@pytest.mark.parametrize("regime", VatRegime)
@pytest.mark.parametrize("kind", DocumentKind)
def test_a_snapshot_comes_back_as_it_was(regime: VatRegime, kind: DocumentKind) -> None:
    document = invoice(regime, kind, Buyer.PERSON)
    text = document.to_json()
    assert InvoiceDocument.from_json(text) == document
    assert InvoiceDocument.from_json(text).to_json() == text


def test_a_snapshot_is_canonical() -> None:
    text = invoice().to_json()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_an_older_snapshot_without_the_newest_fields_still_opens() -> None:
    facts = json.loads(invoice().to_json())
    del facts["vat_on_debits"], facts["notes"], facts["schema"]
    assert InvoiceDocument.from_json(json.dumps(facts)) == invoice()


def test_what_is_no_snapshot_is_refused() -> None:
    facts = json.loads(invoice().to_json())
    facts["totals"]["due_cents"] = 0.5
    with pytest.raises(msgspec.ValidationError):
        InvoiceDocument.from_json(json.dumps(facts))


def test_the_siren_is_found_in_the_siret() -> None:
    party = replace(invoice().buyer, siren=None)
    assert party.legal_id == "216100010"
    assert party.electronic_address == ("0225", "216100010")


@pytest.mark.parametrize(
    ("cents", "shown"),
    [(0, "0,00 €"), (5, "0,05 €"), (123_456_789, "1\u202f234\u202f567,89 €"), (-5_000, "−50,00 €")],
)
def test_euros_as_french_paper_writes_them(cents: int, shown: str) -> None:
    assert euros(cents) == shown.replace(" €", "\u00a0€")
