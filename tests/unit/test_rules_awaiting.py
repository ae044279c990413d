"""What waits for an organisation on its first page, in which order, and the sentence above it."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from makers import NOON
from portal_makers import booking_view as booking
from training.bookings.rules.states import BookingState
from training.directory.rules.organisations import Buyer
from training.kernel import clock, i18n
from training.reporting.portal import awaiting

TODAY = date(2027, 3, 1)


def invoice(number: str, late_days: int, cents: int = 100_00, buyer: Buyer = Buyer.ASSOCIATION) -> Any:
    return SimpleNamespace(
        id=int(number[-1]), number=number, subject="", title="Cuisine", due_cents=cents, gross_cents=cents,
        late_from=TODAY - timedelta(days=late_days), payer_buyer=buyer,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON):
        yield


@pytest.mark.parametrize(
    ("name", "waiting", "said"),
    [
        ("Florence Dentelle", 0, "Bonjour Florence, rien ne vous attend."),
        ("Florence Dentelle", 1, "Bonjour Florence, une chose vous attend."),
        ("Florence Dentelle", 2, "Bonjour Florence, deux choses vous attendent."),
        ("Florence Dentelle", 9, "Bonjour Florence, neuf choses vous attendent."),
        ("Florence Dentelle", 12, "Bonjour Florence, 12 choses vous attendent."),
        ("Mme Dentelle", 1, "Bonjour Mme Dentelle, une chose vous attend."),
        ("rh@mairie.example.org", 1, "Bonjour, une chose vous attend."),
        ("  ", 0, "Bonjour, rien ne vous attend."),
    ],
)
def test_the_first_sentence_greets_by_name_and_counts(name: str, waiting: int, said: str) -> None:
    assert awaiting.greeting(name, waiting) == said


def test_who_never_booked_is_welcome() -> None:
    assert awaiting.greeting("Florence", 0, new=True) == "Bonjour Florence, bienvenue."


def test_the_sentence_is_said_in_english_too() -> None:
    with i18n.speaking("en"):
        assert awaiting.greeting("Florence Dentelle", 2) == "Hello Florence, two things are waiting for you."


def test_late_invoices_are_said_the_oldest_first_each_with_its_days() -> None:
    first, second = awaiting.late_invoices([invoice("F1", 2), invoice("F2", 21)], TODAY)
    assert (first.title, first.href, first.late) == ("Payer la facture F2", "/factures/F2", True)
    assert "21 jours de retard" in first.text
    assert second.title == "Payer la facture F1"
    (one,) = awaiting.late_invoices([invoice("F1", 1)], TODAY)
    assert "1 jour de retard" in one.text


def test_what_is_to_be_paid_within_days_waits_the_first_day_on_top() -> None:
    due = [invoice("F1", -10), invoice("F2", 0), invoice("F3", -11), invoice("F4", 3)]
    first, second = awaiting.invoices_due_soon(due, TODAY)
    assert (first.title, first.act, first.late) == ("Payer la facture F2", "Voir et payer", False)
    assert second.title == "Payer la facture F1"
    assert "Cuisine, 100,00\u00a0€, avant le " in second.text


def test_a_public_body_is_not_asked_to_pay_by_itself() -> None:
    (late,) = awaiting.late_invoices([invoice("F1", 3, buyer=Buyer.PUBLIC)], TODAY)
    assert late.title == "La facture F1 n’est pas encore payée"


def test_many_late_invoices_are_one_thing() -> None:
    (late,) = awaiting.late_invoices([invoice(f"F{n}", n) for n in (1, 2, 3)], TODAY)
    assert (late.title, late.href) == ("3 factures sont en retard", "/factures")
    assert "300,00" in late.text


def test_options_come_in_the_order_in_which_they_end() -> None:
    later, sooner = (
        booking(id=n, city=city, state=BookingState.OPTION, expires_at=NOON + timedelta(days=days))
        for n, city, days in ((1, "Sées", 5), (2, "Carrouges", 1))
    )
    first, second = awaiting.undecided([later, sooner])
    assert "Carrouges" in first.title
    assert "Sées" in second.title
    assert first.text == "12 places gardées jusqu’au mardi 2 mars à 12\u00a0h."


def test_an_offer_from_the_waiting_list_is_asked_otherwise() -> None:
    (offered,) = awaiting.undecided([booking(state=BookingState.OFFERED, expires_at=NOON + timedelta(days=1))])
    assert offered.title.startswith("Dire si vous prenez les places")


@pytest.mark.parametrize(
    ("missing", "title"),
    [
        (("purchase_order",), "Donner le numéro d’engagement"),
        (("service_code",), "Donner le code service"),
        (("purchase_order", "service_code"), "Compléter pour la facture"),
    ],
)
def test_what_the_invoice_lacks_is_named(missing: tuple[str, ...], title: str) -> None:
    (one,) = awaiting.lacking([(booking(), dict.fromkeys(missing, "…")), (booking(), {})][:1])
    assert (one.title, one.href) == (title, "/reservations/R-AAAAAAA/facture")
    assert "350,00" in one.text
    assert awaiting.lacking([(booking(), {})]) == []


def test_names_are_asked_for_in_the_last_week_only_and_where_there_is_none() -> None:
    soon, far, named, over = (
        booking(starts_at=NOON + timedelta(days=4)),
        booking(starts_at=NOON + timedelta(days=8)),
        booking(named=3),
        booking(starts_at=NOON - timedelta(hours=1)),
    )
    (asked,) = awaiting.unnamed([soon, far, named, over], NOON)
    assert asked.href == "/reservations/R-AAAAAAA#participants"
    assert "Cuisine du marché, Héloup" in asked.title
