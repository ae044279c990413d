"""What may still be credited of an invoice, line by line and in all; and its credit notes and replacement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from training.billing.rules.crediting import Stands
from training.kernel import db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.kernel.i18n import _
from training.papers.rules.lines import LineKind


@dataclass(frozen=True, slots=True)
class CreditableLine:
    """A line of an issued invoice, and what of it was taken back. Cents without VAT; of a discount, negative."""

    id: int
    kind: LineKind
    description: str
    detail: str
    unit: str
    quantity: Decimal
    unit_price_cents: int
    net_cents: int
    credited_cents: int

    @property
    def left_cents(self) -> int:
        """What may still be credited."""
        return self.net_cents - self.credited_cents


@dataclass(frozen=True, slots=True)
class CreditNoteView:
    """A credit note of an invoice, and why it was made."""

    id: int
    number: str
    issued_on: date
    net_cents: int
    vat_cents: int
    gross_cents: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Replacement:
    """The invoice that cancels and replaces another; without a number, still a draft."""

    id: int
    number: str | None


async def creditable(invoice: int) -> list[CreditableLine]:
    """The lines of an issued invoice with what its credit notes took back of each."""
    sql = """
        select l.id, l.kind, l.description, l.detail, l.unit, trim_scale(l.quantity) as quantity, l.unit_price_cents,
               l.net_cents,
               (select coalesce(sum(c.net_cents), 0)::bigint from invoice_line c where c.corrects = l.id)
               as credited_cents
        from invoice_line l where l.invoice = $1 order by l.position
    """
    return await db.rows(CreditableLine, sql, invoice)


async def credit_notes(scope: Scope, invoice: int) -> list[CreditNoteView]:
    """The issued credit notes of an invoice, the oldest first."""
    where = Clauses()
    where.within(scope, "payer")
    where.add("corrects = {} and state = 'issued'", invoice)
    columns = "id, number, issued_on, net_cents, vat_cents, gross_cents, reason"
    sql = f"select {columns} from invoice where {where} order by id"
    return await db.rows(CreditNoteView, sql, *where.values)


async def replacement(invoice: int) -> Replacement | None:
    """The invoice or draft that replaces this one."""
    return await db.row(Replacement, "select id, number from invoice where replaces = $1 order by id limit 1", invoice)


async def stands(invoice: int) -> Stands:
    """What decides whether another invoice may take the place of this one."""
    sql = """
        select i.state, i.kind, exists (select from invoice where corrects = i.id and state = 'issued') as credited,
               (select coalesce(sum(net_cents), 0) from invoice_line where invoice = i.id)::bigint - (
                   select coalesce(sum(c.net_cents), 0) from invoice_line c join invoice_line l on l.id = c.corrects
                   where l.invoice = i.id
               )::bigint as left_cents,
               (select coalesce(number, $2) from invoice where replaces = i.id order by id limit 1) as replaced_by
        from invoice i where i.id = $1
    """
    found = await db.row(Stands, sql, invoice, _("son brouillon"))
    assert found is not None  # noqa: S101 - its caller holds it
    return found
