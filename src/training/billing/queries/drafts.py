"""« À facturer »: drafts with their checks, what is billed by nobody, and what a cancellation leaves to credit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from training.billing.queries.checking import Looked, checks_of
from training.billing.queries.invoices import InvoiceView, invoices
from training.billing.rules import issuing
from training.billing.rules.grouping import collecting
from training.billing.rules.issuing import Check
from training.billing.rules.sharing import Share
from training.billing.rules.states import DocumentKind, InvoiceState
from training.directory import queries as directory
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.papers.rules.references import References

ALL = 10_000  # drafts: more than that waits for a second click


@dataclass(frozen=True, slots=True)
class DraftListed:
    """A draft, and everything that was looked at of it."""

    invoice: InvoiceView
    checks: tuple[Check, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """In words, what keeps it from being issued."""
        return tuple(issuing.said(self.checks))

    @property
    def collecting(self) -> bool:
        """It groups a month that is not over."""
        return collecting(self.invoice.month, clock.today())

    @property
    def green(self) -> bool:
        """One click may issue it with all others."""
        return not self.missing and not self.collecting and self.invoice.kind != DocumentKind.CREDIT_NOTE

    @property
    def askable(self) -> bool:
        """Its client can be asked for what is missing."""
        return issuing.may_be_asked(self.checks)


async def drafts(
    scope: Scope,
    *,
    organisation: int | None = None,
    search: str = "",
    after: tuple[date, int] | None = None,
    limit: int = 50,
) -> list[DraftListed]:
    """The drafts with their checks, the latest service first, in seven statements however many there are."""
    found = await invoices(
        scope, state=InvoiceState.DRAFT, organisation=organisation, search=search, after=after, limit=limit
    )
    return await listed(found)


async def ready(scope: Scope) -> list[int]:
    """The drafts that may be issued as they are, the oldest service first: numbers then go as services did."""
    found = await drafts(scope, limit=ALL)
    return [d.invoice.id for d in reversed(found) if d.green]


async def listed(found: list[InvoiceView]) -> list[DraftListed]:
    """Some drafts with their checks, in the same order."""
    platform = await directory.platform()
    if not found or platform is None:
        return []
    looked = [Looked(i.id, i.payer, i.references, i.gross_cents, i.vat_regime) for i in found]
    checks = await checks_of(platform, looked)
    return [DraftListed(i, () if i.kind == DocumentKind.CREDIT_NOTE else tuple(checks[i.id])) for i in found]


@dataclass(frozen=True, slots=True)
class ToCredit:
    """A booking that was cancelled, or gave seats back, after it was invoiced. Cents without VAT.

    `left_cents`: what is to be credited. Of a cancelled one all of its lines that is not credited yet; of one that is
    smaller (`resized_at`, and its `seats` now), what is proposed: `queries.refitting.too_much`.
    """

    booking: int
    reference: str
    title: str
    starts_at: datetime
    cancelled_at: datetime | None
    payer: int
    payer_name: str
    payer_slug: str
    invoice: int
    number: str
    issued_on: date
    left_cents: int
    resized_at: datetime | None = None
    seats: int = 0


async def to_credit(scope: Scope, limit: int = 100) -> list[ToCredit]:
    """Invoices of cancelled bookings that no credit note has taken back, the latest cancellation first."""
    where = Clauses("b.state = 'cancelled'")
    where.within(scope, "c.payer")
    sql = f"{_TO_CREDIT.format(where=where, limit=limit)} order by x.cancelled_at desc nulls last, x.id desc, x.invoice"
    return await db.rows(ToCredit, sql, *where.values)


# Of a booking `b`: what is left to take back of it, an invoice each.
TO_TAKE_BACK = """
    cross join lateral (
        select i.id as invoice, i.payer, sum(l.net_cents - coalesce(k.net_cents, 0))::bigint as left_cents
        from invoice_line l
        join invoice i on i.id = l.invoice and i.state = 'issued' and i.kind <> 'credit_note'
        left join lateral (
            select sum(x.net_cents)::bigint as net_cents from invoice_line x join invoice n on n.id = x.invoice
            where x.corrects = l.id and n.state = 'issued'
        ) k on true
        where l.booking = b.id group by i.id
        having sum(l.net_cents - coalesce(k.net_cents, 0)) <> 0
    ) c
"""

# The page first, then what is shown beside. Of most cancelled bookings no line is anywhere.
_TO_CREDIT = f"""
    select x.id as booking, x.reference, o.title, s.starts_at, x.cancelled_at, x.invoice, x.left_cents,
           g.id as payer, g.name as payer_name, g.slug as payer_slug, i.number, i.issued_on
    from (
        select b.id, b.reference, b.session, e.ended_at as cancelled_at, c.invoice, c.left_cents
        from booking b
        left join booking_ending e on e.booking = b.id and e.undone_at is null
        {TO_TAKE_BACK}
        where {{where}} order by e.ended_at desc nulls last, b.id desc, c.invoice limit {{limit:d}}
    ) x
    join invoice i on i.id = x.invoice
    join organisation g on g.id = i.payer
    join session s on s.id = x.session
    join offer o on o.id = s.offer
"""


@dataclass(frozen=True, slots=True)
class Unbilled:
    """A booking that was held, has a price, and is on no draft: nobody came where the offer bills who comes."""

    booking: int
    reference: str
    title: str
    starts_at: datetime
    organisation_name: str
    organisation_slug: str
    seats: int
    present: int


async def unbilled(scope: Scope, limit: int = 50) -> list[Unbilled]:
    """Held bookings that nothing bills, the latest first: for staff to see, and to know that it is meant.

    Only those where nobody came: any other's draft is on its way, the worker makes it a moment after.
    """
    where = Clauses()
    where.within(scope, "b.organisation")
    sql = f"{_UNBILLED} and {where} order by s.starts_at desc, b.id desc limit {limit:d}"
    return await db.rows(Unbilled, sql, *where.values)


_UNBILLED = """
    select b.id as booking, b.reference, o.title, s.starts_at, g.name as organisation_name,
           g.slug as organisation_slug, b.seats, h.present
    from head_count h
    join booking b on b.id = h.booking
    join session s on s.id = b.session and s.state = 'held'
    join offer o on o.id = s.offer
    join organisation g on g.id = b.organisation
    where h.present = 0 and b.state = 'confirmed' and b.price_cents > 0
      and b.tariff_mode = 'per_seat' and o.bill_present
      and not exists (select from billable k where k.booking = b.id and k.part not in ('deposit', 'look'))
"""


@dataclass(frozen=True, slots=True)
class ShareView:
    """One of several payers of a booking. Cents, net."""

    payer: int
    payer_name: str
    payer_slug: str
    seats: int | None
    amount_cents: int | None
    references: References

    @property
    def part(self) -> Share:
        """The same, as the rules ask for it."""
        return Share(payer=self.payer, seats=self.seats, amount_cents=self.amount_cents, references=self.references)


async def shares(booking: int) -> list[ShareView]:
    """The payers of a booking, in the order in which they were said; none: the organisation pays all."""
    return await db.rows(
        ShareView,
        """
        select s.payer, o.name as payer_name, o.slug as payer_slug, s.seats, s.amount_cents, s.purchase_order,
               s.service_code
        from billing_share s join organisation o on o.id = s.payer where s.booking = $1 order by s.id
        """,
        booking,
    )
