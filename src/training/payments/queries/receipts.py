"""Receipts, and what they are made of: a payment, who paid, and what it settles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from training.billing.rules.payments import Way
from training.kernel import db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.payments.documents import Settled


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt. `payer` is None where nobody known paid."""

    id: int
    payment: int
    number: str
    issued_on: date
    received_on: date
    way: Way
    amount_cents: int
    payer: int | None
    payer_name: str
    payer_slug: str | None
    paper: int


_RECEIPT = """
    select r.id, p.id as payment, e.number, e.issued_on, p.received_on, p.way, p.amount_cents, p.payer,
           coalesce(o.name, p.payer_name) as payer_name, o.slug as payer_slug, e.paper
    from receipt r
    join payment p on p.id = r.payment
    join ledger_entry e on e.id = r.entry
    left join organisation o on o.id = p.payer
"""


async def receipt(scope: Scope, id: int) -> ReceiptView | None:  # noqa: A002
    """A receipt by id."""
    return next(iter(await _receipts(scope, "r.id = {}", id)), None)


async def receipt_by_number(scope: Scope, number: str) -> ReceiptView | None:
    """A receipt by its number, typed in either case."""
    return next(iter(await _receipts(scope, "e.number = {}", number.upper())), None)


async def receipts_of(scope: Scope, receivable: int) -> list[ReceiptView]:
    """The receipts of the payments that settled something of a receivable, the oldest first."""
    return await _receipts(scope, "p.id in (select payment from settlement where receivable = {})", receivable)


async def _receipts(scope: Scope, clause: str, value: object) -> list[ReceiptView]:
    where = Clauses()
    where.within(scope, "p.payer")
    where.add(clause, value)
    return await db.rows(ReceiptView, f"{_RECEIPT} where {where} order by r.id", *where.values)


@dataclass(frozen=True, slots=True)
class Received:
    """A payment as its receipt tells it."""

    id: int
    way: Way
    payer: int | None
    payer_name: str
    received_on: date
    amount_cents: int
    left_cents: int
    reference: str


async def received(payment: int) -> Received | None:
    """A payment by id."""
    sql = """
        select id, way, payer, payer_name, received_on, amount_cents, amount_cents - used_cents as left_cents, reference
        from payment where id = $1
    """
    return await db.row(Received, sql, payment)


async def settled_by(payment: int) -> list[Settled]:
    """What a payment settles, and what remains due of each, the oldest first."""
    sql = """
        select r.number, r.issued_on, r.gross_cents, sum(s.amount_cents)::bigint as cents,
               r.gross_cents - r.settled_cents as due_cents
        from settlement s join receivable r on r.id = s.receivable
        where s.payment = $1 group by r.id having sum(s.amount_cents) > 0 order by r.issued_on, r.number
    """
    return await db.rows(Settled, sql, payment)


async def first_invoice_of(payment: int) -> tuple[int, int] | None:
    """(id, generation of its links) of the oldest invoice that a payment settles something of."""
    sql = """
        select i.id, i.generation from settlement s
        join receivable r on r.id = s.receivable join invoice i on i.id = r.invoice
        where s.payment = $1 order by r.issued_on, r.number limit 1
    """
    found = await db.connection().fetchrow(sql, payment)
    return None if found is None else (int(found["id"]), int(found["generation"]))


async def left_of_credit_note(invoice: int) -> int:
    """What a credit note leaves to its payer's credit: its invoice was paid already."""
    sql = "select coalesce(sum(amount_cents - used_cents), 0)::bigint from payment where credit_note = $1"
    return int(await db.value(sql, invoice))
