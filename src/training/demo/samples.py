"""One invented town hall, its session, booking and invoice, as every sample mail tells of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from training.billing.queries.invoices import InvoiceView
from training.billing.rules.states import DocumentKind, InvoiceState
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.catalogue.rules.looks import Look
from training.catalogue.rules.tariffs import TariffMode
from training.demo.town.platform import PLATFORM
from training.directory.queries import OrganisationView, PlatformView
from training.directory.rules.organisations import Buyer, OrganisationKind, OrganisationState
from training.kernel import addresses, clock
from training.kernel.links import Purpose
from training.messages.actions.outgoing import Reader
from training.papers.rules.references import NO_REFERENCES, References
from training.scheduling.queries import SessionView, SlotView
from training.scheduling.rules import SessionKind, SessionState

TITLE = "Sensibilisation au vélo à assistance électrique"
LOOK = Look("Vélo et deux-roues", "Vélo et deux-roues", "vert", "velo")
REFERENCE = "R-7F3K2QM"
CONTACT = Reader("Florence Dentelle", "florence.dentelle@example.org")
FACILITATOR = Reader("Gaston Pédalier", "gaston.pedalier@example.org")
ACCOUNTANT = Reader("Didier Grandlivre", "didier.grandlivre@example.org")
PAPER = addresses.behind("lettre-de-demonstration", Purpose.INVOICE)
LACKING = addresses.behind("lettre-de-demonstration", Purpose.BILLING_FACTS)
ANSWER = addresses.behind("reponse-de-demonstration", Purpose.INVITATION)
TEAM = Reader(PLATFORM.contact_name, "claire.boussole@example.org")


def platform() -> PlatformView:
    """The platform of the demonstration."""
    return PlatformView(
        name=PLATFORM.name,
        short_name=PLATFORM.short_name,
        legal_form=PLATFORM.legal_form,
        address=PLATFORM.address,
        postcode=PLATFORM.postcode,
        city=PLATFORM.city,
        siret=PLATFORM.siret,
        vat_number=None,
        vat_regime=PLATFORM.vat_regime,
        activity_number=PLATFORM.activity_number,
        email=PLATFORM.email,
        phone=PLATFORM.phone,
        contact_name=PLATFORM.contact_name,
        website=PLATFORM.website,
        iban=PLATFORM.iban,
        bic=PLATFORM.bic,
        accent=PLATFORM.accent,
        logo=None,
        payment_days=PLATFORM.payment_days,
        late_terms_private=PLATFORM.late_terms_private,
        late_terms_public=PLATFORM.late_terms_public,
        issue_without_look=True,
        is_demo=True,
        trade=PLATFORM.trade,
        territory=PLATFORM.territory,
        headline=PLATFORM.headline,
        lead=PLATFORM.lead,
        hours=PLATFORM.hours,
        people=PLATFORM.people,
    )


def slots(total: int = 1) -> list[SlotView]:
    """The dates of a session: Tuesday mornings, some five weeks from today."""
    return [_slot(position) for position in range(1, total + 1)]


def booking(state: BookingState, **changes: Any) -> BookingView:
    """Forty seats for a town hall, at a flat rate; `changes` are fields to say otherwise."""
    first = _slot(1)
    facts: dict[str, Any] = {
        "id": 1,
        "reference": REFERENCE,
        "state": state,
        "session": 1,
        "session_state": SessionState.PUBLISHED,
        "title": TITLE,
        "offer_slug": "sensibilisation-velo-electrique",
        "starts_at": first.starts_at,
        "ends_at": first.ends_at,
        "venue": first.venue,
        "city": first.city,
        "organisation": 1,
        "organisation_name": "Commune d’Alençon (démonstration)",
        "organisation_slug": "commune-alencon",
        "contact": 1,
        "contact_name": CONTACT.name,
        "contact_email": CONTACT.email,
        "contact_locale": CONTACT.locale,
        "seats": 40,
        "tariff_mode": TariffMode.FLAT,
        "unit_price_cents": 35_000,
        "price_cents": 35_000,
        "reference_cents": None,
        "references": NO_REFERENCES,
        "note": "",
        "expires_at": None,
        "created_at": clock.now(),
        "confirmed_at": None,
        "cancelled_at": None,
        "cancelled_by": None,
        "cancel_reason": None,
        "generation": 0,
        "named": 0,
        "look": LOOK,
    }
    return BookingView(**facts | changes)


def session(state: SessionState = SessionState.CONFIRMED, cancel_reason: str | None = None) -> SessionView:
    """The session that is booked."""
    first = _slot(1)
    return SessionView(
        id=1,
        offer=1,
        offer_slug="sensibilisation-velo-electrique",
        title=TITLE,
        summary="Essayer un vélo à assistance électrique, et rouler sans se mettre en danger.",
        theme="Vélo et deux-roues",
        duration_minutes=180,
        partner="La Prévention routière, comité de l’Orne (démonstration)",
        kind=SessionKind.OPEN,
        organisation=None,
        state=state,
        capacity=80,
        seats_taken=40,
        closes_at=first.starts_at - timedelta(days=2),
        note="",
        cancel_reason=cancel_reason,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        last_ends_at=first.ends_at,
        slots=1,
        venue=first.venue,
        city=first.city,
        updated_at=clock.now(),
        generation=0,
        look=LOOK,
    )


def organisation(state: OrganisationState = OrganisationState.APPROVED) -> OrganisationView:
    """A town hall."""
    return OrganisationView(
        id=1,
        slug="commune-alencon",
        name="Commune d’Alençon (démonstration)",
        kind=OrganisationKind.COMMUNE,
        buyer=Buyer.PUBLIC,
        state=state,
        siret="00061007100011",
        vat_number=None,
        address="1 place de la Mairie",
        postcode="61000",
        city="Alençon",
        service_code=None,
    )


def invoice(buyer: Buyer = Buyer.PUBLIC, **changes: Any) -> InvoiceView:
    """What the town hall owes for its booking."""
    today = clock.today()
    held = today - timedelta(days=7 + (today.weekday() - 1) % 7)
    nothing = ("month", "reason", "asked_at", "issue_at", "kept_back_at", "corrects", "replaces", "late_from")
    facts: dict[str, Any] = {
        **dict.fromkeys([*nothing, "transmission"]),
        "id": 1,
        "place": 1,
        "kind": "invoice",
        "state": InvoiceState.ISSUED,
        "number": f"F{today.year}-00042",
        "issued_on": today,
        "due_on": today + timedelta(days=PLATFORM.payment_days),
        "payer": 1,
        "payer_name": "Commune d’Alençon (démonstration)",
        "payer_slug": "commune-alencon",
        "payer_buyer": buyer,
        "title": TITLE,
        "served_from": held,
        "served_until": held,
        "booking": REFERENCE,
        "net_cents": 35_000,
        "vat_cents": 0,
        "gross_cents": 35_000,
        "references": References(purchase_order="2027-0118"),
        "vat_regime": PLATFORM.vat_regime,
        "paper": 1,
        "data": 2,
        "generation": 0,
        "line_count": 1,
        "subject": "",
        "receivable": 1,
        "settled_cents": 0,
        "credited_cents": 0,
    }
    return InvoiceView(**facts | changes)


def credit_note(buyer: Buyer = Buyer.PUBLIC, **changes: Any) -> InvoiceView:
    """What takes that invoice back."""
    facts: dict[str, Any] = {
        "kind": DocumentKind.CREDIT_NOTE,
        "number": f"AV{clock.today().year}-00003",
        "corrects": f"F{clock.today().year}-00042",
        "due_on": None,
        "receivable": None,
        "reason": "Mauvais numéro d’engagement.",
    }
    return invoice(buyer, **facts | changes)


def _first_day() -> date:
    """The Tuesday of the fifth week from now."""
    today = clock.today()
    return today + timedelta(days=35 - (today.weekday() - 1) % 7)


def _at(position: int, hour: int) -> datetime:
    return clock.at(_first_day() + timedelta(weeks=position - 1), time(hour))


def _slot(position: int) -> SlotView:
    return SlotView(
        id=position,
        session=1,
        position=position,
        uid=f"slot-{position}@example.org",
        sequence=0,
        starts_at=_at(position, 9),
        ends_at=_at(position, 12),
        venue="Salle des fêtes de Radon",
        address="1 place du Préau",
        postcode="61250",
        city="Radon",
        access="De plain-pied. Grand parking plat. Transport à la demande, arrêt Mairie de Radon.",
        latitude=48.5026,
        longitude=0.1024,
        updated_at=clock.now(),
    )
