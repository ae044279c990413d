"""Drafts are written, emptied and counted here, inside the actions that decide to.

Locks: whoever makes drafts for a payer, an advisory lock on it, in the order of payers; then drafts, by id. What else a
session owes is settled under the session's own lock (docs/locking.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from training.billing.queries import owing
from training.billing.queries.invoices import lines as lines_of
from training.billing.queries.owing import Owed, OwedLine
from training.billing.rules import grouping
from training.billing.rules.grouping import BillablePart
from training.billing.rules.states import DocumentKind, InvoiceState
from training.billing.tables.invoices import Billable, Invoice, InvoiceLine
from training.bookings.queries import BookingView
from training.catalogue.rules.tariffs import TariffMode
from training.directory import queries as directory
from training.directory.rules.billing_facts import VatAbroad
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.clauses import Clauses
from training.kernel.errors import Conflict, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.row_mapping import columns
from training.papers.rules.lines import LineKind, line_cents
from training.papers.rules.references import References
from training.papers.rules.totals import breakdown, line, totals
from training.papers.rules.vat import VatRegime, regime_abroad
from training.records.actions.acting import acting

db.refuse("billable_once", lambda: Conflict(_("Cette réservation est déjà à facturer.")))
db.refuse("invoice_line_is_frozen", lambda: Conflict(_("Cette facture est déjà émise : elle ne change plus.")))


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft whose row is locked."""

    id: int
    kind: DocumentKind
    payer: int
    vat_regime: VatRegime
    references: References
    subject: str
    month: date | None
    replaces: int | None
    asked_at: datetime | None
    issue_at: datetime | None
    kept_back_at: datetime | None


async def lock_draft(invoice: int) -> DraftRow:
    """Lock a draft. NotFound: there is none (any more). Conflict: it is issued."""
    (row,) = await lock_drafts([invoice]) or (None,)
    if row is not None:
        return row
    if await db.value("select exists (select from invoice where id = $1)", invoice):
        raise Conflict(_("Cette facture est déjà émise : elle ne change plus."))
    raise NotFound(_("Ce brouillon n’existe pas, ou plus."))


async def lock_drafts(invoices: Iterable[int]) -> list[DraftRow]:
    """Lock those of some invoices that are drafts, by id."""
    sql = f"""
        select {", ".join(columns(DraftRow))} from invoice where id = any($1) and state = 'draft'
        order by id for update
    """
    return await db.rows(DraftRow, sql, sorted(set(invoices)))


