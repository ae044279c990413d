"""What the journal has not carried yet, as its entries want it, on the accounts that its invoice was written on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from training.accounting.queries.journal import Kept, kept
from training.accounting.rules.entries import (
    ClientAccount,
    GivenUp,
    PaymentIn,
    Refunded,
    Sale,
    SalesPart,
    SettledPart,
    Source,
    Transferred,
    VatDue,
)
from training.billing.rules.payments import SettlementKind, Way
from training.billing.rules.states import DocumentKind
from training.kernel import db

_BEGINNING = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class _Sold:
    id: int
    kind: DocumentKind
    number: str
    on: date
    vat_cents: int
    waits: bool
    corrects: int | None
    receivable: int | None
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
    credit_note: int | None
    way: Way | None
    number: str | None
    receivable: int | None
    invoice: int | None
    source: int | None
    source_account: str | None
    source_name: str | None
    target: int | None
    target_account: str | None
    target_name: str | None


@dataclass(frozen=True, slots=True)
class _Share:
    """What a payment, or a credit note, settled of a receivable of its own payer, in all."""

    payment: int
    credit_note: int | None
    receivable: int
    invoice: int | None
    cents: int


@dataclass(frozen=True, slots=True)
class _Vat:
    """The VAT of what a settlement settles. `cashed`: it is due; else its credit note or write-off takes it back."""

    id: int
    on: date
    cents: int
    cashed: bool
    fresh: bool
    waits: bool
    invoice: int
    number: str
    credit_note: int | None


@dataclass(frozen=True, slots=True)
class _Part:
    invoice: int
    sales_account: str | None
    analytic: str
    deposit: bool
    asked: int | None  # the deposit invoice that is taken off, or credited
    net_cents: int


def _client(id: int | None, account: str | None, name: str | None) -> ClientAccount | None:  # noqa: A002
    """A client without an account of its own gets one from its row, the same for ever."""
    return None if id is None else ClientAccount(account or f"C{id:05d}", name or "")


async def not_exported(until: date, first: date = _BEGINNING) -> list[Source]:
    """Everything dated from `first` up to a day that no export has carried."""
    sold = await db.rows(_Sold, _SOLD, first, until)
    money = await db.rows(_Money, _MONEY, first, until)
    moves = await db.rows(_Settlement, _MOVES, first, until)
    vat = await db.rows(_Vat, _VAT, first, until)
    shares = await db.rows(_Share, _SHARES, [s.id for s in sold], [m.id for m in money], until)
    parts = await db.rows(_Part, _PARTS, [s.id for s in sold])
    invoices = {s.corrects for s in sold} | {one.invoice for one in shares} | {p.asked for p in parts}
    invoices |= {one.invoice for one in moves} | {one.invoice for one in vat}
    payments = {move.payment for move in moves}
    before = _Before(await kept(_known(invoices | {move.credit_note for move in moves}), _known(payments)))
    due = [before.vat_due(one) for one in vat if one.cashed and one.fresh and one.cents and before.waits(one)]
    return [
        *_sales(sold, parts, shares, vat, before),
        *_received(money, shares, before),
        *(before.moved(move, vat) for move in moves),
        *due,
    ]


def _known(ids: Iterable[int | None]) -> list[int]:
    return sorted(one for one in ids if one is not None)


async def count_not_exported(until: date) -> int:
    """How many invoices, payments and moves there are of it."""
    counted = " + ".join(f"(select count(*) from ({sql}) x)" for sql in (_SOLD, _MONEY, _MOVES))
    return int(await db.value(f"select {counted}", _BEGINNING, until))


async def settled_in_whole(first: date, until: date) -> dict[int, date]:
    """The receivables of a period that were settled in whole at its end → the day of the last settlement."""
    sql = """
        select r.id, max(s.settled_on) as last from receivable r join settlement s on s.receivable = r.id
        where r.issued_on between $1 and $2 and s.settled_on <= $2
        group by r.id, r.gross_cents having sum(s.amount_cents) = r.gross_cents
    """
    return {r["id"]: r["last"] for r in await db.connection().fetch(sql, first, until)}


class _Before:
    """What exports wrote before: whatever follows goes to the same accounts."""

    def __init__(self, written: Mapping[tuple[str, int], Kept]) -> None:
        self._written = written

    def accounts(self, invoice: int | None) -> Mapping[str, str]:
        """Role → account of an invoice, nothing when no export wrote it."""
        found = self._written.get(("invoice", invoice or 0))
        return found.accounts if found else {}

    def owes(self, invoice: int | None) -> ClientAccount | None:
        """The account of who owes an invoice, when an export wrote it."""
        return self.client("invoice", invoice, None)

    def client(self, kind: str, id: int | None, usual: ClientAccount | None) -> ClientAccount | None:  # noqa: A002
        """The account of who owes an invoice, or of whose a payment is."""
        found = self._written.get((kind, id or 0))
        return (found and found.client) or usual

    def waits(self, vat: _Vat) -> bool:
        """Whether an invoice's VAT waits for its payment: as it was exported, else as it was issued."""
        written = self.accounts(vat.invoice)
        return "vat_waiting_account" in written if written else vat.waits

    def vat_due(self, one: _Vat) -> VatDue:
        return VatDue(one.id, one.on, one.cents, one.number, self.accounts(one.invoice))

    def moved(self, move: _Settlement, vat: Iterable[_Vat]) -> Source:
        source = _client(move.source, move.source_account, move.source_name)
        paid_by = ("invoice", move.credit_note) if move.credit_note else ("payment", move.payment)
        source = self.client(*paid_by, source)
        target = _client(move.target, move.target_account, move.target_name)
        target = self.client("invoice", move.invoice, target)
        if move.kind == SettlementKind.REFUND:
            return Refunded(move.id, move.way or Way.TRANSFER, move.on, move.cents, source, move.payment or 0)
        if move.kind == SettlementKind.WRITE_OFF:
            waiting = sum(one.cents for one in vat if one.id == move.id and self.waits(one))
            owes = target or ClientAccount("", "")
            return GivenUp(
                move.id, move.on, move.cents, owes, move.number or "", move.receivable, waiting,
                self.accounts(move.invoice),
            )  # fmt: skip
        return Transferred(move.id, move.on, move.cents, source, target, move.number or "", move.receivable)


