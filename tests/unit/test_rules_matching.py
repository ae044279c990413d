"""Which invoices a transfer pays: as people retype numbers, by amount, and never by the payer's name."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.payments.rules.matching import Incoming, Kind, Matcher, OpenReceivable

OWED = (
    OpenReceivable(1, "F2026-00042", "Commune d’Essai", 35_000, "2026-01-01"),
    OpenReceivable(2, "F2026-00043", "Commune de Rive", 35_000, "2026-01-02"),
    OpenReceivable(3, "F2026-00045", "Ville-Basse", 21_050, "2026-01-03"),
    OpenReceivable(4, "FA-2024-117", "Ancienne", 9_900, "2024-01-01"),
    OpenReceivable(5, "12345", "Plus ancienne", 7_700, "2023-01-01"),
    OpenReceivable(6, "F2026-00041", "Commune payée", 0, "2026-01-01"),
    OpenReceivable(7, "F2026-00002", "Un autre", 12_345, "2026-01-01"),
)
MATCHER = Matcher(OWED)


def match(label: str, cents: int, **more: str):
    return MATCHER.match(Incoming(cents, label, **more))


@pytest.mark.parametrize(
    "label",
    [
        "F2026-00042", "VIR F 2026 42", "fact 2026-00042", "F2026 00042", "facture n° F2026/00042", "f202600042",
        "F2O26 OOO42", "F202642", "F2026-000 42", "SEPA 2026-00042 MERCI", "MANDAT 1234 BORD 56 F2026-42",
        "Facture F2026-00042 du 12/01/2026 350,00 €", "F.2026.00042",
    ],
)  # fmt: skip
def test_a_number_in_full_with_its_amount_is_sure(label):
    found = match(label, 35_000)
    assert (found.kind, found.settles, found.sure) == (Kind.EXACT, {1: 35_000}, True)
    assert found.why == "Numéro F2026-00042 lu, montant exact."


@pytest.mark.parametrize("label", ["F 42", "F00042", "facture n°42", "FACT 42", "00042", "2026 42", "26-00042", "n 42"])
def test_without_its_year_a_number_asks_for_a_look(label):
    found = match(label, 35_000)
    assert (found.kind, found.settles, found.sure) == (Kind.EXACT, {1: 35_000}, False)
    assert "se lit F2026-00042" in found.why


@pytest.mark.parametrize("label", ["42", "MANDAT 2026 42 BORD 3", "MDT N° 2026-00042", "42 rue des Lilas"])
def test_bare_figures_and_the_payers_own_papers_are_hints_only(label):
    found = match(label, 35_000)
    assert (found.kind, found.settles, found.sure) == (Kind.EXACT, {1: 35_000}, False)
    assert "peut être" in found.why
    assert match(label, 34_999).settles == {}


@pytest.mark.parametrize("label", ["tel 02 33 26 42 00", "le 26/02/2042", "2026-02-15", "350,00 €", "VIREMENT"])
def test_dates_telephones_and_amounts_are_no_numbers(label):
    assert match(label, 35_000).kind == Kind.AMOUNT_ONLY


@pytest.mark.parametrize(("label", "sure"), [
    ("F2026-00042 F2026-00043 F2026-00045 FA-2024-117", True),
    ("DRFIP F2026-00042/F2026-00043/F2026-00045/FA2024117", True),
    ("F2026-00042, 43, 45 et FA 2024-117", False),
])  # fmt: skip
def test_one_payment_over_invoices_of_several_bodies(label, sure):
    found = match(label, 35_000 + 35_000 + 21_050 + 9_900)
    assert found.kind == Kind.SEVERAL
    assert found.settles == {1: 35_000, 2: 35_000, 3: 21_050, 4: 9_900}
    assert found.sure is sure


@pytest.mark.parametrize("label", ["F2026-00001 FA-2025-900", "FA-2025-900 F2026-00001"])
def test_less_than_two_debts_settles_the_older_one_not_the_lower_number_or_id(label):
    """Numbers of another ledger sort as they like; the debt of the day before is settled first."""
    young, old = (
        OpenReceivable(1, "F2026-00001", "Commune", 5_000, "2026-01-02"),
        OpenReceivable(2, "FA-2025-900", "Commune", 5_000, "2026-01-01"),
    )
    found = Matcher((young, old)).match(Incoming(6_000, label))
    assert (found.kind, found.settles) == (Kind.PARTIAL, {2: 5_000, 1: 1_000})
    same = Matcher((replace(young, issued="2026-01-01"), old)).match(Incoming(6_000, label))
    assert same.settles == {1: 5_000, 2: 1_000}, "of one day, the lower number first"


def test_of_one_amount_the_named_payer_then_the_oldest_is_offered_first():
    owed = [OpenReceivable(n, f"F2026-0000{n}", name, 5_000, day) for n, name, day in (
        (1, "Ville-Basse", "2026-01-03"), (2, "Ville-Haute", "2026-01-02"), (3, "Ville-Basse", "2026-01-01"),
    )]  # fmt: skip
    assert Matcher(owed).match(Incoming(5_000, "VIREMENT")).candidates == (3, 2, 1)
    assert Matcher(owed).match(Incoming(5_000, "VIREMENT", payer_name="VILLE-HAUTE")).candidates == (2, 3, 1)


def test_the_reference_is_read_as_well_as_the_label():
    assert match("VIR SEPA", 35_000, reference="F2026-00042").sure


@pytest.mark.parametrize("label", ["FA-2024-117", "FA2024117", "fa 2024/117", "2024-117"])
def test_numbers_of_the_ledger_before_ours(label):
    assert match(label, 9_900).settles == {4: 9_900}


def test_numbers_without_a_year_ask_for_a_look():
    assert (match("ref 12345", 7_700).settles, match("12345", 7_700).sure) == ({5: 7_700}, False)


def test_part_of_an_invoice():
    found = match("F2026-00042 acompte 2/3", 12_345)  # the 2 is not invoice 2, though its amount would fit
    assert (found.kind, found.settles, found.sure) == (Kind.PARTIAL, {1: 12_345}, False)
    assert "il reste 350,00" in found.why


def test_part_of_several_fills_the_oldest_first():
    assert match("F2026-00042 F2026-00043", 50_000).settles == {1: 35_000, 2: 15_000}


def test_more_than_what_is_due_says_by_how_much():
    found = match("F2026-00042", 40_000)
    assert (found.kind, found.settles, found.sure) == (Kind.OVER, {1: 35_000}, False)
    assert "50,00\u00a0€ de plus" in found.why


def test_an_invoice_paid_twice_is_not_taken_for_another_of_its_amount():
    found = match("F2026-00041", 35_000)
    assert (found.kind, found.settles, found.candidates) == (Kind.OVER, {}, ())
    assert "Plus rien à régler sur F2026-00041" in found.why


def test_an_amount_alone_is_never_sure():
    only, among = match("VIREMENT", 21_050), match("VIREMENT", 35_000)
    assert (only.kind, only.settles, only.sure) == (Kind.AMOUNT_ONLY, {3: 21_050}, False)
    assert (among.kind, among.settles, among.candidates) == (Kind.AMOUNT_ONLY, {}, (1, 2))
    assert match("VIREMENT", 1).kind == Kind.NONE


def test_the_payers_name_only_orders_candidates_of_equal_weight():
    found = match("VIREMENT", 35_000, payer_name="COMMUNE DE RIVE")
    assert (found.settles, found.candidates) == ({}, (2, 1))


def test_a_number_read_two_ways_is_left_to_people():
    matcher = Matcher([OpenReceivable(1, "FA2026-42", "Une", 1_000), OpenReceivable(2, "FB2026-42", "Autre", 2_000)])
    by_amount = matcher.match(Incoming(2_000, "facture 2026-42"))
    assert (by_amount.settles, by_amount.sure) == ({2: 2_000}, False)
    assert matcher.match(Incoming(1_500, "facture 2026-42")).settles == {}
    assert matcher.match(Incoming(2_000, "FB 2026-42")).sure


def test_of_two_lines_for_one_invoice_neither_is_sure():
    twice = MATCHER.match_all([Incoming(35_000, "F2026-00042"), Incoming(35_000, "F2026-00042")])
    assert [one.sure for one in twice] == [False, False]
    assert "un seul des deux" in twice[0].why
    halves = MATCHER.match_all([Incoming(10_000, "F2026-00042"), Incoming(25_000, "F2026-00042")])
    assert "un seul des deux" not in halves[0].why


def test_money_that_goes_out_pays_nothing():
    assert match("F2026-00042", -35_000).kind == Kind.NONE


NUMBERS = st.lists(st.integers(1, 60), unique=True, min_size=1, max_size=12)
AMOUNTS = st.sampled_from([35_000, 21_050, 100, 70_000, 12_345])


@st.composite
def ledgers(draw):
    counts = draw(NUMBERS)
    years = draw(st.sampled_from(["2025", "2026"]))
    return [OpenReceivable(n, f"F{years}-{n:05d}", f"Commune {n}", draw(AMOUNTS), f"{n:03d}") for n in counts]


TEXTS = st.text(st.sampled_from("F0123456789 -/,.etfactOmdt26"), max_size=60)


@given(ledgers(), TEXTS, AMOUNTS | st.integers(1, 99_999))
def test_no_proposal_gives_more_than_came_in_or_than_is_due(owed, label, cents):
    found = Matcher(owed).match(Incoming(cents, label))
    due = {one.id: one.due_cents for one in owed}
    assert sum(found.settles.values()) <= cents
    assert all(0 < part <= due[id_] for id_, part in found.settles.items())
    if found.sure:
        assert sum(found.settles.values()) == cents
        assert all(part == due[id_] for id_, part in found.settles.items())


@given(ledgers(), TEXTS, AMOUNTS, st.text(max_size=30), st.text(max_size=30))
def test_the_payer_never_decides(owed, label, cents, name, iban):
    matcher = Matcher(owed)
    bare, named = (
        matcher.match(Incoming(cents, label, payer_name=n, payer_iban=i)) for n, i in [("", ""), (name, iban)]
    )
    assert (bare.kind, bare.settles, bare.sure) == (named.kind, named.settles, named.sure)


@given(ledgers(), st.data())
def test_a_number_as_issued_with_its_amount_is_always_found(owed, data):
    one = data.draw(st.sampled_from(owed))
    shape = data.draw(st.sampled_from(["{}", "VIR {} MERCI", "SGC MANDAT 12 {}"]))
    found = Matcher(owed).match(Incoming(one.due_cents, shape.format(one.number)))
    assert (found.settles, found.sure) == ({one.id: one.due_cents}, True)


def test_ten_thousand_lines_against_ten_thousand_invoices():
    owed = [
        OpenReceivable(n, f"F2026-{n:05d}", f"Commune {n}", 35_000 if n % 3 else 10_000 + n) for n in range(1, 10_001)
    ]
    lines = [Incoming(one.due_cents, f"VIR SEPA SGC MANDAT {one.id} F2026 {one.id}", "NOTPROVIDED") for one in owed]
    began = time.process_time()
    found = Matcher(owed).match_all(lines)
    assert time.process_time() - began < 5  # of this process; about 0.7 s
    assert sum(one.sure for one in found) == 10_000


def test_an_amount_alone_does_not_contest_a_number():
    named, bare = MATCHER.match_all([Incoming(21_050, "F2026-00045"), Incoming(21_050, "VIREMENT")])
    assert (named.sure, bare.sure) == (True, False)
    assert "un seul des deux" in bare.why
