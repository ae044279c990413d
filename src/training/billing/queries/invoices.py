"""Invoices, credit notes and drafts, with what is still due on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from training.billing.documents.invoice import Earlier, InvoiceDocument
from training.billing.queries.checking import Looked, carried, checks_of
from training.billing.queries.talons import talon_of
from training.billing.rules.issuing import Check, CheckKey, said
from training.billing.rules.states import DocumentKind, InvoiceState
from training.bookings.queries import BOOKING_WORDS
from training.directory import queries as directory
from training.directory.queries import ORGANISATION_WORDS, OrganisationView
from training.directory.rules.organisations import Buyer
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.kernel.i18n import _
from training.kernel.searching import SearchedList, SearchPlace, words_in, words_of
from training.papers.documents.talon import Talon
from training.papers.rules.lines import LineKind
from training.papers.rules.references import References
from training.papers.rules.vat import VatRegime


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice, a credit note or a draft (no number). Cents.

    `due_on` is what its paper says; `late_from` what « late » counts from: None when it is not known yet.
    """

    id: int
    place: int  # in lists: as the numbers go, which is not the order in which drafts were made
    kind: DocumentKind
    state: InvoiceState
    number: str | None
    issued_on: date | None
    due_on: date | None
    payer: int
    payer_name: str
    payer_slug: str
    payer_buyer: Buyer
    title: str
    line_count: int
    served_from: date
    served_until: date
    booking: str | None
    net_cents: int
    vat_cents: int
    gross_cents: int
    references: References
    subject: str
    month: date | None
    reason: str | None
    asked_at: datetime | None
    issue_at: datetime | None  # a draft: when it is issued by itself
    kept_back_at: datetime | None
    vat_regime: VatRegime
    paper: int | None
    data: int | None
    generation: int
    corrects: str | None  # the number of the invoice that a credit note corrects
    replaces: str | None  # the number of the invoice that this one cancels and replaces
    receivable: int | None
    settled_cents: int
    credited_cents: int  # of the settled: by credit notes
    late_from: date | None
    transmission: str | None  # the status it has last in its channel

    @property
    def due_cents(self) -> int:
        """What is still to be paid; of a credit note or a draft, nothing."""
        return self.gross_cents - self.settled_cents if self.receivable is not None else 0

    @property
    def paid(self) -> bool:
        """Nothing is due any more."""
        return self.receivable is not None and self.due_cents == 0

    @property
    def overdue(self) -> bool:
        """Something is due, and its day is over."""
        return self.due_cents > 0 and self.late_from is not None and self.late_from < clock.today()


class InvoiceNarrowing(StrEnum):
    """What a list of issued documents can be narrowed to: the words are those of its address."""

    ANY = ""
    DUE = "a-encaisser"
    LATE = "en-retard"
    PAID = "payees"
    CREDIT_NOTES = "avoirs"


INVOICE_WORDS = "' ' || i.number"  # as the index invoice_words has them
_COLUMNS = """
    i.id, coalesce(i.entry, i.id) as place,
    i.kind, i.state, i.number, i.issued_on, i.due_on, i.payer, g.name as payer_name, g.slug as payer_slug,
    g.buyer as payer_buyer, l.description as title, t.line_count, t.served_from, t.served_until,
    case when t.booking_count = 1 then b.reference end as booking,
    i.net_cents, i.vat_cents, i.gross_cents, i.purchase_order, i.service_code, i.contract_reference,
    i.subject, i.month, i.reason, i.asked_at, i.issue_at, i.kept_back_at, i.vat_regime, e.paper, e.data, i.generation,
    c.number as corrects, a.number as replaces, r.id as receivable, coalesce(r.settled_cents, 0) as settled_cents,
    case when r.settled_cents > 0 then (
        select coalesce(sum(s.amount_cents), 0)::bigint from settlement s join payment p on p.id = s.payment
        where s.receivable = r.id and p.way = 'credit_note'
    ) else 0 end as credited_cents,
    r.due_on as late_from,
    (select status from transmission where invoice = i.id order by id desc limit 1) as transmission
"""
_JOINED = """
    join organisation g on g.id = i.payer
    join invoice_line l on l.invoice = i.id and l.position = 1
    join lateral (
        select count(*) as line_count, count(distinct booking) as booking_count,
               min(served_from) as served_from, max(served_until) as served_until
        from invoice_line where invoice = i.id
    ) t on true
    left join booking b on b.id = l.booking
    left join ledger_entry e on e.id = i.entry
    left join invoice c on c.id = i.corrects
    left join invoice a on a.id = i.replaces
    left join receivable r on r.invoice = i.id
"""
_INVOICE = f"select {_COLUMNS} from invoice i {_JOINED}"


