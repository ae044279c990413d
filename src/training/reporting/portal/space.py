"""An organisation's own first page: what waits for it, what is coming, its money, its year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceNarrowing, InvoiceView
from training.billing.rules.states import InvoiceState
from training.bookings.queries import BOOKING, BookingView, within
from training.bookings.rules import who_may
from training.bookings.rules.states import BookingState
from training.calendar.queries import feeds as calendar
from training.calendar.queries.feeds import TokenView
from training.directory.queries import OrganisationView
from training.directory.rules.organisations import OrganisationState
from training.kernel import clock, db
from training.kernel.actor import Actor, Scope
from training.kernel.permissions import Permission
from training.reporting.portal import awaiting
from training.reporting.portal.awaiting import Awaited
from training.reporting.portal.facts_wanted import lacking_of, services_of
from training.reporting.portal.invoices import ASKED_OF_PAYER, StandingBadge, payable, standing_of, under_way

P = Permission
SHOWN = 6  # coming bookings on the page
LOOKED_AT = 20  # coming bookings, and invoices to pay, that may wait for something
DUE = 5  # invoices to pay on the page


@dataclass(frozen=True, slots=True)
class SpaceMoney:
    """Where an organisation's money stands. Cents; `engaged_cents` is net: bookings that no invoice bears yet."""

    paid_cents: int  # in the present year
    due_cents: int
    late_cents: int
    engaged_cents: int


@dataclass(frozen=True, slots=True)
class SpaceYear:
    """What an organisation did: bookings and seats of sessions of the present year, and bookings ever made."""

    bookings: int
    seats: int
    ever: int


@dataclass(frozen=True, slots=True)
class PortalSpace:
    """What the page shows. `money` None, `feeds` None: not for this reader. `due`: invoices to pay, late ones first."""

    greeting: str
    awaited: list[Awaited]
    coming: list[BookingView]
    money: SpaceMoney | None
    due: list[tuple[InvoiceView, StandingBadge]]
    year: SpaceYear
    feeds: list[TokenView] | None
    may_book: bool
    refusal: str | None  # the words with which it was not let in


async def space_page(actor: Actor, organisation: OrganisationView) -> PortalSpace:
    """What an organisation's first page shows, in ten statements at the most."""
    here = organisation.id
    bookings = await coming(actor.scope, here, limit=LOOKED_AT)
    sees_invoices = actor.may(P.INVOICES_SEE, organisation=here)
    late, owed = await _due(actor.scope, here) if sees_invoices else ([], [])
    waiting = await under_way([invoice.receivable for invoice in owed]) if owed else frozenset()
    payable_now = [i for i in owed if payable(i, under_way=i.receivable in waiting)]
    year = await _year(here)
    awaited = [
        *awaiting.late_invoices(late, clock.today()),
        *_to_decide(actor, bookings),
        *awaiting.invoices_due_soon(payable_now, clock.today()),
        *await _lacking(actor, organisation, bookings, drafts=sees_invoices),
        *_to_name(actor, bookings),
    ]
    return PortalSpace(
        greeting=awaiting.greeting(actor.label, len(awaited), new=not year.ever),
        awaited=awaited,
        coming=bookings[:SHOWN],
        money=await _money(here) if sees_invoices else None,
        due=[(i, standing_of(i, under_way=i.receivable in waiting)) for i in owed[:DUE]],
        year=year,
        feeds=await calendar.tokens(organisation=here) if actor.may(P.FEEDS_MANAGE, organisation=here) else None,
        may_book=actor.may(P.BOOKINGS_MAKE, organisation=here),
        refusal=await db.value(_REFUSAL, here) if organisation.state == OrganisationState.REFUSED else None,
    )


_REFUSAL = "select reason from organisation_ending where organisation = $1 and undone_at is null"


async def coming(scope: Scope, organisation: int, *, limit: int = SHOWN) -> list[BookingView]:
    """The organisation's live bookings of coming sessions, the soonest first."""
    where = within(scope)
    where.add("b.organisation = {} and booking_may_come(b.state)", organisation)
    where.add("session_bookable(s.state) and s.ends_at > {}", clock.now())
    sql = f"{BOOKING} where {where} order by s.starts_at, b.id limit {limit:d}"
    return await db.rows(BookingView, sql, *where.values)


