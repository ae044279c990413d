"""Invoices and drafts, read. The scope comes first: another organisation's invoice does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from training.billing.rules.issuing import Payer, Seller, missing
from training.billing.rules.states import InvoiceState
from training.directory import queries as directory
from training.directory.queries import OrganisationView, PlatformView
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.i18n import _


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice or a draft (no number). Cents."""

    id: int
    place: int  # in lists: as the numbers go, which is not the order in which drafts were made
    kind: str
    state: InvoiceState
    number: str | None
    issued_on: date | None
    due_on: date | None
    payer: int
    payer_name: str
    payer_slug: str
    payer_buyer: str
    title: str
    served_from: date
    served_until: date
    booking: str | None
    net_cents: int
    vat_cents: int
    gross_cents: int
    purchase_order: str | None
    service_code: str | None
    vat_regime: str
    paper: int | None
    data: int | None
    generation: int

    @property
    def overdue(self) -> bool:
        """Past its due date, for all we know: payments are not recorded yet."""
        return self.due_on is not None and self.due_on < clock.today()


_INVOICE = """
    select i.id, coalesce(i.entry, i.id) as place,
           i.kind, i.state, i.number, i.issued_on, i.due_on, i.payer, o.name as payer_name, o.slug as payer_slug,
           o.buyer as payer_buyer, l.description as title, l.served_from, l.served_until, b.reference as booking,
           i.net_cents, i.vat_cents, i.gross_cents, i.purchase_order, i.service_code, i.vat_regime,
           e.paper, e.data, i.generation
    from invoice i
    join organisation o on o.id = i.payer
    join invoice_line l on l.invoice = i.id and l.position = 1
    left join billable k on k.invoice_line = l.id
    left join booking b on b.id = k.booking
    left join ledger_entry e on e.id = i.entry
    where ($1 or i.payer = any($2))
"""


def _scoped(scope: Scope) -> tuple[bool, list[int]]:
    return scope.everything, list(scope.organisations)


async def invoice(scope: Scope, id: int) -> InvoiceView | None:  # noqa: A002
    """An invoice or a draft by id."""
    return await db.row(InvoiceView, _INVOICE + " and i.id = $3", *_scoped(scope), id)


async def invoice_by_number(scope: Scope, number: str) -> InvoiceView | None:
    """An issued invoice by its number, typed in either case."""
    return await db.row(InvoiceView, _INVOICE + " and i.number = $3", *_scoped(scope), number.upper())


async def invoices(
    scope: Scope,
    *,
    state: InvoiceState = InvoiceState.ISSUED,
    organisation: int | None = None,
    search: str = "",
    after: tuple[date, int] | None = None,
    limit: int = 50,
) -> list[InvoiceView]:
    """Invoices, the newest first; drafts by when they were served. `after`: the last key of the page before."""
    key = "i.issued_on" if state == InvoiceState.ISSUED else "l.served_until"
    return await db.rows(
        InvoiceView,
        _INVOICE
        + f"""
        and i.state = $3 and ($4::bigint is null or i.payer = $4)
        and strpos(fold(coalesce(i.number, '') || ' ' || o.name || ' ' || coalesce(b.reference, '')), fold($5)) > 0
        and ($6::date is null or ({key}, coalesce(i.entry, i.id)) < ($6, $7))
        order by {key} desc, coalesce(i.entry, i.id) desc limit $8
        """,
        *_scoped(scope),
        state,
        organisation,
        search.strip(),
        *(after or (None, None)),
        limit,
    )


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of an invoice or a draft."""

    description: str
    detail: str
    quantity: int
    unit_price_cents: int
    net_cents: int
    served_from: date
    served_until: date


async def lines(invoice: int) -> list[LineView]:
    """The lines of an invoice, in order."""
    names = ", ".join(LineView.__slots__)
    return await db.rows(LineView, f"select {names} from invoice_line where invoice = $1 order by position", invoice)


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything an invoice is built from, before it has a number."""

    id: int
    kind: str
    vat_regime: str
    payer: OrganisationView
    billing_email: str | None
    purchase_order: str | None
    service_code: str | None
    booking: str | None
    lines: list[LineView]


async def draft(id: int) -> Draft | None:  # noqa: A002
    """A draft with its payer and lines; the payer's own service code stands where the booking gave none."""
    view = await invoice(Scope(everything=True), id)
    if view is None:
        return None
    payer = await directory.organisation(view.payer)
    assert payer is not None  # noqa: S101 - a foreign key says so
    contact = await directory.billing_contact(view.payer)
    return Draft(
        id=view.id,
        kind=view.kind,
        vat_regime=view.vat_regime,
        payer=payer,
        billing_email=contact.email if contact else None,
        purchase_order=view.purchase_order,
        service_code=view.service_code or payer.service_code,
        booking=view.booking,
        lines=await lines(id),
    )


async def blockers(id: int) -> list[str]:  # noqa: A002
    """What keeps a draft from being issued, in words; empty when nothing does."""
    found = await draft(id)
    platform = await directory.platform()
    if found is None or platform is None:
        return [_("Cette facture n’existe pas.")]
    return lacking(platform, found.payer, reached=found.billing_email is not None)


def lacking(platform: PlatformView, payer: OrganisationView, *, reached: bool) -> list[str]:
    """The same, of facts that were read already. `reached`: somebody at the payer's receives invoices."""
    who = Payer(payer.name, payer.siret, payer.buyer, payer.state, reached)
    return missing(Seller(platform.siret, platform.iban), who)


async def free_paper(scope: Scope, booking: str) -> int | None:
    """The file of a free booking's confirmation."""
    sql = """
        select f.paper from free_confirmation f join booking b on b.id = f.booking
        where ($1 or b.organisation = any($2)) and b.reference = $3
    """
    found = await db.value(sql, *_scoped(scope), booking.upper())
    return None if found is None else int(found)


async def invoices_of(scope: Scope, bookings: Sequence[int]) -> dict[int, InvoiceView]:
    """The invoice of each of some bookings that has one, by booking id."""
    sql = _INVOICE.replace("select i.id", "select b.id as for_booking, i.id", 1) + " and b.id = any($3)"
    records = await db.connection().fetch(sql, *_scoped(scope), list(bookings))
    return {record["for_booking"]: InvoiceView(**dict(list(record.items())[1:])) for record in records}
