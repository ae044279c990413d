"""A held session: what each booking owes becomes a draft invoice; what is free gets a confirmation instead."""

from __future__ import annotations

from datetime import date, datetime

from training.billing.actions.issue import issue
from training.billing.queries.invoices import blockers
from training.billing.rules.states import InvoiceState
from training.billing.rules.vat import REGIMES, STANDARD_RATE_BP, VatRegime
from training.billing.tables.invoices import Billable, Invoice, InvoiceLine
from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules import BookingState
from training.catalogue.rules import TariffMode
from training.directory.queries import the_platform
from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM, Actor
from training.kernel.money import vat_of
from training.kernel.render import span
from training.records.actions import acting
from training.scheduling import queries as scheduling
from training.scheduling.queries import SlotView


async def make_billable(actor: Actor, session: int) -> None:
    """For each confirmed booking of a held session: its draft invoice, or word that it was free.

    Run twice it does nothing more. What comes next is one fact a booking: a paper that cannot be made stops no other.
    """
    found = await bookings.bookings(SYSTEM.scope, session=session, states=[BookingState.CONFIRMED], limit=1000)
    slots = (await scheduling.slots([session]))[session]
    platform = await the_platform()
    async with acting(actor, "session.make-billable", ("session", session)):
        for booking in sorted(found, key=lambda b: b.id):
            if booking.tariff_mode == TariffMode.FREE:
                await outbox.put("booking.held_free", ("booking", booking.id))
                continue
            draft = await _draft(actor, booking, slots, platform.vat_regime)
            if draft is not None:
                await outbox.put("invoice.drafted", ("invoice", draft))


async def issue_if_told(actor: Actor, invoice: int) -> None:
    """Issue a fresh draft where the platform wants no look at it; one that lacks something waits in « À facturer »."""
    if (await the_platform()).issue_without_look and not await blockers(invoice):
        await issue(actor, invoice)


async def _draft(actor: Actor, booking: BookingView, slots: list[SlotView], regime: str) -> int | None:
    """The draft's id; None when the booking was made billable before."""
    async with acting(actor, "billable.make", ("booking", booking.id)):
        sql = "select exists (select from billable where booking = $1)"
        if await db.value(sql, booking.id):
            return None
        regime = await db.value("select vat_regime from offer where slug = $1", booking.offer_slug) or regime
        vat = vat_of(booking.price_cents, STANDARD_RATE_BP) if REGIMES[VatRegime(regime)].charges_vat else 0
        invoice = await Invoice.insert(
            Invoice(
                kind="invoice",
                state=InvoiceState.DRAFT,
                payer=booking.organisation,
                number=None,
                issued_on=None,
                due_on=None,
                vat_regime=regime,
                purchase_order=booking.purchase_order,
                service_code=booking.service_code,
                net_cents=booking.price_cents,
                vat_cents=vat,
                gross_cents=booking.price_cents + vat,
                entry=None,
                created_at=clock.now(),
            )
        ).returning(Invoice.id)
        line = await _line(int(invoice[0]["id"]), booking, slots)
        await Billable.insert(
            Billable(
                booking=booking.id,
                payer=booking.organisation,
                amount_cents=booking.price_cents,
                invoice_line=line,
                created_at=clock.now(),
            )
        )
    return int(invoice[0]["id"])


async def _line(invoice: int, booking: BookingView, slots: list[SlotView]) -> int:
    per_seat = booking.tariff_mode == TariffMode.PER_SEAT
    made = await InvoiceLine.insert(
        InvoiceLine(
            invoice=invoice,
            position=1,
            description=booking.title,
            detail=_detail(booking, slots),
            # a flat price is one line of one, whatever the head-count
            quantity=booking.seats if per_seat else 1,
            unit_price_cents=booking.unit_price_cents,
            net_cents=booking.price_cents,
            unit="C62" if per_seat else "LS",
            booking=booking.id,
            served_from=_day(slots[0].starts_at),
            served_until=_day(slots[-1].ends_at),
        )
    ).returning(InvoiceLine.id)
    return int(made[0]["id"])


def _detail(booking: BookingView, slots: list[SlotView]) -> str:
    dates = [f"{span(s.starts_at, s.ends_at)}{f', {s.place}' if s.place else ''}" for s in slots]
    people = f"Groupe de {booking.seats} personnes" if booking.seats > 1 else "Une personne"
    return "\n".join([*dates, f"{people}, réservation {booking.reference}"])


def _day(instant: datetime) -> date:
    return clock.local(instant).date()
