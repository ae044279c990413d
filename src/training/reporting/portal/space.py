"""An organisation's own first page: what is coming, what waits for it, its last invoices, its calendars."""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView
from training.bookings.queries import BOOKING, BookingView, within
from training.bookings.rules.states import BookingState
from training.calendar.queries import feeds as calendar
from training.calendar.queries.feeds import TokenView
from training.kernel import clock, db
from training.kernel.actor import Actor, Scope
from training.kernel.permissions import Permission
from training.reporting.portal.invoices import StandingBadge, standing_of, under_way

P = Permission
LATEST_INVOICES = 3


@dataclass(frozen=True, slots=True)
class PortalSpace:
    """What the page shows. `options`: what of the coming waits for a yes; `feeds` None: not for this reader."""

    coming: list[BookingView]
    options: list[BookingView]
    sees_invoices: bool
    invoices: list[tuple[InvoiceView, StandingBadge]]
    feeds: list[TokenView] | None
    may_book: bool


async def space_page(actor: Actor, organisation: int) -> PortalSpace:
    """What an organisation's first page shows, in four statements at the most."""
    found = await coming(actor.scope, organisation)
    sees_invoices = actor.may(P.INVOICES_SEE, organisation=organisation)
    manages = actor.may(P.FEEDS_MANAGE, organisation=organisation)
    return PortalSpace(
        coming=found,
        options=[b for b in found if b.state in (BookingState.OPTION, BookingState.OFFERED)],
        sees_invoices=sees_invoices,
        invoices=await _latest(actor.scope, organisation) if sees_invoices else [],
        feeds=await calendar.tokens(organisation=organisation) if manages else None,
        may_book=actor.may(P.BOOKINGS_MAKE, organisation=organisation),
    )


async def coming(scope: Scope, organisation: int, *, limit: int = 6) -> list[BookingView]:
    """The organisation's live bookings of coming sessions, the soonest first."""
    where = within(scope)
    where.add("b.organisation = {} and booking_may_come(b.state)", organisation)
    where.add("session_bookable(s.state) and s.ends_at > {}", clock.now())
    sql = f"{BOOKING} where {where} order by s.starts_at, b.id limit {limit:d}"
    return await db.rows(BookingView, sql, *where.values)


async def _latest(scope: Scope, organisation: int) -> list[tuple[InvoiceView, StandingBadge]]:
    found = await billing.invoices(scope, organisation=organisation, limit=LATEST_INVOICES)
    waiting = await under_way([invoice.receivable for invoice in found]) if found else frozenset()
    return [(invoice, standing_of(invoice, under_way=invoice.receivable in waiting)) for invoice in found]
