"""A letter of each occasion to invented people, for `training mail preview`: values only, nothing is read or sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from training.billing.queries.invoices import InvoiceView
from training.billing.rules.payments import Way
from training.billing.rules.states import DocumentKind, InvoiceState
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState, EndedBy
from training.catalogue.rules.tariffs import TariffMode
from training.demo import calendar_letters, reminders
from training.demo.samples import (
    ACCOUNTANT,
    ANSWER,
    CONTACT,
    FACILITATOR,
    LACKING,
    PAPER,
    TEAM,
    booking,
    credit_note,
    invoice,
    organisation,
    platform,
    session,
    slots,
)
from training.directory.queries import ContactView, OrganisationView, PlatformView
from training.directory.rules.organisations import Buyer, OrganisationState
from training.dunning.rules.reminding import ReminderStep
from training.identity.queries import MembershipView
from training.identity.rules import ROLE_HELP, ROLE_NAMES, Origin, Role
from training.kernel import addresses, clock
from training.messages.actions.outgoing import HIDDEN, Letter, Reader
from training.messages.actions.resized import Resized
from training.papers.rules.references import NO_REFERENCES
from training.payments.documents import Settled
from training.payments.queries.receipts import ReceiptView
from training.scheduling.queries import DoorOpener, SessionView, SlotView


def sample(occasion: str) -> tuple[Letter, PlatformView]:
    """A letter of this occasion, as its action writes it, and the platform that sends it. KeyError: none such."""
    return _WRITERS[occasion](occasion), platform()


def booking_letter(occasion: str, view: BookingView, dates: list[SlotView], method: str | None = None) -> Letter:
    """What `messages.actions.bookings` writes to a contact."""
    slot = dates[-1] if occasion == "further_date" else dates[0]
    context = {
        "booking": view,
        "slots": dates,
        "slot": slot,
        "method": method,
        "role": "contact",
        "answer": ANSWER if method == "REQUEST" else None,
        "path": _page_of(view),
    }
    return Letter(occasion, Reader(view.contact_name, view.contact_email), ("booking", view.id), context)


def assignment_letter(occasion: str, view: SessionView, dates: list[SlotView], method: str | None = None) -> Letter:
    """What `messages.actions.facilitators` writes."""
    context = {
        "session": view,
        "slots": dates,
        "opener": DoorOpener(dates[0].id, "Odile Gardienne", None, "02 33 00 00 00"),
        "slot": dates[0],
        "method": method,
        "role": "facilitator",
        "answer": ANSWER if method == "REQUEST" else None,
        "path": addresses.mission(view.id),
    }
    return Letter(occasion, FACILITATOR, ("assignment", 1), context)


def invoice_letter(view: InvoiceView, **changes: Any) -> Letter:
    """What `messages.actions.billing` writes: with an invoice, or with a credit note."""
    credit = view.kind == DocumentKind.CREDIT_NOTE
    context = {
        "invoice": view,
        "public": view.payer_buyer == Buyer.PUBLIC,
        "path": PAPER,
        **({"whole": True, "due_cents": 0, "left_cents": 0} if credit else {"held": True, "deposited": False}),
    }
    occasion = "credit_note_issued" if credit else "invoice_issued"
    return Letter(occasion, ACCOUNTANT, ("invoice", view.id), context | changes)


def receipt_letter(occasion: str) -> Letter:
    """Thanks for a cheque that pays one invoice, and some of another."""
    today = clock.today()
    view = ReceiptView(
        id=1,
        payment=1,
        number=f"R{today.year}-00007",
        issued_on=today,
        received_on=today - timedelta(days=2),
        way=Way.CHEQUE,
        amount_cents=50_000,
        payer=1,
        payer_name="Commune d’Alençon (démonstration)",
        payer_slug="commune-alencon",
        paper=1,
    )
    settled = [
        Settled(number=f"F{today.year}-000{n}", issued_on=today, gross_cents=35_000, cents=cents, due_cents=due)
        for n, cents, due in ((42, 35_000, 0), (51, 15_000, 20_000))
    ]
    context = {
        "receipt": view,
        "way": "Chèque",
        "settled": settled,
        "due_cents": 20_000,
        "left_cents": 0,
        "path": PAPER,
    }
    return Letter(occasion, ACCOUNTANT, ("payment", 1), context)


def lacking_letter(view: InvoiceView, *keys: str) -> Letter:
    """What `messages.actions.billing_facts` writes."""
    context = {"invoice": view, "lacking": keys or ("engagement",), "path": LACKING}
    return Letter("invoice_lacking", ACCOUNTANT, ("invoice", view.id), context)


def organisation_letter(occasion: str, view: OrganisationView) -> Letter:
    """What `messages.actions.organisations` writes: to the team, or to the organisation."""
    if occasion == "organisation_approved":
        context: dict[str, Any] = {"organisation": view, "path": addresses.space(view.slug)}
        return Letter(occasion, CONTACT, ("organisation", view.id), context)
    if occasion == "organisation_refused":
        ended = [booking(BookingState.DECLINED)]
        why = "Nos ateliers sont pour les structures du Pays d’Alençon."
        return Letter(
            occasion, CONTACT, ("organisation", view.id), {"organisation": view, "reason": why, "ended": ended}
        )
    if occasion == "organisation_attached":
        context = {
            "organisation": replace(view, name="Mairie d’Alençon"), "into": view, "path": addresses.space(view.slug),
            "role": ROLE_NAMES[Role.MEMBER], "role_help": ROLE_HELP[Role.MEMBER],
        }  # fmt: skip
        return Letter(occasion, CONTACT, ("organisation", view.id), context)
    person = ContactView(
        1, view.id, CONTACT.name, CONTACT.email, "02 61 91 00 21", "Responsable de la formation", True, False, "fr"
    )
    context = {"organisation": view, "contacts": [person], "path": addresses.office_organisation(view.slug)}
    return Letter(occasion, TEAM, ("organisation", view.id), context)


def _page_of(view: BookingView) -> str:
    return addresses.space_booking(view.organisation_slug, view.reference)


def _signin(occasion: str) -> Letter:
    context = {
        "path": addresses.signin_link(f"{HIDDEN}lien"),
        "code": f"{HIDDEN}code",
        "expires_at": clock.now() + timedelta(minutes=20),
    }
    return Letter(occasion, Reader(CONTACT.email or "", CONTACT.email), ("signin_request", 1), context, secret="signin")


def _signin_read_out(occasion: str) -> Letter:
    context = {"by": "Claire Chauvin", "at": clock.now(), "path": addresses.signin()}
    return Letter(occasion, Reader(CONTACT.name, CONTACT.email), ("signin_request", 1), context)


def _access_given(occasion: str) -> Letter:
    view = organisation()
    held = MembershipView(
        1,
        1,
        CONTACT.name,
        CONTACT.email or "",
        "fr",
        Role.MEMBER,
        Origin.CONTACT,
        clock.now(),
        view.name,
        view.slug,
        None,
        None,
    )
    context = {"held": held, "role": held.role_name, "was": None, "path": addresses.space(view.slug)}
    return Letter(occasion, CONTACT, ("membership", 1), context)


def _staff_watched(occasion: str) -> Letter:
    told = [("IBAN", "FR7630006000011234567890189", "FR7610096000301234567890192"), ("BIC", "AGRIFRPP", None)]
    by = f"{TEAM.name} ({TEAM.email})"
    return Letter(
        occasion, TEAM, ("change", 1), {"told": told, "at": clock.now(), "by": by, "path": addresses.office_platform()}
    )


def _staff_handed_over(occasion: str) -> Letter:
    context = {"former": "Claire Dumoulin", "by": "Marc Leroy", "dates": 3, "path": addresses.office_handing_over()}
    return Letter(occasion, TEAM, ("account", 1), context)


def _staff_booking(occasion: str) -> Letter:
    view = booking(BookingState.PENDING, note="Nous viendrons en deux groupes, à un quart d’heure d’écart.")
    return Letter(occasion, TEAM, ("booking", view.id), {"booking": view})


def _free_confirmed(occasion: str) -> Letter:
    view = booking(
        BookingState.CONFIRMED, tariff_mode=TariffMode.FREE, unit_price_cents=0, price_cents=0, reference_cents=35_000
    )
    return Letter(occasion, CONTACT, ("booking", view.id), {"booking": view, "path": _page_of(view)})


def _requested(occasion: str) -> Letter:
    view = booking(BookingState.PENDING, expires_at=clock.now() + timedelta(days=7))
    return booking_letter(occasion, view, slots())


def _option(occasion: str) -> Letter:
    view = booking(BookingState.OPTION, expires_at=clock.now() + timedelta(days=7))
    return booking_letter(occasion, view, slots())


def _cancelled(occasion: str) -> Letter:
    view = booking(BookingState.CANCELLED, cancelled_by=EndedBy.ORGANISATION, confirmed_at=clock.now())
    return booking_letter(occasion, view, slots(), "CANCEL")


def resized_letter(occasion: str, view: BookingView, before: int, price_before: int, *, issued: bool = False) -> Letter:
    """What `messages.actions.resized` writes to a contact, or to the team."""
    change = Resized(1, before, view.seats, price_before, view.price_cents, added=False)
    if occasion == "staff_resized":
        context = {
            "booking": view,
            "slots": slots(),
            "change": change,
            "path": addresses.office_booking(view.reference),
        }
        return Letter(occasion, TEAM, ("booking", view.id), context)
    method = "REQUEST" if view.state == BookingState.CONFIRMED else None
    letter = booking_letter(occasion, view, slots(), method)
    context = {**letter.context, "change": change, "issued": issued}
    return replace(letter, subject=("seats_change", 1), context=context)


def _resized(occasion: str) -> Letter:
    more = {"tariff_mode": TariffMode.PER_SEAT, "unit_price_cents": 1_250, "price_cents": 6_250, "seats": 5}
    return resized_letter(occasion, booking(BookingState.CONFIRMED, **more), 3, 3_750)


def _declined(occasion: str) -> Letter:
    reason = "Cette séance est réservée aux habitants du canton."
    return booking_letter(occasion, booking(BookingState.DECLINED, cancel_reason=reason), slots())


_WRITERS: dict[str, Callable[[str], Letter]] = {
    "signin": _signin,
    "signin_read_out": _signin_read_out,
    "trial": lambda name: Letter(name, Reader("", CONTACT.email), ("platform", 1), {"server": "smtp.example.org:587"}),
    "booking_requested": _requested,
    "booking_unanswered": lambda name: booking_letter(name, booking(BookingState.EXPIRED), slots()),
    "booking_optioned": _option,
    "booking_confirmed": lambda name: booking_letter(name, booking(BookingState.CONFIRMED), slots(), "REQUEST"),
    "booking_declined": _declined,
    "booking_cancelled": _cancelled,
    "booking_reinstated": lambda name: booking_letter(name, booking(BookingState.CONFIRMED), slots(), "REQUEST"),
    "booking_not_reinstated": lambda name: booking_letter(name, booking(BookingState.CANCELLED, fell=True), slots()),
    "booking_expired": lambda name: booking_letter(name, booking(BookingState.EXPIRED), slots()),
    "further_date": lambda name: booking_letter(name, booking(BookingState.CONFIRMED), slots(3), "REQUEST"),
    "booking_moved": lambda name: booking_letter(name, booking(BookingState.OPTION), slots()),
    "booking_resized": _resized,
    "staff_resized": _resized,
    "headcount": calendar_letters.counted,
    "booking_waiting": lambda name: booking_letter(name, booking(BookingState.WAITING), slots()),
    "staff_booking": _staff_booking,
    "staff_watched": _staff_watched,
    "staff_handed_over": _staff_handed_over,
    "access_given": _access_given,
    "staff_organisation": lambda name: organisation_letter(name, organisation(OrganisationState.PENDING)),
    "organisation_approved": lambda name: organisation_letter(name, organisation()),
    "organisation_refused": lambda name: organisation_letter(name, organisation(OrganisationState.REFUSED)),
    "organisation_attached": lambda name: organisation_letter(name, organisation()),
    "assignment_confirmed": lambda name: assignment_letter(name, session(), slots(), "REQUEST"),
    "assignment_cancelled": lambda name: assignment_letter(name, session(), slots(), "CANCEL"),
    "invited": calendar_letters.following,
    "session_changed": calendar_letters.following,
    "uninvited": calendar_letters.following,
    "staff_facilitator_declined": calendar_letters.declined,
    "invoice_issued": lambda _name: invoice_letter(invoice()),
    "reminder_polite": lambda _name: reminders.letter(ReminderStep.POLITE),
    "reminder_firm": lambda _name: reminders.letter(ReminderStep.FIRM),
    "reminder_formal": lambda _name: reminders.letter(ReminderStep.FORMAL),
    "credit_note_issued": lambda _name: invoice_letter(credit_note()),
    "payment_received": receipt_letter,
    "invoice_lacking": lambda _name: lacking_letter(
        invoice(state=InvoiceState.DRAFT, number=None, references=NO_REFERENCES)
    ),
    "free_confirmed": _free_confirmed,
}
OCCASIONS: tuple[str, ...] = tuple(_WRITERS)
