"""What the API answers: its items and lists, made from the views that queries give."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

from training.billing.queries.invoices import InvoiceView, LineView
from training.billing.rules.states import InvoiceState
from training.bookings.actions.locking import Booked
from training.bookings.queries import BookingView, ParticipantView
from training.bookings.rules.states import BookingState
from training.catalogue.rules.tariffs import TariffMode, TariffRow, price_for
from training.kernel import addresses, clock
from training.scheduling.queries import SessionView
from training.scheduling.rules import SessionKind, SessionState

CURRENCY = "EUR"


class SessionItem(Struct):
    """Une séance à venir. `ends_at` : la fin de sa dernière date. Prix nets ; `price_cents` : pour une place."""

    id: int
    offer: str
    title: str
    kind: SessionKind
    status: SessionState
    starts_at: datetime
    ends_at: datetime
    slots: int
    venue: str | None
    seats_total: int
    seats_left: int
    tariff: TariffMode | None
    unit_price_cents: int | None
    price_cents: int | None
    currency: str
    url: str


class SessionList(Struct):
    """Une page de séances."""

    items: list[SessionItem]
    next: str | None


class SessionHeld(Struct):
    """Une séance marquée comme réalisée."""

    id: int
    status: SessionState


class BookingMade(Struct):
    """La réservation telle qu’elle vient d’être faite. `price_cents` : le total net."""

    reference: str
    status: BookingState
    session: int
    seats: int
    price_cents: int
    currency: str


class BookingItem(Struct):
    """Une réservation. `price_cents` : le total net."""

    reference: str
    status: BookingState
    session: int
    session_status: SessionState
    offer: str
    title: str
    starts_at: datetime
    venue: str | None
    organisation: str
    organisation_name: str
    seats: int
    tariff: TariffMode
    unit_price_cents: int
    price_cents: int
    currency: str
    purchase_order: str | None
    service_code: str | None
    note: str
    named: int
    created_at: datetime
    expires_at: datetime | None
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str | None


class BookingList(Struct):
    """Une page de réservations, la séance la plus lointaine d’abord."""

    items: list[BookingItem]
    next: str | None


class Participant(Struct):
    """Une personne inscrite."""

    name: str
    email: str | None


class BookingDetail(BookingItem):
    """Une réservation et les personnes inscrites."""

    participants: list[Participant]


class InvoiceItem(Struct):
    """Une facture émise ; `due_cents` reste à payer ; `pdf` (Factur-X) et `xml` sont ses adresses."""

    number: str
    kind: str
    status: InvoiceState
    issued_on: date | None
    due_on: date | None
    organisation: str
    organisation_name: str
    title: str
    booking: str | None
    served_from: date
    served_until: date
    net_cents: int
    vat_cents: int
    gross_cents: int
    due_cents: int
    paid: bool
    currency: str
    purchase_order: str | None
    service_code: str | None
    pdf: str
    xml: str


class InvoiceList(Struct):
    """Une page de factures, la plus récente d’abord."""

    items: list[InvoiceItem]
    next: str | None


class InvoiceLine(Struct):
    """Une ligne de facture."""

    description: str
    detail: str
    quantity: float
    unit_price_cents: int
    net_cents: int


class InvoiceDetail(InvoiceItem):
    """Une facture et ses lignes."""

    lines: list[InvoiceLine]


class DraftItem(Struct):
    """Ce qui attend d’être facturé : pas encore de numéro."""

    id: int
    organisation: str
    organisation_name: str
    title: str
    booking: str | None
    served_from: date
    served_until: date
    net_cents: int
    vat_cents: int
    gross_cents: int
    currency: str


class DraftList(Struct):
    """Une page de brouillons."""

    items: list[DraftItem]
    next: str | None


class InvoiceIssued(Struct):
    """La facture qui vient d’être émise."""

    number: str
    pdf: str
    xml: str


def session_item(view: SessionView, tariffs: Iterable[TariffRow], kind: str | None) -> SessionItem:
    """A session of a list; `kind` None: nobody asks in an organisation's name, so there is no price of theirs."""
    price = price_for(tariffs, kind, clock.local(view.starts_at).date())
    return SessionItem(
        id=view.id,
        offer=view.offer_slug,
        title=view.title,
        kind=view.kind,
        status=view.state,
        starts_at=view.starts_at,
        ends_at=view.last_ends_at,
        slots=view.slots,
        venue=view.place or None,
        seats_total=view.capacity,
        seats_left=view.seats_left,
        tariff=price.mode if price else None,
        unit_price_cents=price.unit_price_cents if price else None,
        price_cents=price.price_cents if price and kind else None,
        currency=CURRENCY,
        url=addresses.absolute(addresses.session(view.id)),
    )


