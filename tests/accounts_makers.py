"""Makers for the tests of accounts and reminders: invoices of several payers, issued on days that a test can name."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import makers
from training.attendance.actions import hold_session
from training.billing.actions.settle import NewPayment, record_payment
from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.payments import Way
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain


def noon(day: date) -> datetime:
    """An instant of that day."""
    return clock.at(day, time(12))


async def association(name: str = "Association d’Essai", siret: str = "00007771900011") -> int:
    """A private payer: it is reminded by mail."""
    return await makers.make_organisation(
        name, siret=siret, kind=OrganisationKind.ASSOCIATION, domain="asso.example.org"
    )


async def invoice(town: makers.Town, payer: int, on: date) -> InvoiceView:
    """One more invoice (350 €, due thirty days later), issued on a day, through the whole story."""
    already = await db.value("select coalesce(max(id), 0) from invoice")
    with clock.frozen(noon(on - timedelta(days=20))):
        session = await makers.make_session(town.offer, starts_at=clock.at(on, time(8)))
        await bookings.book(SYSTEM, NewBooking(session, payer, 4))
        await drain()
    with clock.frozen(noon(on)):
        await hold_session(SYSTEM, session)
        await drain()
    made = await db.value("select max(id) from invoice where state = 'issued' and id > $1", already)
    view = await billing.invoice(SYSTEM.scope, made)
    assert view is not None
    assert view.issued_on == on
    return view


MARCH, APRIL = date(2027, 3, 1), date(2027, 4, 1)


async def two_invoices(**platform: object) -> tuple[makers.Town, InvoiceView, InvoiceView]:
    """A town's of 1 March, an association's of 1 April (420 € with VAT each)."""
    with clock.frozen(noon(date(2027, 1, 5))):
        town = await makers.make_town(vat_regime="normal", vat_number="FR03000088880", **platform)
        payer = await association()
    return town, await invoice(town, town.organisation, MARCH), await invoice(town, payer, APRIL)


async def pay(view: InvoiceView, cents: int, on: date, way: Way = Way.TRANSFER, payer: int | None = None) -> int:
    """Money for an invoice; of its own payer unless said otherwise."""
    assert view.receivable is not None
    money = NewPayment(way=way, amount_cents=cents, received_on=on, payer=payer or view.payer, reference=f"P{cents}")
    with clock.frozen(noon(on)):
        return await record_payment(SYSTEM, money, {view.receivable: min(cents, view.due_cents)})