async def lock_payers(payers: Iterable[int]) -> None:
    """Of two that make drafts for one payer, the second sees what the first made."""
    for payer in sorted(set(payers)):
        await db.value("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"drafts:{payer}")


async def bill(actor: Actor, bookings: Sequence[BookingView], *, held: bool) -> list[int]:
    """Put what bookings owe on drafts, once; under the lock of their session. Returns the drafts that were touched.

    Before the session was held, what is billed by head-count is left alone. A deposit that nobody issued is pointless
    once the whole can be billed: it goes. What a booking owes more, or less, since then is `refit`'s.
    """
    actor.must(Permission.INVOICES_PREPARE)
    known = {record["booking"] for record in await db.connection().fetch(_KNOWN, [b.id for b in bookings])}
    fresh = [b for b in bookings if b.id not in known and b.tariff_mode != TariffMode.FREE]
    # first of all: what is issued at this very moment must be seen as issued by what is read next
    await take_off([b.id for b in fresh], parts=[BillablePart.DEPOSIT])
    return await bill_more(actor, fresh, held=held)


# Not what was taken back whole since: who booked, cancelled and comes after all is billed again.
_KNOWN = """
    select distinct k.booking
    from billable k join invoice_line l on l.id = k.invoice_line join invoice i on i.id = l.invoice
    where k.booking = any($1) and k.part <> 'deposit' and (i.state = 'draft' or k.amount_cents <> 0)
"""


async def bill_more(actor: Actor, bookings: Sequence[BookingView], *, held: bool) -> list[int]:
    """Put on drafts what bookings owe above what is issued of them; no draft has anything of it yet.

    Those of former years were invoiced elsewhere.
    """
    actor.must(Permission.INVOICES_PREPARE)
    bookings = [b for b in bookings if not b.past]
    on = await owing.ground(bookings)
    ready = [b for b in bookings if held or not owing.waits_for_count(on, b)]
    owed = {b.id: owing.owed_for(on, b) for b in sorted(ready, key=lambda b: b.id)}
    await lock_payers(o.key.payer for all_of in owed.values() for o in all_of)
    touched: dict[int, None] = {}
    for booking, all_of in owed.items():
        if all_of:
            async with acting(actor, "billable.make", ("booking", booking)):
                for item in all_of:
                    touched[await put_on_draft(item, held=held)] = None
    return list(touched)


async def take_off(bookings: Sequence[int], *, held_only: bool = False, parts: Sequence[BillablePart] = ()) -> int:
    """Take bookings off the drafts, with what was added by hand for them; an emptied draft goes. What is issued stays.

    `held_only`: only what the session's being held made billable; `parts`: only these. Returns how many lines by hand
    went.
    """
    where = Clauses("i.state = 'draft'")
    where.add("k.booking = any({})", list(bookings))
    if parts:
        where.add("k.part = any({})", [part.value for part in parts])
    if held_only:
        where.add("k.held")
    sql = f"""
        select distinct i.id, i.payer
        from billable k join invoice_line l on l.id = k.invoice_line join invoice i on i.id = l.invoice where {where}
    """
    found = await db.connection().fetch(sql, *where.values)
    await lock_payers(record["payer"] for record in found)
    drafts = await lock_drafts(record["id"] for record in found)
    lines = "select id, kind from invoice_line where invoice = any($1) and booking = any($2)"
    gone = await db.connection().fetch(lines, [draft.id for draft in drafts], list(bookings))
    ids = [record["id"] for record in gone]
    await db.execute("delete from billable where invoice_line = any($1)", ids)
    await db.execute("delete from invoice_line where id = any($1)", ids)
    for draft in drafts:
        await tidy(draft)
    return sum(record["kind"] != LineKind.SERVICE for record in gone)


async def put_on_draft(owed: Owed, kind: DocumentKind = DocumentKind.INVOICE, *, held: bool = False) -> int:
    """Write what is owed on the draft where it goes, made where there is none. Returns its id."""
    draft = await draft_like(_like(owed, kind))
    written = [await write_line(draft.id, item) for item in owed.lines]
    await Billable.insert(
        Billable(
            booking=owed.booking,
            payer=owed.key.payer,
            amount_cents=owed.amount_cents,
            invoice_line=written[0],
            part=owed.part,
            held=held,
            percent=owed.percent,
            created_at=clock.now(),
        )
    )
    await recount(draft)
    return draft.id


def _like(owed: Owed, kind: DocumentKind) -> DraftRow:
    key = owed.key
    return DraftRow(
        id=0,
        kind=kind,
        payer=key.payer,
        vat_regime=key.vat_regime,
        references=key.references,
        subject=owed.subject,
        month=key.month,
        replaces=None,
        asked_at=None,
        issue_at=None,
        kept_back_at=None,
    )


async def draft_like(like: DraftRow) -> DraftRow:
    """The draft that collects this payer's month with these references; otherwise, and without a month, a new one."""
    if like.month is not None:
        sql = """
            select id from invoice
            where state = 'draft' and kind = 'invoice' and payer = $1 and month = $2 and vat_regime = $3
              and purchase_order is not distinct from $4 and service_code is not distinct from $5
            order by id limit 1
        """
        known = await db.value(sql, like.payer, like.month, like.vat_regime, *like.references.ordered.values())
        if known is not None and (locked := await lock_drafts([known])):
            return locked[0]
    return await new_draft(like)


async def new_draft(like: DraftRow) -> DraftRow:
    """A draft without lines, with the facts of another; its caller writes some."""
    made = await Invoice.insert(
        Invoice(
            kind=like.kind,
            state=InvoiceState.DRAFT,
            payer=like.payer,
            number=None,
            issued_on=None,
            due_on=None,
            vat_regime=like.vat_regime,
            **asdict(like.references),
            subject=like.subject,
            month=like.month,
            net_cents=0,
            vat_cents=0,
            gross_cents=0,
            entry=None,
            created_at=clock.now(),
            issue_at=like.issue_at,
            kept_back_at=like.kept_back_at,
        )
    ).returning(Invoice.id)
    return replace(like, id=int(made[0]["id"]))


async def write_line(invoice: int, item: OwedLine) -> int:
    """Add a line at the end of a draft. Its amount is the one that the paper will say."""
    last = await db.value("select coalesce(max(position), 0)::integer from invoice_line where invoice = $1", invoice)
    row = InvoiceLine(invoice=invoice, position=last + 1, **_written(item))
    made = await InvoiceLine.insert(row).returning(InvoiceLine.id)
    return int(made[0]["id"])


def _written(item: OwedLine) -> dict[Any, Any]:
    return {**asdict(item), "net_cents": line_cents(item.quantity, item.unit_price_cents)}


async def rewrite_lines(draft: DraftRow, line: int, wanted: Sequence[OwedLine]) -> None:
    """Write other words and amounts where a booking's line stands, and the line that takes its deposit off.

    None wanted: they go. The draft stays the one that its client was asked about; what was added by hand stays too.
    """
    sql = """
        select x.id from invoice_line l join invoice_line x on x.invoice = l.invoice and x.booking = l.booking
        where l.id = $1 and x.kind = 'service' and (x.id = l.id or x.quantity < 0) order by x.id <> l.id, x.id
    """
    present = [record["id"] for record in await db.connection().fetch(sql, line)]
    for known, item in zip(present, wanted, strict=False):
        await InvoiceLine.update(_written(item)).where(InvoiceLine.id == known)
    await db.execute("delete from invoice_line where id = any($1)", present[len(wanted) :])
    for item in wanted[len(present) :]:
        await write_line(draft.id, item)
    await recount(draft)


async def recount(draft: DraftRow) -> int:
    """Write a draft's totals as its paper will say them: VAT rounded once for its one category. Returns the gross."""
    regime = draft.vat_regime
    found = [
        line(item.description, unit_price_cents=item.unit_price_cents, regime=regime, quantity=str(item.quantity))
        for item in await lines_of(draft.id)
    ]
    total = totals(breakdown(found))
    await Invoice.update(
        {
            Invoice.net_cents: total.net_cents,
            Invoice.vat_cents: total.vat_cents,
            Invoice.gross_cents: total.gross_cents,
        }
    ).where(Invoice.id == draft.id)
    return total.gross_cents


async def fit_vat(payer: int, invoices: Iterable[int] | None = None) -> None:
    """Bring drafts of a payer under the VAT regime that holds for it now: all of them, or some.

    One that takes a deposit off keeps the regime of the deposit.
    """
    await lock_payers([payer])
    wanted = {r["id"]: r for r in await db.connection().fetch(_FITTING, payer)}
    for draft in await lock_drafts(wanted if invoices is None else wanted.keys() & set(invoices)):
        chosen = wanted[draft.id]["vat_abroad"]
        regime = regime_abroad(VatAbroad(chosen) if chosen else None) or VatRegime(wanted[draft.id]["usual"])
        if regime != draft.vat_regime:
            await Invoice.update({Invoice.vat_regime: regime}).where(Invoice.id == draft.id)
            await recount(replace(draft, vat_regime=regime))


_FITTING = """
    select i.id, g.vat_abroad, coalesce(
        (select o.vat_regime from invoice_line l join booking b on b.id = l.booking
         join session s on s.id = b.session join offer o on o.id = s.offer
         where l.invoice = i.id order by l.position limit 1),
        (select vat_regime from platform where id = 1)
    ) as usual
    from invoice i join organisation g on g.id = i.payer
    where i.payer = $1 and i.state = 'draft' and i.kind <> 'credit_note' and not exists (
        select from invoice_line l where l.invoice = i.id and l.kind = 'service' and l.quantity < 0
    )
"""


async def drafted(drafts: Sequence[int], *, by_person: bool = False) -> None:
    """Word of the drafts that collect no more. What a person made of a click is issued a little later: it is undone."""
    platform = await directory.the_platform()
    delay = timedelta(minutes=platform.issue_delay_minutes if by_person and platform.issue_without_look else 0)
    sql = "select id, month from invoice where id = any($1) order by id"
    for record in await db.connection().fetch(sql, list(drafts)):
        if grouping.collecting(record["month"], clock.today()):
            continue
        if delay:
            later = "update invoice set issue_at = $2 where id = $1 and kept_back_at is null"
            await db.execute(later, record["id"], clock.now() + delay)
        else:
            await outbox.put("invoice.drafted", ("invoice", record["id"]))


async def hours_of(booking: int) -> tuple[datetime | None, datetime | None]:
    """When the drafts of a booking are issued by themselves, the last of them, and when one was kept back."""
    sql = """
        select max(i.issue_at) as issue_at, max(i.kept_back_at) as kept_back_at
        from invoice_line l join invoice i on i.id = l.invoice where l.booking = $1 and i.state = 'draft'
    """
    (found,) = await db.connection().fetch(sql, booking)
    return found["issue_at"], found["kept_back_at"]


async def keep_hours(drafts: Sequence[int], issue_at: datetime | None, kept_back_at: datetime | None) -> None:
    """Drafts that took lines of another wait as that one did: none is issued sooner, none that was kept back at all."""
    sql = """
        update invoice set kept_back_at = coalesce(kept_back_at, $3),
               issue_at = case when coalesce(kept_back_at, $3) is null then greatest(issue_at, $2) end
        where id = any($1)
    """
    if issue_at is not None or kept_back_at is not None:
        await db.execute(sql, list(drafts), issue_at, kept_back_at)


async def tidy(draft: DraftRow) -> bool:
    """After lines went: number those that stay and count them; False when none stayed, and the draft is gone."""
    await db.execute(
        """
        update invoice_line l set position = n.place
        from (select id, row_number() over (order by position, id) as place from invoice_line where invoice = $1) n
        where n.id = l.id and l.position <> n.place
        """,
        draft.id,
    )
    if await db.value("select exists (select from invoice_line where invoice = $1)", draft.id):
        await recount(draft)
        return True
    await db.execute("delete from invoice where id = $1", draft.id)
    return False