def booking_made(booked: Booked) -> BookingMade:
    """What booking answers: no further statement is needed for it."""
    return BookingMade(booked.reference, booked.state, booked.session, booked.seats, booked.price_cents, CURRENCY)


def booking_item(view: BookingView) -> BookingItem:
    """A booking of a list."""
    return BookingItem(
        reference=view.reference,
        status=view.state,
        session=view.session,
        session_status=view.session_state,
        offer=view.offer_slug,
        title=view.title,
        starts_at=view.starts_at,
        venue=view.place or None,
        organisation=view.organisation_slug,
        organisation_name=view.organisation_name,
        seats=view.seats,
        tariff=view.tariff_mode,
        unit_price_cents=view.unit_price_cents,
        price_cents=view.price_cents,
        currency=CURRENCY,
        **view.references.ordered,
        note=view.note,
        named=view.named,
        created_at=view.created_at,
        expires_at=view.expires_at,
        confirmed_at=view.confirmed_at,
        cancelled_at=view.cancelled_at,
        cancel_reason=view.cancel_reason,
    )


def booking_detail(view: BookingView, participants: Iterable[ParticipantView]) -> BookingDetail:
    """A booking and who was named."""
    item = booking_item(view)
    return BookingDetail(
        **{name: getattr(item, name) for name in item.__struct_fields__},
        participants=[Participant(p.name, p.email) for p in participants],
    )


def invoice_item(view: InvoiceView) -> InvoiceItem:
    """An issued invoice of a list."""
    number = view.number or ""
    return InvoiceItem(
        number=number,
        kind=view.kind,
        status=view.state,
        issued_on=view.issued_on,
        due_on=view.due_on,
        organisation=view.payer_slug,
        organisation_name=view.payer_name,
        title=view.title,
        booking=view.booking,
        served_from=view.served_from,
        served_until=view.served_until,
        net_cents=view.net_cents,
        vat_cents=view.vat_cents,
        gross_cents=view.gross_cents,
        due_cents=view.due_cents,
        paid=view.paid,
        currency=CURRENCY,
        **view.references.ordered,
        pdf=_file(number, "pdf"),
        xml=_file(number, "xml"),
    )


def invoice_detail(view: InvoiceView, lines: Iterable[LineView]) -> InvoiceDetail:
    """An invoice and its lines."""
    item = invoice_item(view)
    return InvoiceDetail(
        **{name: getattr(item, name) for name in item.__struct_fields__},
        lines=[InvoiceLine(n.description, n.detail, float(n.quantity), n.unit_price_cents, n.net_cents) for n in lines],
    )


def draft_item(view: InvoiceView) -> DraftItem:
    """A draft of a list."""
    return DraftItem(
        id=view.id,
        organisation=view.payer_slug,
        organisation_name=view.payer_name,
        title=view.title,
        booking=view.booking,
        served_from=view.served_from,
        served_until=view.served_until,
        net_cents=view.net_cents,
        vat_cents=view.vat_cents,
        gross_cents=view.gross_cents,
        currency=CURRENCY,
    )


def invoice_issued(number: str) -> InvoiceIssued:
    """What issuing a draft answers."""
    return InvoiceIssued(number, _file(number, "pdf"), _file(number, "xml"))


def _file(number: str, kind: str) -> str:
    return addresses.absolute(addresses.api_invoice(number, kind))
