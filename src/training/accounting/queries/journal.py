"""What the journal has not carried yet, as its entries want it; and the exports that were made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from training.accounting.formats.journal import (
    ClientAccount,
    GivenUp,
    Lettering,
    PaymentIn,
    Refunded,
    Sale,
    SalesPart,
    SettledPart,
    Source,
    Transferred,
    letters,
)
from training.accounting.rules.accounts import Accounts
from training.billing.rules.payments import SettlementKind, Way
from training.billing.rules.states import DocumentKind
from training.kernel import db


async def accounts() -> Accounts:
    """The accountant's codes, or the usual ones."""
    names = ", ".join(f.name for f in fields(Accounts))
    return await db.row(Accounts, f"select {names} from accounting where id = 1") or Accounts()


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export that was made."""

    number: int
    until: date
    entries: int
    file: int
    created_at: datetime


_EXPORT = "select number, until, entries, file, created_at from journal_export"


async def exports(limit: int = 100) -> list[ExportView]:
    """The exports, the last first."""
    return await db.rows(ExportView, f"{_EXPORT} order by number desc limit {limit:d}")


async def export(number: int) -> ExportView | None:
    """One export by its number."""
    return await db.row(ExportView, _EXPORT + " where number = $1", number)


@dataclass(frozen=True, slots=True)
class _Sold:
    id: int
    kind: DocumentKind
    number: str
    on: date
    vat_cents: int
    client: int
    account: str | None
    name: str


@dataclass(frozen=True, slots=True)
class _Money:
    id: int
    way: Way
    on: date
    cents: int
    reference: str
    client: int | None
    account: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class _Settlement:
    id: int
    kind: SettlementKind
    on: date
    cents: int
    payment: int | None
    way: Way | None
    number: str | None
    receivable: int | None
    source: int | None
    source_account: str | None
    source_name: str | None
    target: int | None
    target_account: str | None
    target_name: str | None


@dataclass(frozen=True, slots=True)
class _Share:
    """What a payment, or a credit note, settled of a receivable, in all."""

    payment: int
    receivable: int
    invoice: int | None
    credit_note: int | None
    amount_cents: int
    cents: int
    same: bool
    last: date


def _client(id: int | None, account: str | None, name: str | None) -> ClientAccount | None:  # noqa: A002
    """A client without an account of its own gets one from its row, the same for ever."""
    return None if id is None else ClientAccount(account or f"C{id:05d}", name or "")


async def not_exported(until: date) -> list[Source]:
    """Everything dated up to `until` that no export has carried."""
    sold = await db.rows(_Sold, _SOLD, until)
    money = await db.rows(_Money, _MONEY, until)
    moves = await db.rows(_Settlement, _MOVES, until)
    shares = await db.rows(_Share, _SHARES, [s.id for s in sold], [m.id for m in money], until)
    parts = await _parts([s.id for s in sold])
    letter = await _letters(until, sold, money, shares)
    of_invoice = {share.invoice: letter.get(share.receivable) for share in shares if share.invoice}
    of_credit = {s.credit_note: letter.get(s.receivable) for s in shares if s.credit_note and s.cents == s.amount_cents}
    sales = [
        Sale(
            s.id,
            s.kind == DocumentKind.CREDIT_NOTE,
            s.number,
            s.on,
            _client(s.client, s.account, s.name) or ClientAccount("", ""),
            tuple(parts.get(s.id, ())),
            s.vat_cents,
            (of_credit if s.kind == DocumentKind.CREDIT_NOTE else of_invoice).get(s.id),
        )
        for s in sold
    ]
    settled = _settled(shares, letter)
    received = [
        PaymentIn(m.id, m.way, m.on, m.cents, _client(m.client, m.account, m.name), m.reference, settled.get(m.id, ()))
        for m in money
    ]
    return [*sales, *received, *(_moved(move, letter) for move in moves)]


async def count_not_exported(until: date) -> int:
    """How many of them there are."""
    counted = " + ".join(f"(select count(*) from ({sql}) x)" for sql in (_SOLD, _MONEY, _MOVES))
    return int(await db.value(f"select {counted}", until))


def _settled(shares: Iterable[_Share], letter: dict[int, Lettering]) -> dict[int, tuple[SettledPart, ...]]:
    found: dict[int, tuple[SettledPart, ...]] = {}
    for share in shares:
        if share.same and share.cents > 0 and share.credit_note is None:
            part = SettledPart(share.cents, letter.get(share.receivable))
            found[share.payment] = (*found.get(share.payment, ()), part)
    return found


def _moved(move: _Settlement, letter: dict[int, Lettering]) -> Source:
    source = _client(move.source, move.source_account, move.source_name)
    target = _client(move.target, move.target_account, move.target_name)
    tied = letter.get(move.receivable or 0)
    if move.kind == SettlementKind.REFUND:
        return Refunded(move.id, Way(move.way or Way.TRANSFER), move.on, move.cents, source, move.payment or 0)
    if move.kind == SettlementKind.WRITE_OFF:
        return GivenUp(move.id, move.on, move.cents, target or ClientAccount("", ""), move.number or "", tied)
    return Transferred(move.id, move.on, move.cents, source, target, move.number or "", tied)


async def _parts(sold: Sequence[int]) -> dict[int, list[SalesPart]]:
    sql = """
        select invoice, sales_account, coalesce(analytic_code, '') as analytic, sum(net_cents)::bigint as net_cents
        from invoice_line where invoice = any($1) group by 1, 2, 3 order by 1, 2 nulls first, 3
    """
    found: dict[int, list[SalesPart]] = {}
    for r in await db.connection().fetch(sql, sold):
        found.setdefault(r["invoice"], []).append(SalesPart(r["sales_account"], r["analytic"], r["net_cents"]))
    return found


async def _letters(
    until: date, sold: Sequence[_Sold], money: Sequence[_Money], shares: Sequence[_Share]
) -> dict[int, Lettering]:
    """Receivables that are settled in whole, whose every line is in this export: their letters balance in it."""
    here, paid = {s.id for s in sold}, {m.id for m in money}
    sql = """
        select r.id, r.invoice, max(s.settled_on) as last,
               bool_and(x.id is null) as fresh, array_agg(distinct s.payment) as payments
        from receivable r join settlement s on s.receivable = r.id
        left join journal_exported x on x.source_kind = 'settlement' and x.source_id = s.id
        where r.invoice = any($1) and r.settled_cents = r.gross_cents
        group by r.id, r.invoice having max(s.settled_on) <= $2
    """
    whole = {
        s.payment for s in shares if s.credit_note in here and s.cents == s.amount_cents and s.credit_note is not None
    }
    return {
        r["id"]: Lettering(letters(r["id"]), r["last"])
        for r in await db.connection().fetch(sql, sorted(here), until)
        if r["fresh"] and {p for p in r["payments"] if p is not None} <= paid | whole
    }


_SOLD = """
    select i.id, i.kind, i.number, i.issued_on as "on", i.vat_cents, i.payer as client, o.client_account as account,
           o.name
    from invoice i join organisation o on o.id = i.payer
    where i.state = 'issued' and i.issued_on <= $1
      and not exists (select 1 from journal_exported x where x.source_kind = 'invoice' and x.source_id = i.id)
    order by i.issued_on, i.entry