async def invoice(scope: Scope, id: int) -> InvoiceView | None:  # noqa: A002
    """An invoice or a draft by id."""
    return await _one(scope, "i.id = {}", id)


async def invoice_by_number(scope: Scope, number: str) -> InvoiceView | None:
    """An issued invoice by its number, typed in either case."""
    return await _one(scope, "i.number = {}", number.upper())


async def _one(scope: Scope, clause: str, value: object) -> InvoiceView | None:
    where = Clauses()
    where.within(scope, "i.payer")
    where.add(clause, value)
    return await db.row(InvoiceView, f"{_INVOICE} where {where}", *where.values)


async def invoices(
    scope: Scope,
    *,
    state: InvoiceState = InvoiceState.ISSUED,
    organisation: int | None = None,
    search: str = "",
    standing: InvoiceNarrowing = InvoiceNarrowing.ANY,
    after: tuple[date, int] | None = None,
    limit: int = 50,
) -> list[InvoiceView]:
    """Invoices, the newest first; drafts by when they were served. `after`: the last key of the page before."""
    where = Clauses()
    where.within(scope, "i.payer")
    where.add(f"i.state = '{InvoiceState(state)}'")
    if organisation is not None:
        where.add("i.payer = {}", organisation)
    if standing is InvoiceNarrowing.LATE:
        where.add(_STANDS[standing], clock.today())
    elif standing in _STANDS:
        where.add(_STANDS[standing])
    if state == InvoiceState.ISSUED:
        if after:
            where.add("(i.issued_on, i.entry) < ({}, {})", *after)
        return await _ISSUED.page(InvoiceView, _COLUMNS, where, search, limit)
    if search.strip():  # drafts are few, whatever was issued before them
        where.add(words_in(where.value, search, *_WORDS))
    if after:
        where.add("(t.served_until, i.id) < ({}, {})", *after)
    sql = f"{_INVOICE} where {where} order by t.served_until desc, i.id desc limit {limit:d}"
    return await db.rows(InvoiceView, sql, *where.values)


_STANDS: dict[InvoiceNarrowing, str] = {
    InvoiceNarrowing.DUE: "i.id in (select invoice from receivable where settled_cents < gross_cents)",
    InvoiceNarrowing.LATE: "i.id in (select invoice from receivable where settled_cents < gross_cents and due_on < {})",
    InvoiceNarrowing.PAID: "(select settled_cents = gross_cents from receivable where invoice = i.id)",
    InvoiceNarrowing.CREDIT_NOTES: "i.kind = 'credit_note'",
}
_BOOKED = "booking b join invoice_line x on x.booking = b.id"
# One by one by their index, of however many bookings PostgreSQL thinks that they have a word.
_BILLED = "booking b, lateral (select invoice from invoice_line where booking = b.id offset 0) x"
_WORDS = (
    SearchPlace(INVOICE_WORDS),
    words_of(ORGANISATION_WORDS, "organisation g", "invoice i", "payer", briefly="g.name"),
    SearchPlace(
        BOOKING_WORDS,
        f"(select true from {_BOOKED} where x.invoice = i.id and {{}} limit 1)",
        f"i.id = any(array(select x.invoice from {_BILLED} where {{}}))",
    ),
)
_ISSUED = SearchedList("invoice i", _JOINED, "i.issued_on desc, i.entry desc", _WORDS)


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of an invoice or a draft. Cents; `unit` as UN/ECE Rec 20 writes it."""

    id: int
    kind: LineKind
    booking: int | None
    description: str
    detail: str
    unit: str
    quantity: Decimal
    unit_price_cents: int
    net_cents: int
    served_from: date
    served_until: date


async def lines(invoice: int) -> list[LineView]:
    """The lines of an invoice, in order."""
    names = ", ".join(LineView.__slots__).replace("quantity", "trim_scale(quantity) as quantity")
    return await db.rows(LineView, f"select {names} from invoice_line where invoice = $1 order by position", invoice)


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything an invoice is built from, before it has a number."""

    id: int
    kind: DocumentKind
    vat_regime: VatRegime
    gross_cents: int
    payer: OrganisationView
    billing_email: str | None
    references: References
    subject: str
    booking: str | None
    corrects: Earlier | None
    replaces: Earlier | None
    lines: list[LineView]
    vat_cents: int
    reason: str | None
    corrected: InvoiceDocument | None  # the invoice that a credit note corrects, as it was issued
    cancelled_by: list[Earlier]  # the credit notes that took back the invoice that this one replaces
    deposits: list[Earlier]  # the deposit invoices that this one takes off
    session: Talon | None  # the one that all its bookings are of


