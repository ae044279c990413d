"""What the accountant moves from one fiscal year to the other: invoiced for the next, held and not invoiced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from training.kernel import clock, db


@dataclass(frozen=True, slots=True)
class Ahead:
    """Invoiced before the day, served after it (produits constatés d’avance). Cents, without VAT, credits taken off.

    `next_cents`: what is of the days after. A session over both years is shared by its dates, anything else by days.
    """

    number: str
    issued_on: date
    payer_name: str
    description: str
    served_from: date
    served_until: date
    net_cents: int
    next_cents: int


@dataclass(frozen=True, slots=True)
class ToInvoice:
    """Held up to the day and not invoiced then (factures à établir). Cents, without VAT.

    Of a session over both years, `net_cents` is the share of its dates up to the day. `deposit_cents`: what a deposit
    said of it before, credits taken off, which is a sale of this year too.
    """

    reference: str
    title: str
    payer_name: str
    held_on: date
    net_cents: int
    deposit_cents: int


async def ahead(until: date, limit: int = 1_000) -> list[Ahead]:
    """What was invoiced up to a day for what comes after it."""
    return await db.rows(Ahead, f"{_AHEAD} limit {limit:d}", until, clock.PARIS.key)


async def to_invoice(until: date, limit: int = 1_000) -> list[ToInvoice]:
    """What was held up to a day and stood on no issued invoice then."""
    return await db.rows(ToInvoice, f"{_TO_INVOICE} limit {limit:d}", until, clock.PARIS.key)


# A deposit is no sale yet, nor is the line that takes it off (below zero, of a service).
_AHEAD = """
    with said as (
        select coalesce(c.id, i.id) as id, l.description, l.served_from, l.served_until, l.booking,
               sum(case when i.kind = 'credit_note' then -l.net_cents else l.net_cents end)::bigint as net_cents
        from invoice_line l
        join invoice i on i.id = l.invoice
        left join invoice c on c.id = i.corrects
        where l.served_until > $1 and i.state = 'issued' and i.issued_on <= $1
          and coalesce(c.kind, i.kind) <> 'deposit' and not (l.kind = 'service' and l.quantity < 0)
        group by 1, 2, 3, 4, 5
    )
    select i.number, i.issued_on, o.name as payer_name, s.description, s.served_from, s.served_until, s.net_cents,
           round(case when d.first_on = s.served_from and d.last_on = s.served_until
                      then s.net_cents::numeric * d.after / d.dates
                      else s.net_cents::numeric * (s.served_until - greatest(s.served_from - 1, $1))
                           / (s.served_until - s.served_from + 1)
                 end)::bigint as next_cents
    from said s join invoice i on i.id = s.id join organisation o on o.id = i.payer
    left join lateral (
        select count(*) as dates, count(*) filter (where (t.ends_at at time zone $2)::date > $1) as after,
               min((t.starts_at at time zone $2)::date) as first_on, max((t.ends_at at time zone $2)::date) as last_on
        from booking b join slot t on t.session = b.session where b.id = s.booking
    ) d on true
    where s.net_cents <> 0
    order by i.issued_on, i.entry, s.served_from, s.description
"""
_TO_INVOICE = """
    with later as (
        select id from billable where invoice_line is null
        union all
        select k.id from invoice i
        join invoice_line l on l.invoice = i.id
        join billable k on k.invoice_line = l.id
        where (i.state = 'draft' or (i.state = 'issued' and i.issued_on > $1))
          and not exists (  -- what it replaces was invoiced by then, and taken back after
              select from invoice o where o.id = i.replaces and o.issued_on <= $1 and o.net_cents > (
                  select coalesce(sum(c.net_cents), 0) from invoice c
                  where c.corrects = o.id and c.state = 'issued' and c.issued_on <= $1
              )
          )
    )
    select b.reference, f.title, o.name as payer_name, held.held_on,
           round(k.amount_cents::numeric * held.done / held.dates)::bigint as net_cents,
           coalesce(d.cents, 0)::bigint as deposit_cents
    from later
    join billable k on k.id = later.id
    join booking b on b.id = k.booking
    join holding h on h.session = b.session
    join lateral (
        select max((t.ends_at at time zone $2)::date) filter (where (t.ends_at at time zone $2)::date <= $1) as held_on,
               count(*) filter (where (t.ends_at at time zone $2)::date <= $1) as done, count(*) as dates
        from slot t where t.session = b.session
    ) held on held.done > 0
    join session s on s.id = b.session
    join offer f on f.id = s.offer
    join organisation o on o.id = k.payer
    left join lateral (
        select sum(x.amount_cents - (
            select coalesce(sum(c.net_cents), 0) from invoice c
            where c.corrects = z.id and c.state = 'issued' and c.issued_on <= $1
        )) as cents from billable x
        join invoice_line y on y.id = x.invoice_line join invoice z on z.id = y.invoice
        where x.booking = k.booking and x.payer = k.payer and x.part = 'deposit'
          and z.state = 'issued' and z.issued_on <= $1
    ) d on true
    where k.part <> 'deposit' and k.amount_cents > 0
    order by held.held_on, b.id, k.id
"""