"""
_MONEY = """
    select p.id, p.way, p.received_on as "on", p.amount_cents as cents, p.reference, p.payer as client,
           o.client_account as account, o.name
    from payment p left join organisation o on o.id = p.payer
    where p.way <> 'credit_note' and p.received_on <= $1
      and not exists (select 1 from journal_exported x where x.source_kind = 'payment' and x.source_id = p.id)
    order by p.received_on, p.id
"""
# A settlement moves money between accounts only when payer and debtor are not the same.
_MOVES = """
    select s.id, s.kind, s.settled_on as "on", s.amount_cents as cents, s.payment, p.way, r.number,
           s.receivable, p.payer as source, a.client_account as source_account, a.name as source_name,
           r.payer as target, b.client_account as target_account, b.name as target_name
    from settlement s
    left join payment p on p.id = s.payment
    left join receivable r on r.id = s.receivable
    left join organisation a on a.id = p.payer
    left join organisation b on b.id = r.payer
    where s.settled_on <= $1
      and (s.kind in ('refund', 'write_off') or p.payer is distinct from r.payer)
      and not exists (select 1 from journal_exported x where x.source_kind = 'settlement' and x.source_id = s.id)
    order by s.settled_on, s.id
"""
_SHARES = """
    select s.payment, s.receivable, r.invoice, p.credit_note, p.amount_cents, sum(s.amount_cents)::bigint as cents,
           p.payer is not distinct from r.payer as same, max(s.settled_on) as last
    from settlement s join payment p on p.id = s.payment join receivable r on r.id = s.receivable
    where (r.invoice = any($1) or p.credit_note = any($1) or s.payment = any($2)) and s.settled_on <= $3
    group by s.payment, s.receivable, r.invoice, p.credit_note, p.amount_cents, p.payer, r.payer
    order by s.payment, s.receivable
"""