def _sales(
    sold: Sequence[_Sold], parts: Iterable[_Part], shares: Iterable[_Share], vat: Sequence[_Vat], before: _Before
) -> list[Source]:
    of: dict[int, list[SalesPart]] = {}
    for part in parts:
        of.setdefault(part.invoice, []).append(_sales_part(part, before))
    settled: dict[int, tuple[SettledPart, ...]] = {}
    for share in shares:
        if share.credit_note and share.cents > 0:
            settled[share.credit_note] = (*settled.get(share.credit_note, ()), _settled(share, before))
    return [_sale(s, tuple(of.get(s.id, ())), settled.get(s.id, ()), vat, before) for s in sold]


def _sale(
    s: _Sold, parts: tuple[SalesPart, ...], settled: tuple[SettledPart, ...], vat: Sequence[_Vat], before: _Before
) -> Sale:
    credit = s.kind == DocumentKind.CREDIT_NOTE
    client = _client(s.client, s.account, s.name) or ClientAccount("", "")
    if credit:
        taken = [one for one in vat if one.credit_note == s.id and not one.cashed and before.waits(one)]
        waiting = min(sum(one.cents for one in taken), s.vat_cents)
        client = before.client("invoice", s.corrects, client) or client
    else:
        waiting = s.vat_cents if s.waits else 0
    written = before.accounts(s.corrects) if credit else {}
    # settled parts of somebody else's receivable are moved by entries of their own
    return Sale(s.id, credit, s.number, s.on, client, parts, s.vat_cents, waiting, s.receivable, settled, written)


def _sales_part(part: _Part, before: _Before) -> SalesPart:
    """A deposit that an export wrote as a sale stays one."""
    written = before.accounts(part.asked)
    if part.deposit and not (written and "deposit_account" not in written):
        return SalesPart(written.get("deposit_account"), part.analytic, part.net_cents, deposit=True)
    return SalesPart(part.sales_account, part.analytic, part.net_cents)


def _settled(share: _Share, before: _Before) -> SettledPart:
    return SettledPart(share.cents, share.receivable, before.owes(share.invoice))


def _received(money: Iterable[_Money], shares: Iterable[_Share], before: _Before) -> list[Source]:
    settled: dict[int, tuple[SettledPart, ...]] = {}
    for share in shares:
        if share.cents > 0 and share.credit_note is None:
            settled[share.payment] = (*settled.get(share.payment, ()), _settled(share, before))
    return [
        PaymentIn(m.id, m.way, m.on, m.cents, _client(m.client, m.account, m.name), m.reference, settled.get(m.id, ()))
        for m in money
    ]


