"""A draft is put right before it is issued: its references, lines by hand, and which lines stand together.

What a booking makes (kind `service`) is not edited here: the booking, its offer or its shares say it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal

from training.billing.actions.drafting import (
    DraftRow,
    lock_draft,
    lock_drafts,
    new_draft,
    recount,
    tidy,
    write_line,
)
from training.billing.queries.invoices import LineView, lines
from training.billing.queries.owing import OwedLine
from training.billing.rules.states import DocumentKind
from training.billing.tables.invoices import Invoice, InvoiceLine
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.money import decimal
from training.kernel.permissions import Permission
from training.papers.rules.lines import DETAIL_MAX, LineKind, check_line, line_cents
from training.papers.rules.references import NO_REFERENCES, References, check_references, check_subject
from training.records.actions.acting import acting


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """What the invoice says besides its lines; an empty text takes it away."""

    references: References = NO_REFERENCES
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line by hand. Cents, net. A discount's quantity counts below zero, typed with its sign or without.

    Dates, booking and accounts left out are those of the draft's own lines.
    """

    kind: LineKind
    description: str
    unit_price_cents: int
    quantity: Decimal = Decimal(1)
    unit: str = "LS"
    detail: str = ""
    served_from: date | None = None
    served_until: date | None = None
    booking: int | None = None
    analytic_code: str | None = None
    sales_account: str | None = None


async def edit_draft(actor: Actor, invoice: int, facts: DraftFacts, *, seen: int | None = None) -> None:
    """Write a draft's references. Invalid: too long. Conflict: issued."""
    actor.must(Permission.INVOICES_PREPARE)
    check_references(facts.references)
    check_subject(facts.subject.strip())
    async with acting(actor, "invoice.edit", ("invoice", invoice)) as change:
        await _lock_editable(invoice)
        values = {**asdict(facts.references), "subject": facts.subject.strip()}
        await change.edit(Invoice, invoice, values, seen=seen)


async def add_line(actor: Actor, invoice: int, new: NewLine) -> int:
    """Add a line by hand; returns its id. The same line twice is one: a form may be sent twice.

    Invalid: what cannot be a line. Conflict: issued, a deposit, or a total that would be negative.
    """
    actor.must(Permission.INVOICES_PREPARE)
    quantity = _checked(new)
    async with acting(actor, "invoice.add-line", ("invoice", invoice)) as change:
        change.about("invoice", invoice, "lines")
        draft = await _lock_editable(invoice, lines_too=True)
        present = await lines(invoice)
        if same := next((item.id for item in present if _is(item, new, quantity)), None):
            return same
        item = await _filled(new, quantity, invoice)
        change.edited("line", None, _said(item))
        line = await write_line(invoice, item)
        await _count(draft)
    return line


async def change_line(actor: Actor, line: int, new: NewLine, *, seen: int | None = None) -> None:
    """Put another line by hand in the place of one. Conflict: the line of a booking, or as for `add_line`.

    `seen`: EditedMeanwhile, as `Change.edit`.
    """
    actor.must(Permission.INVOICES_PREPARE)
    quantity = _checked(new)
    async with acting(actor, "invoice.change-line") as change:
        draft, old = await _lock_line(line)
        change.about("invoice", draft.id, "lines")
        item = await _filled(new, quantity, draft.id)
        if _said(item) != (before := _said(old)):
            await change.check_seen(seen, {"line"}, now=before)
            change.edited("line", before, _said(item))
        await InvoiceLine.update(
            {
                InvoiceLine.kind: item.kind,
                InvoiceLine.description: item.description,
                InvoiceLine.detail: item.detail,
                InvoiceLine.quantity: item.quantity,
                InvoiceLine.unit: item.unit,
                InvoiceLine.unit_price_cents: item.unit_price_cents,
                InvoiceLine.net_cents: line_cents(item.quantity, item.unit_price_cents),
            }
        ).where(InvoiceLine.id == line)
        await _count(draft)


async def remove_line(actor: Actor, line: int) -> bool:
    """Take a line by hand away; False when it was the last one, and the draft is gone with it."""
    async with acting(actor, "invoice.remove-line") as change:
        actor.must(Permission.INVOICES_PREPARE)
        draft, old = await _lock_line(line)
        change.about("invoice", draft.id, "lines")
        change.edited("line", _said(old), None)
        await db.execute("delete from invoice_line where id = $1", line)
        stays = await tidy(draft)
        if stays:
            await _count(draft)
    return stays


async def move_line(actor: Actor, line: int, to: int | None = None) -> int:
    """Put a line on another draft of the same payer, regime, service and engagement; None: on a new one.

    Returns the draft where it is now; one that is left empty goes. Conflict: the two are not alike, one is issued, or
    a total would be negative.
    """
    async with acting(actor, "invoice.move-line") as change:
        actor.must(Permission.INVOICES_PREPARE)
        at = await _where(line)
        locked = {draft.id: draft for draft in await lock_drafts([at, *([to] if to is not None else [])])}
        source = locked.get(at) or await _lock_editable(at, lines_too=True)
        _check_kind(source)
        if to == at:
            return at
        target = await _target(source, to, locked)
        change.about("invoice", target.id, "lines")
        last = await db.value(
            "select coalesce(max(position), 0)::integer from invoice_line where invoice = $1", target.id
        )
        moved = "update invoice_line set invoice = $2, position = $3 where id = $1 and invoice = $4 returning id"
        if await db.value(moved, line, target.id, last + 1, source.id) is None:
            raise Conflict(_("Cette ligne vient d’être déplacée : regardez où elle est."))
        if await tidy(source):
            await _count(source)
        await _count(target)
    return target.id


