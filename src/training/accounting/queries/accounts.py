"""What the accountant reads in figures: totals of a period, VAT, closings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from training.kernel import db
from training.papers.rules.vat import VatRegime


@dataclass(frozen=True, slots=True)
class BooksTotals:
    """What the books said at a day's end, since the beginning. Cents; credit notes are taken off net, VAT and gross."""

    documents: int
    net_cents: int
    vat_cents: int
    gross_cents: int
    received_cents: int  # money, credit notes aside
    refunded_cents: int
    written_off_cents: int
    opening_cents: int  # of the ledger that was there before
    due_cents: int


@dataclass(frozen=True, slots=True)
class ClosingView:
    """A closed period, with the totals as they were said."""

    until: date
    totals: BooksTotals
    closed_at: datetime


async def totals_until(until: date) -> BooksTotals:
    """What the books say of everything dated up to a day."""
    found = await db.row(BooksTotals, _TOTALS, until)
    assert found is not None  # noqa: S101 - aggregates always give a row
    return found


async def closings() -> list[ClosingView]:
    """The closed periods, the last first."""
    records = await db.connection().fetch("select until, totals, closed_at from period_close order by until desc")
    return [ClosingView(r["until"], BooksTotals(**json.loads(r["totals"])), r["closed_at"]) for r in records]


_TOTALS = """
    with sold as (
        select count(*) as documents,
               coalesce(sum(case when kind = 'credit_note' then -net_cents else net_cents end), 0)::bigint as net,
               coalesce(sum(case when kind = 'credit_note' then -vat_cents else vat_cents end), 0)::bigint as vat,
               coalesce(sum(case when kind = 'credit_note' then -gross_cents else gross_cents end), 0)::bigint as gross
        from invoice where state = 'issued' and issued_on <= $1
    ), money as (
        select coalesce(sum(amount_cents), 0)::bigint as received
        from payment where way <> 'credit_note' and received_on <= $1
    ), settled as (
        select coalesce(sum(amount_cents) filter (where kind = 'refund'), 0)::bigint as refunded,
               coalesce(sum(amount_cents) filter (where kind = 'write_off'), 0)::bigint as written_off,
               coalesce(sum(amount_cents) filter (where receivable is not null), 0)::bigint as owed
        from settlement where settled_on <= $1
    ), owed as (
        select coalesce(sum(gross_cents), 0)::bigint as gross,
               coalesce(sum(gross_cents) filter (where invoice is null), 0)::bigint as opening
        from receivable where issued_on <= $1
    )
    select sold.documents, sold.net as net_cents, sold.vat as vat_cents, sold.gross as gross_cents,
           money.received as received_cents, settled.refunded as refunded_cents,
           settled.written_off as written_off_cents, owed.opening as opening_cents,
           owed.gross - settled.owed as due_cents
    from sold, money, settled, owed
"""


# VAT


@dataclass(frozen=True, slots=True)
class VatMonth:
    """A month under a regime: what was issued, and what VAT due on payment counts as received.

    That is money, and credits used as money; a credit note of what was paid is taken off on its day. Write-offs are
    not received.
    """

    month: date
    regime: VatRegime
    net_cents: int
    vat_cents: int
    gross_cents: int
    received_cents: int
    received_vat_cents: int


async def vat_months(first: date, last: date) -> list[VatMonth]:
    """VAT by month and regime, of days from `first` to `last`.

    The VAT of what was received is the invoice's, in proportion: the months of an invoice add up to its VAT exactly.
    """
    return await db.rows(VatMonth, _VAT, first, last)


# What VAT due on payment is counted on, settlement by settlement as the journal does (`sources._VAT`): money, and the
# credit of one invoice that pays another. A credit note of money that came gives it back on its day.
_VAT = """
    with issued as (
        select date_trunc('month', issued_on)::date as month, vat_regime as regime,
               sum(case when kind = 'credit_note' then -net_cents else net_cents end)::bigint as net,
               sum(case when kind = 'credit_note' then -vat_cents else vat_cents end)::bigint as vat,
               sum(case when kind = 'credit_note' then -gross_cents else gross_cents end)::bigint as gross
        from invoice where state = 'issued' and issued_on between $1 and $2 group by 1, 2
    ), touched as (
        select receivable from settlement where receivable is not null and settled_on between $1 and $2
        union
        select id from receivable where issued_on between $1 and $2
    ), told as (
        select s.id, s.receivable, greatest(s.settled_on, r.issued_on) as "on", s.amount_cents as cents, p.credit_note,
               i.vat_regime as regime, i.vat_cents::numeric as vat, i.gross_cents::numeric as gross,
               s.payment is not null and not coalesce(c.corrects = i.id and c.issued_on = s.settled_on, false) as cashed
        from touched t
        join settlement s on s.receivable = t.receivable
        join receivable r on r.id = t.receivable
        join invoice i on i.id = r.invoice and i.gross_cents > 0
        left join payment p on p.id = s.payment
        left join invoice c on c.id = p.credit_note
    ), run as (
        select *, sum(cents) over (partition by receivable, cashed order by id) as so_far from told
    ), share as (
        select "on", regime, cashed, credit_note, cents,
               case when cashed
                    then round(so_far * vat / gross) - round((so_far - cents) * vat / gross)
                    else round((gross - so_far + cents) * vat / gross) - round((gross - so_far) * vat / gross)
               end as vat
        from run
    ), moved as (
        select "on", regime, cents, vat from share where cashed and "on" between $1 and $2
        union all
        select c.issued_on, c.vat_regime, coalesce(taken.cents, 0) - c.gross_cents,
               least(coalesce(taken.vat, 0), c.vat_cents) - c.vat_cents
        from invoice c
        left join (
            select credit_note, sum(cents) as cents, sum(vat) as vat from share
            where not cashed and credit_note is not null group by credit_note
        ) taken on taken.credit_note = c.id
        where c.kind = 'credit_note' and c.state = 'issued' and c.issued_on between $1 and $2
    ), received as (
        select date_trunc('month', "on")::date as month, regime, sum(cents)::bigint as cents, sum(vat)::bigint as vat
        from moved where cents <> 0 or vat <> 0 group by 1, 2
    )
    select coalesce(i.month, r.month) as month, coalesce(i.regime, r.regime) as regime,
           coalesce(i.net, 0) as net_cents, coalesce(i.vat, 0) as vat_cents, coalesce(i.gross, 0) as gross_cents,
           coalesce(r.cents, 0) as received_cents, coalesce(r.vat, 0) as received_vat_cents
    from issued i full join received r on r.month = i.month and r.regime = i.regime
    order by 1, 2
"""