# VAT is due when a service is paid, unless the invoice says that it was opted for on debits (CGI art. 269-2 c).
_WAITS = """
    (i.vat_cents <> 0 and i.kind <> 'credit_note'
     and not coalesce(
         (select (e.snapshot::jsonb ->> 'vat_on_debits')::boolean from ledger_entry e where e.id = i.entry), false
     ))
"""
_SOLD = f"""
    select i.id, i.kind, i.number, i.issued_on as "on", i.vat_cents, {_WAITS} as waits, i.corrects,
           r.id as receivable, i.payer as client, o.client_account as account, o.name
    from invoice i join organisation o on o.id = i.payer left join receivable r on r.invoice = i.id
    where i.state = 'issued' and i.issued_on between $1 and $2
      and not exists (select 1 from journal_exported x where x.source_kind = 'invoice' and x.source_id = i.id)
    order by i.issued_on, i.entry
"""
_MONEY = """
    select p.id, p.way, p.received_on as "on", p.amount_cents as cents, p.reference, p.payer as client,
           o.client_account as account, o.name
    from payment p left join organisation o on o.id = p.payer
    where p.way <> 'credit_note' and p.received_on between $1 and $2
      and not exists (select 1 from journal_exported x where x.source_kind = 'payment' and x.source_id = p.id)
    order by p.received_on, p.id
"""
# A settlement moves money between accounts only when payer and debtor are not the same.
_MOVES = """
    select s.id, s.kind, s.settled_on as "on", s.amount_cents as cents, s.payment, p.credit_note,
           p.way, r.number, s.receivable, r.invoice, p.payer as source, a.client_account as source_account,
           a.name as source_name, r.payer as target, b.client_account as target_account, b.name as target_name
    from settlement s
    left join payment p on p.id = s.payment
    left join receivable r on r.id = s.receivable
    left join organisation a on a.id = p.payer
    left join organisation b on b.id = r.payer
    where s.settled_on between $1 and $2
      and (s.kind in ('refund', 'write_off') or p.payer is distinct from r.payer)
      and not exists (select 1 from journal_exported x where x.source_kind = 'settlement' and x.source_id = s.id)
    order by s.settled_on, s.id
"""
_SHARES = """
    select s.payment, p.credit_note, s.receivable, r.invoice, sum(s.amount_cents)::bigint as cents
    from settlement s join payment p on p.id = s.payment join receivable r on r.id = s.receivable
    where (p.credit_note = any($1) or s.payment = any($2)) and s.settled_on <= $3
      and p.payer is not distinct from r.payer
    group by s.payment, p.credit_note, s.receivable, r.invoice
    order by s.payment, s.receivable
"""
# A line below zero of a service takes a deposit off; a discount is another kind. A deposit that is credited after it
# was taken off is a sale that is taken back.
_PARTS = """
    select l.invoice, l.sales_account, coalesce(l.analytic_code, '') as analytic, t.deposit,
           case when t.deposit then coalesce(
               case when i.kind = 'credit_note' and c.kind = 'deposit' then c.id end, d.id
           ) end as asked,
           sum(l.net_cents)::bigint as net_cents
    from invoice_line l
    join invoice i on i.id = l.invoice
    left join invoice c on c.id = i.corrects
    left join lateral (
        select x.invoice as id from billable k join invoice_line x on x.id = k.invoice_line
        where k.booking = l.booking and k.payer = i.payer and k.part = 'deposit'
          and l.kind = 'service' and l.quantity < 0
    ) d on true
    cross join lateral (
        select i.kind = 'deposit'
            or l.kind = 'service' and l.quantity < 0
            or i.kind = 'credit_note' and c.kind = 'deposit' and not exists (
                select from invoice_line o join invoice f on f.id = o.invoice
                where o.booking = l.booking and o.kind = 'service' and o.quantity < 0 and f.kind = 'invoice'
                  and f.state = 'issued' and f.payer = i.payer and f.entry < i.entry and not exists (
                      select from invoice_line b join invoice g on g.id = b.invoice
                      where b.corrects = o.id and g.state = 'issued' and g.entry < i.entry
                  )
            ) as deposit
    ) t
    where l.invoice = any($1)
    group by 1, 2, 3, 4, 5 order by 1, 2 nulls first, 3, 4, 5
"""
# Money takes an invoice's VAT from its beginning, what is given up or credited from its end: in whatever order they
# come, each share stays as it was and all of them add up to the VAT.
_VAT = f"""
    with touched as (
        select distinct s.receivable from settlement s join receivable r on r.id = s.receivable
        join invoice i on i.id = r.invoice
        where greatest(s.settled_on, r.issued_on) between $1 and $2 and i.vat_cents <> 0 and i.gross_cents > 0
    ), told as (
        select s.id, greatest(s.settled_on, r.issued_on) as "on", s.amount_cents as cents, i.vat_cents::numeric as vat,
               i.gross_cents::numeric as gross, i.id as invoice, i.number, p.credit_note, {_WAITS} as waits,
               s.payment is not null and not coalesce(c.corrects = i.id and c.issued_on = s.settled_on, false) as cashed
        from touched t
        join settlement s on s.receivable = t.receivable
        join receivable r on r.id = t.receivable
        join invoice i on i.id = r.invoice
        left join payment p on p.id = s.payment
        left join invoice c on c.id = p.credit_note
    ), run as (
        select *, sum(cents) over (partition by invoice, cashed order by id) as so_far from told
    )
    select run.id, run."on", run.cashed, x.id is null as fresh, run.waits, run.invoice, run.number, run.credit_note,
           (case when run.cashed
                 then round(so_far * vat / gross) - round((so_far - cents) * vat / gross)
                 else round((gross - so_far + cents) * vat / gross) - round((gross - so_far) * vat / gross)
            end)::bigint as cents
    from run
    left join journal_exported x on x.source_kind = 'vat' and x.source_id = run.id
    where run."on" between $1 and $2
    order by run."on", run.id
"""
