"""An invoice's way to being paid, as its payer reads it: four stops, one of them the present one."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from makers import NOON
from training.billing.rules.payments import Way
from training.billing.rules.states import DocumentKind
from training.directory.rules.organisations import Buyer
from training.kernel import clock
from training.reporting.invoice_stop import InvoiceStop
from training.reporting.portal.invoices import Paid, stops_of

TODAY = date(2027, 3, 1)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON):
        yield


def stops(paid_on: date | None = None, *, under_way: bool = False, **more: Any) -> list[InvoiceStop]:
    known = {
        "kind": DocumentKind.INVOICE, "payer_buyer": Buyer.PUBLIC, "served_until": TODAY - timedelta(days=20),
        "issued_on": TODAY - timedelta(days=19), "transmission": "deposited", "paid": paid_on is not None,
        "gross_cents": 350_00, "credited_cents": 0, "overdue": False, "late_from": TODAY + timedelta(days=11),
    } | more  # fmt: skip
    payments = [Paid(Way.TRANSFER, paid_on, 350_00, None)] if paid_on else []
    return stops_of(SimpleNamespace(**known), payments, under_way=under_way)


def said(found: list[InvoiceStop]) -> list[tuple[str, str]]:
    return [(stop.title, stop.state) for stop in found]


def test_a_public_bodys_invoice_passes_by_chorus_pro() -> None:
    assert said(stops()) == [("Séance", "done"), ("Facture", "done"), ("Dépôt", "done"), ("Paiement", "now")]
    assert said(stops(transmission=None))[2:] == [("Dépôt", "now"), ("Paiement", "next")]
    assert said(stops(transmission="suspended"))[2] == ("Dépôt", "now")
    assert said(stops(transmission="rejected"))[2:] == [("Dépôt", "stopped"), ("Paiement", "next")]


def test_others_get_theirs_by_mail() -> None:
    found = stops(payer_buyer=Buyer.ASSOCIATION, transmission=None)
    assert said(found)[2:] == [("Envoi", "done"), ("Paiement", "now")]


def test_an_order_to_pay_is_no_payment() -> None:
    last = stops(transmission="mandated")[-1]
    assert (last.state, last.text) == ("now", "mandatée : le comptable public doit maintenant la payer")


def test_late_is_said_in_days() -> None:
    late = stops(overdue=True, late_from=TODAY - timedelta(days=21))[-1]
    assert (late.state, late.text) == ("now", "21 jours de retard")


def test_paid_credited_and_under_way() -> None:
    assert [stop.state for stop in stops(TODAY)] == ["done"] * 4
    assert stops(TODAY, credited_cents=350_00)[-1].state == "stopped"
    assert stops(under_way=True)[-1].text == "en cours"


def test_at_most_one_stop_is_the_present_one() -> None:
    for transmission in (None, "to_deposit", "deposited", "suspended", "to_recycle", "rejected", "mandated"):
        for overdue in (False, True):
            found = stops(transmission=transmission, overdue=overdue, late_from=TODAY - timedelta(days=2))
            assert [stop.state for stop in found].count("now") <= 1, (transmission, overdue)


def test_a_deposit_is_invoiced_before_its_session() -> None:
    assert said(stops(served_until=TODAY + timedelta(days=5)))[0] == ("Séance", "next")


def test_a_credit_note_goes_nowhere() -> None:
    assert stops(kind=DocumentKind.CREDIT_NOTE) == []