async def draft(id: int) -> Draft | None:  # noqa: A002
    """A draft with its payer and lines; the payer's own service code stands where the booking gave none."""
    view = await invoice(Scope(everything=True), id)
    if view is None:
        return None
    payer = await directory.organisation(view.payer)
    assert payer is not None  # noqa: S101 - a foreign key says so
    contact = await directory.billing_contact(view.payer)
    listed = await lines(id)
    return Draft(
        id=view.id,
        kind=view.kind,
        vat_regime=view.vat_regime,
        gross_cents=view.gross_cents,
        payer=payer,
        billing_email=contact.email if contact else None,
        references=carried(view.references, payer),
        subject=view.subject,
        booking=view.booking,
        corrects=await _earlier(view.corrects),
        replaces=await _earlier(view.replaces),
        lines=listed,
        vat_cents=view.vat_cents,
        reason=view.reason,
        corrected=await _frozen(view.corrects),
        cancelled_by=await _credit_notes_of(view.replaces),
        deposits=await db.rows(Earlier, _DEPOSITS, id),
        session=await talon_of({item.booking for item in listed if item.booking is not None}),
    )


async def _earlier(number: str | None) -> Earlier | None:
    sql = "select number, issued_on from invoice where number = $1"
    return None if number is None else await db.row(Earlier, sql, number)


# Not those that were credited whole: there is nothing of them to take off.
_DEPOSITS = """
    select distinct i.number, i.issued_on
    from invoice_line l
    join billable k on k.invoice_line = l.id and k.part = 'balance'
    join billable d on d.booking = k.booking and d.payer = k.payer and d.part = 'deposit'
    join invoice_line dl on dl.id = d.invoice_line
    join invoice i on i.id = dl.invoice and i.state = 'issued'
    where l.invoice = $1
      and i.net_cents > (select coalesce(sum(net_cents), 0) from invoice where corrects = i.id and state = 'issued')
    order by i.issued_on, i.number
"""


async def _frozen(number: str | None) -> InvoiceDocument | None:
    snapshot = None if number is None else await db.value("select snapshot from ledger_entry where number = $1", number)
    return None if snapshot is None else InvoiceDocument.from_json(snapshot)


async def _credit_notes_of(number: str | None) -> list[Earlier]:
    sql = """
        select c.number, c.issued_on from invoice c join invoice i on i.id = c.corrects
        where i.number = $1 and c.state = 'issued' order by c.id
    """
    return [] if number is None else await db.rows(Earlier, sql, number)


async def blockers(id: int) -> list[str]:  # noqa: A002
    """What keeps a draft from being issued, in words; empty when nothing does."""
    return said(await checks(id))


async def checks(id: int) -> list[Check]:  # noqa: A002
    """What is looked at before a draft is issued; nothing of a credit note, which says what its invoice said."""
    found = await db.row(_Checked, _LOOKED, id)
    platform = await directory.platform()
    if found is None or platform is None:
        return [Check(CheckKey.TOTAL, False, _("Cette facture n’existe pas."))]
    if found.kind == DocumentKind.CREDIT_NOTE:
        return []
    return (await checks_of(platform, [found.looked]))[id]


@dataclass(frozen=True, slots=True)
class _Checked:
    kind: DocumentKind
    looked: Looked


_LOOKED = """
    select id, kind, payer, service_code, purchase_order, contract_reference, gross_cents, vat_regime
    from invoice where id = $1
"""


async def free_paper(scope: Scope, booking: str) -> int | None:
    """The file of a free booking's confirmation."""
    where = Clauses()
    where.within(scope, "b.organisation")
    where.add("b.reference = {}", booking.upper())
    sql = f"select f.paper from free_confirmation f join booking b on b.id = f.booking where {where}"
    found = await db.value(sql, *where.values)
    return None if found is None else int(found)


async def invoices_of(scope: Scope, bookings: Sequence[int]) -> dict[int, list[InvoiceView]]:
    """The invoices, credit notes and drafts of some bookings, oldest first, by booking id."""
    sql = "select distinct booking, invoice from invoice_line where booking = any($1)"
    of = await db.connection().fetch(sql, list(bookings))
    where = Clauses()
    where.within(scope, "i.payer")
    where.add("i.id = any({})", [record["invoice"] for record in of])
    found = await db.rows(InvoiceView, f"{_INVOICE} where {where} order by i.id", *where.values)
    pairs = {(record["booking"], record["invoice"]) for record in of}
    return {b: [i for i in found if (b, i.id) in pairs] for b in bookings}