async def _target(source: DraftRow, to: int | None, locked: dict[int, DraftRow]) -> DraftRow:
    if to is None:
        return await new_draft(replace(source, month=None, replaces=None))  # alone: it waits for no month's end
    target = locked.get(to) or await lock_draft(to)
    _check_kind(target)
    if target.payer != source.payer:
        raise Conflict(_("Ces deux brouillons ne sont pas de la même structure."))
    if target.vat_regime != source.vat_regime:  # BR-O-11; one regime an invoice
        raise Conflict(_("Ces deux brouillons n’ont pas le même régime de TVA : ils restent séparés."))
    if target.references.ordered != source.references.ordered:
        raise Conflict(
            _("Ces deux brouillons n’ont pas le même service ou le même engagement : une facture n’en porte qu’un.")
        )
    return target


def _checked(new: NewLine) -> Decimal:
    if len(new.detail.strip()) > DETAIL_MAX:
        raise Invalid(_("{n} caractères au plus.").format(n=DETAIL_MAX), field="detail")
    if new.served_from and new.served_until and new.served_until < new.served_from:
        raise Invalid(_("La fin est avant le début."), field="served_until")
    return check_line(new.kind, new.description, new.quantity, new.unit, new.unit_price_cents)


def _is(item: LineView, new: NewLine, quantity: Decimal) -> bool:
    return (item.kind, item.description, item.detail, item.unit, item.quantity, item.unit_price_cents) == (
        new.kind, new.description.strip(), new.detail.strip(), new.unit, quantity, new.unit_price_cents,
    )  # fmt: skip


def _said(item: OwedLine | LineView) -> str:
    """A line as the table of changes keeps it."""
    words = " – ".join(part for part in (item.description, item.detail) if part)
    return f"{words} : {item.quantity:g} × {decimal(item.unit_price_cents)} €"


async def _filled(new: NewLine, quantity: Decimal, invoice: int) -> OwedLine:
    """With the dates of what is invoiced, and the booking and accounts where all lines have the same."""
    sql = """
        select min(served_from) as first, max(served_until) as last,
               case when count(distinct booking) = 1 then min(booking) end as booking,
               case when count(distinct analytic_code) = 1 then min(analytic_code) end as analytic_code,
               case when count(distinct sales_account) = 1 then min(sales_account) end as sales_account
        from invoice_line where invoice = $1
    """
    usual = await db.connection().fetchrow(sql, invoice)
    return OwedLine(
        kind=new.kind,
        description=new.description.strip(),
        detail=new.detail.strip(),
        quantity=quantity,
        unit=new.unit,
        unit_price_cents=new.unit_price_cents,
        served_from=new.served_from or usual["first"],
        served_until=new.served_until or usual["last"],
        booking=new.booking or usual["booking"],
        analytic_code=new.analytic_code or usual["analytic_code"],
        sales_account=new.sales_account or usual["sales_account"],
    )


async def _lock_editable(invoice: int, *, lines_too: bool = False) -> DraftRow:
    draft = await lock_draft(invoice)
    if draft.kind == DocumentKind.CREDIT_NOTE:
        raise Conflict(_("Un avoir dit ce que disait la facture : il ne se modifie pas."))
    if lines_too:
        _check_kind(draft)
    return draft


def _check_kind(draft: DraftRow) -> None:
    if draft.kind != DocumentKind.INVOICE:
        raise Conflict(_("Les lignes d’un acompte ou d’un avoir ne se modifient pas."))


async def _lock_line(line: int) -> tuple[DraftRow, LineView]:
    """A line by hand, on a draft. NotFound, Conflict."""
    draft = await _lock_editable(await _where(line), lines_too=True)
    found = next((item for item in await lines(draft.id) if item.id == line), None)
    if found is None:
        raise NotFound(_("Cette ligne n’existe plus."))
    if found.kind == LineKind.SERVICE:
        raise Conflict(
            _("Cette ligne vient d’une réservation : ajoutez une remise ou un supplément, ou annulez la réservation.")
        )
    return draft, found


async def _where(line: int) -> int:
    invoice = await db.value("select invoice from invoice_line where id = $1", line)
    if invoice is None:
        raise NotFound(_("Cette ligne n’existe plus."))
    return int(invoice)


async def _count(draft: DraftRow) -> None:
    """Conflict when the draft would be of less than nothing."""
    if await recount(draft) < 0:
        raise Conflict(
            _("Le total deviendrait négatif : une facture est de zéro euro au moins. Faites plutôt un avoir.")
        )