def _to_decide(actor: Actor, bookings: Sequence[BookingView]) -> list[Awaited]:
    now = clock.now()
    return awaiting.undecided(b for b in bookings if who_may.may_confirm(actor, b.standing, now))


def _to_name(actor: Actor, bookings: Sequence[BookingView]) -> list[Awaited]:
    wanted = (b for b in bookings if b.state == BookingState.CONFIRMED and who_may.may_name(actor, b.standing))
    return awaiting.unnamed(wanted, clock.now())


async def _lacking(
    actor: Actor, organisation: OrganisationView, bookings: Sequence[BookingView], *, drafts: bool
) -> list[Awaited]:
    """What the invoices need, from the drafts that wait for it and the sessions that come; for who may say it."""
    if not actor.may(P.INVOICES_COMPLETE, organisation=organisation.id):
        return []
    services = await services_of(organisation)
    waiting = []
    if drafts:
        found = await billing.invoices(actor.scope, state=InvoiceState.DRAFT, organisation=organisation.id, limit=DUE)
        waiting = [(draft, lacking_of(organisation, services, draft.references)) for draft in found]
    owed = [b for b in bookings if b.price_cents and b.state == BookingState.CONFIRMED]
    return [
        *awaiting.drafts_lacking(waiting),
        *awaiting.lacking([(b, lacking_of(organisation, services, b.references)) for b in owed]),
    ]


async def _due(scope: Scope, organisation: int) -> tuple[list[InvoiceView], list[InvoiceView]]:
    """The invoices that are late, and those to look at of all that are to be paid: late ones first."""
    late, due = InvoiceNarrowing.LATE, InvoiceNarrowing.DUE
    found = await billing.invoices(scope, organisation=organisation, standing=late, limit=DUE)
    others = await billing.invoices(scope, organisation=organisation, standing=due, limit=LOOKED_AT)
    known = {invoice.id for invoice in found}
    return found, [*reversed(found), *(i for i in others if i.id not in known)]


async def _money(organisation: int) -> SpaceMoney:
    """In one statement. What is engaged: all that comes, and what was held within a year and is not invoiced yet."""
    today = clock.today()
    found = await db.row(
        SpaceMoney, _MONEY, organisation, today, today.replace(month=1, day=1), clock.now() - timedelta(days=365)
    )
    assert found is not None  # noqa: S101 - aggregates always have a row
    return found


_MONEY = f"""
    select coalesce((
               select sum(s.amount_cents) from receivable r join settlement s on s.receivable = r.id
               join payment p on p.id = s.payment
               where r.payer = $1 and p.way <> 'credit_note' and s.settled_on >= $3
           ), 0)::bigint as paid_cents,
           coalesce(sum(gross_cents - settled_cents) filter (where {ASKED_OF_PAYER}), 0)::bigint as due_cents,
           coalesce(sum(gross_cents - settled_cents) filter (where due_on < $2), 0)::bigint as late_cents,
           coalesce((
               select sum(greatest(b.price_cents - coalesce((
                   select sum(k.amount_cents) from billable k join invoice_line l on l.id = k.invoice_line
                   join invoice i on i.id = l.invoice where k.booking = b.id and i.state = 'issued'
               ), 0), 0))
               from booking b join session s on s.id = b.session
               where b.organisation = $1 and b.state = 'confirmed' and b.price_cents > 0 and s.state <> 'cancelled'
               and s.starts_at > $4 and not exists (select from billing_share where booking = b.id)
               and not exists (select from past_booking where booking = b.id)
           ), 0)::bigint as engaged_cents
    from receivable where payer = $1 and settled_cents < gross_cents
"""


async def _year(organisation: int) -> SpaceYear:
    year = clock.today().year
    first, after = (clock.at(date(y, 1, 1), time()) for y in (year, year + 1))
    found = await db.row(SpaceYear, _YEAR, organisation, first, after)
    assert found is not None  # noqa: S101 - an aggregate always has a row
    return found


_YEAR = """
    select count(*) filter (where b.state = 'confirmed' and s.starts_at >= $2 and s.starts_at < $3) as bookings,
           coalesce(sum(b.seats) filter (
               where b.state = 'confirmed' and s.starts_at >= $2 and s.starts_at < $3), 0)::bigint as seats,
           count(*) as ever
    from booking b join session s on s.id = b.session where b.organisation = $1
"""
