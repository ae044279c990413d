"""A letter of each occasion to invented people, for `training mail preview`: values only, nothing is read or sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from training.billing.queries.invoices import InvoiceView
from training.billing.rules.states import InvoiceState
from training.bookings.queries import BookingView
from training.bookings.rules import BookingState, MayCancel
from training.catalogue.rules import TariffMode
from training.demo.town.platform import PLATFORM
from training.directory.queries import ContactView, OrganisationView, PlatformView
from training.directory.rules import Buyer, OrganisationKind, OrganisationState
from training.kernel import clock
from training.messages.actions.outgoing import HIDDEN, Letter, Reader
from training.scheduling.queries import SessionView, SlotView
from training.scheduling.rules import SessionKind, SessionState

TITLE = "Sensibilisation au vélo à assistance électrique"
REFERENCE = "R-7F3K2QM"
CONTACT = Reader("Florence Dentelle", "florence.dentelle@example.org")
FACILITATOR = Reader("Gaston Pédalier", "gaston.pedalier@example.org")
ANSWER = "/lien/reponse-de-demonstration"
TEAM = Reader(PLATFORM.contact_name, "claire.boussole@example.org")


def sample(occasion: str) -> tuple[Letter, PlatformView]:
    """A letter of this occasion, as its action writes it, and the platform that sends it. KeyError: none such."""
    return _WRITERS[occasion](occasion), platform()


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
        "purchase_order": None,
        "service_code": None,
        "note": "",
        "expires_at": None,
        "created_at": clock.now(),
        "confirmed_at": None,
        "cancelled_at": None,
        "cancelled_by": None,
        "cancel_reason": None,
        "generation": 0,
        "named": 0,
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
    facts: dict[str, Any] = {
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
        "purchase_order": "2027-0118",
        "service_code": None,
        "vat_regime": PLATFORM.vat_regime,
        "paper": 1,
        "data": 2,
        "generation": 0,
        "line_count": 1,
        "contract_reference": None,
        "subject": "",
        "month": None,
        "reason": None,
        "asked_at": None,
        "corrects": None,
        "replaces": None,
        "receivable": 1,
        "settled_cents": 0,
        "credited_cents": 0,
        "late_from": None,
        "transmission": None,
    }
    return InvoiceView(**facts | changes)


def booking_letter(occasion: str, view: BookingView, dates: list[SlotView], method: str | None = None) -> Letter:
    """What `messages.actions.bookings` writes to a contact."""
    slot = dates[-1] if occasion == "further_date" else dates[0]
    context = {
        "booking": view,
        "slots": dates,
        "slot": slot,
        "method": method,
        "answer": ANSWER if method == "REQUEST" else None,
        "path": _page_of(view),
    }
    return Letter(occasion, Reader(view.contact_name, view.contact_email), ("booking", view.id), context)


def assignment_letter(occasion: str, view: SessionView, dates: list[SlotView], method: str | None = None) -> Letter:
    """What `messages.actions.facilitators` writes."""
    context = {
        "session": view,
        "slots": dates,
        "slot": dates[0],
        "method": method,
        "answer": ANSWER if method == "REQUEST" else None,
        "path": f"/animation/seances/{view.id}",
    }
    return Letter(occasion, FACILITATOR, ("assignment", 1), context)


def invoice_letter(view: InvoiceView) -> Letter:
    """What `messages.actions.billing` writes."""
    context = {"invoice": view, "public": view.payer_buyer == Buyer.PUBLIC, "path": "/lien/lettre-de-demonstration"}
    reader = Reader("Didier Grandlivre", "didier.grandlivre@example.org")
    return Letter("invoice_issued", reader, ("invoice", view.id), context)


def organisation_letter(occasion: str, view: OrganisationView) -> Letter:
    """What `messages.actions.organisations` writes: to the team, or to the organisation."""
    if occasion == "organisation_approved":
        context: dict[str, Any] = {"organisation": view, "path": f"/espace/{view.slug}"}
        return Letter(occasion, CONTACT, ("organisation", view.id), context)
    person = ContactView(
        1, view.id, CONTACT.name, CONTACT.email, "02 61 91 00 21", "Responsable de la formation", True, False, "fr"
    )
    context = {"organisation": view, "contacts": [person], "path": f"/gestion/structures/{view.slug}"}
    return Letter(occasion, TEAM, ("organisation", view.id), context)


def _page_of(view: BookingView) -> str:
    return f"/espace/{view.organisation_slug}/reservations/{view.reference}"


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


def _signin(occasion: str) -> Letter:
    context = {
        "path": f"/connexion/lien/{HIDDEN}lien",
        "code": f"{HIDDEN}code",
        "expires_at": clock.now() + timedelta(minutes=20),
    }
    return Letter(occasion, Reader(CONTACT.email, CONTACT.email), ("signin_request", 1), context, secret="signin")


def _staff_booking(occasion: str) -> Letter:
    view = booking(BookingState.PENDING, note="Nous viendrons en deux groupes, à un quart d’heure d’écart.")
    return Letter(occasion, TEAM, ("booking", view.id), {"booking": view})


def _free_confirmed(occasion: str) -> Letter:
    view = booking(
        BookingState.CONFIRMED, tariff_mode=TariffMode.FREE, unit_price_cents=0, price_cents=0, reference_cents=35_000
    )
    return Letter(occasion, CONTACT, ("booking", view.id), {"booking": view, "path": _page_of(view)})


def _option(occasion: str) -> Letter:
    view = booking(BookingState.OPTION, expires_at=clock.now() + timedelta(days=7))
    return booking_letter(occasion, view, slots())


def _cancelled(occasion: str) -> Letter:
    view = booking(BookingState.CANCELLED, cancelled_by=MayCancel.ORGANISATION, confirmed_at=clock.now())
    return booking_letter(occasion, view, slots(), "CANCEL")


def _declined(occasion: str) -> Letter:
    reason = "Cette séance est réservée aux habitants du canton."
    return booking_letter(occasion, booking(BookingState.DECLINED, cancel_reason=reason), slots())


def _following(occasion: str) -> Letter:
    from training.demo import calendar_letters

    return (
        calendar_letters.declined(occasion)
        if occasion == "staff_facilitator_declined"
        else calendar_letters.following(occasion)
    )


_WRITERS: dict[str, Callable[[str], Letter]] = {
    "signin": _signin,
    "booking_requested": lambda name: booking_letter(name, booking(BookingState.PENDING), slots()),
    "booking_optioned": _option,
    "booking_confirmed": lambda name: booking_letter(name, booking(BookingState.CONFIRMED), slots(), "REQUEST"),
    "booking_declined": _declined,
    "booking_cancelled": _cancelled,
    "booking_expired": lambda name: booking_letter(name, booking(BookingState.EXPIRED), slots()),
    "further_date": lambda name: booking_letter(name, booking(BookingState.CONFIRMED), slots(3), "REQUEST"),
    "booking_waiting": lambda name: booking_letter(name, booking(BookingState.WAITING), slots()),
    "staff_booking": _staff_booking,
    "staff_organisation": lambda name: organisation_letter(name, organisation(OrganisationState.PENDING)),
    "organisation_approved": lambda name: organisation_letter(name, organisation()),
    "assignment_confirmed": lambda name: assignment_letter(name, session(), slots(), "REQUEST"),
    "assignment_cancelled": lambda name: assignment_letter(name, session(), slots(), "CANCEL"),
    "invited": _following,
    "session_changed": _following,
    "uninvited": _following,
    "staff_facilitator_declined": _following,
    "invoice_issued": lambda _name: invoice_letter(invoice()),
    "free_confirmed": _free_confirmed,
}
OCCASIONS: tuple[str, ...] = tuple(_WRITERS)
