"""How many of each thing wait for somebody of the team, what of them is late, and what it is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from training.billing.queries import refitting, transmissions
from training.billing.queries.checking import UNSPLIT
from training.billing.queries.drafts import ALL, TO_TAKE_BACK
from training.billing.queries.transmissions import DepositWaiting as Deposits
from training.billing.queries.transmissions import OpenDeposit
from training.kernel import clock, db, queue
from training.kernel.actor import Scope
from training.reporting.office.bookings import DOUBLED_GROUPS, UNDECIDED_ONES
from training.reporting.office.today.kinds import FORESIGHT, OPTIONS_END, PAPERS_END, PATIENCE, WaitingKind
from training.reporting.office.today.pile import Urgency

# Of sessions that can be booked: those with a date that nobody is asked for, or said yes to. Dates are read by their
# beginning (`{0}` and `{1}` bound it), and whoever is asked for each by `offset 0` rather than of all there ever were.
UNMANNED = """
    select t.session, min(t.starts_at) as at from slot t
    where t.starts_at > {0} and t.starts_at < {1}
      and not exists (select from assignment a where a.slot = t.id and assignment_holds(a.state) offset 0)
      and (select session_bookable(state) from session where id = t.session)
    group by t.session
"""
# Bookings `b` of organisations `g` that Chorus Pro would refuse to be invoiced for, as `chorus_lacking` will say it.
ENGAGEMENTS = """
    from session s
    join booking b on b.session = s.id and b.state = 'confirmed' and b.price_cents > 0 and b.purchase_order is null
    join organisation g on g.id = b.organisation and g.buyer = 'public'
    where session_bookable(s.state) and s.starts_at > {0} and s.starts_at < {1}
      and (
        g.chorus_needs in ('engagement', 'both')
        or g.chorus_needs = 'service' and coalesce(b.service_code, g.service_code) is null
        or g.chorus_needs = 'either' and coalesce(b.service_code, g.service_code) is null
        or exists (
            select from chorus_service c
            where c.organisation = g.id and c.code = coalesce(b.service_code, g.service_code)
              and c.active and c.engagement_required
        )
      )
      and not exists (select from billing_share where booking = b.id)
"""
# Papers in use of whoever facilitates, of their partner, or of the offer's, that neither they nor another of
# their kind cover on the day of a date between `{0}` and `{1}`: with the first of those dates, and how many there are.
PAPERS = """
    select k.id, min(x.starts_at) as at, count(*) as dates from (
        select t.starts_at, a.facilitator, null::bigint as partner
        from slot t cross join lateral (
            select facilitator from assignment where slot = t.id and assignment_holds(state) offset 0
        ) a where t.starts_at > {0} and t.starts_at < {1}
        union
        select t.starts_at, null, f.partner from slot t
        cross join lateral (
            select facilitator from assignment where slot = t.id and assignment_holds(state) offset 0
        ) a join facilitator f on f.id = a.facilitator
        where t.starts_at > {0} and t.starts_at < {1} and f.partner is not null
        union
        select t.starts_at, null, o.partner from slot t join session s on s.id = t.session and session_bookable(s.state)
        join offer o on o.id = s.offer
        where t.starts_at > {0} and t.starts_at < {1} and o.partner is not null
    ) x
    join credential k on (k.facilitator, k.partner) is not distinct from (x.facilitator, x.partner)
    where k.archived_at is null and k.valid_until < (x.starts_at at time zone 'Europe/Paris')::date
      and not exists (
        select from credential n
        where (n.facilitator, n.partner) is not distinct from (k.facilitator, k.partner)
          and n.kind = k.kind and lower(n.label) = lower(k.label) and n.id <> k.id
          and (n.archived_at is null or n.renewed_by is not null)
          and coalesce(n.valid_from, '-infinity') <= (x.starts_at at time zone 'Europe/Paris')::date
          and coalesce(n.valid_until, 'infinity') >= (x.starts_at at time zone 'Europe/Paris')::date
      )
    group by k.id
"""
# Days on which a kind of organisation (null: those without a tariff of their own) has no price for a published offer,
# after it had one: until the next price, or for good where people may still book a session then (`until` null).
# `{0}` is now, `{1}` today: what is over is not said.
UNPRICED = """
    select o.id as offer, string_agg(coalesce(k.kind, ''), ',' order by k.kind nulls last) as kinds,
           lower(h.hole) as since,
           case when upper_inf(m.days) or lower(h.hole) < upper(m.days) then upper(h.hole) - 1 end as until
    from offer o
    cross join lateral (select distinct organisation_kind as kind from tariff where offer = o.id) k
    cross join lateral (
        select range_agg(daterange(valid_from, valid_until, '[]')) as days from tariff
        where offer = o.id and (organisation_kind is null or organisation_kind = k.kind)
    ) m
    cross join lateral (
        select max(starts_at at time zone 'Europe/Paris')::date + 1 as ends from session
        where offer = o.id and starts_at > {0} and kind = 'open' and session_bookable(state)
    ) s
    cross join lateral unnest(
        datemultirange(daterange(
            lower(m.days), case when not upper_inf(m.days) then greatest(upper(m.days), s.ends) end
        )) - m.days
    ) h (hole)
    where o.state = 'published' and exists (select from tariff where offer = o.id and valid_until is not null)
      and upper(h.hole) > {1}
    group by o.id, h.hole, m.days
"""
# Receivables `r` that are late and that nobody promised to pay, or contests: a promise that was not kept is late again.
LATE = """
    r.settled_cents < r.gross_cents and r.due_on < {0} and not exists (
        select from payment_pause p where p.receivable = r.id and p.ended_at is null
          and (p.until is null or p.until >= {0})
    )
"""


@dataclass(frozen=True, slots=True)
class _Counts:
    """What one statement counts."""

    organisations: int
    organisations_late: int  # of those, who asked too long ago
    bookings: int
    bookings_late: int
    asking: int  # organisations that wait for an answer of ours: to come in, or to come
    first_term: datetime | None  # when the first of the bookings expires
    undecided: int  # bookings that nobody had confirmed when their session was held: did they come?
    doubled: int  # organisations with two bookings in one session
    sessions: int  # over, and not said to have taken place
    sessions_late: int  # before today
    unmanned: int  # sessions to come that nobody leads
    unmanned_at: datetime | None  # the first of them
    options: int  # that end soon
    papers: int  # that will have expired on the day of a session near
    engagements: int  # bookings without the numbers that Chorus Pro will ask for
    drafts: int
    draft_cents: int
    splits: int  # bookings whose payers make the whole no more
    to_credit: int  # invoices of more than their bookings owe
    mails_failed: int
    mails_held: int
    mails_put_off: int  # tried, and not taken yet
    late: int  # receivables, of every kind of payer, that nobody promised to pay
    reminders: int  # tasks: somebody calls, nothing is sent
    bank_lines: int
    bank_cents: int
    unused: int  # payments of which something settles nothing yet
    unused_cents: int
    unmatched: int  # roles of before origins were known
    next_at: datetime | None  # when the next session begins


@dataclass(frozen=True, slots=True)
class Waiting(_Counts):
    """How many of each thing wait for somebody of the team."""

    jobs: int
    to_deposit: int
    quiet_deposits: int
    stuck_deposits: int
    deposits: tuple[OpenDeposit, ...]  # those that are stuck or quiet, the longest there first

    def totals(self) -> Mapping[Urgency, Mapping[WaitingKind, int]]:
        """How many of a kind there are in each group of the pile."""
        return {
            Urgency.LATE: {
                WaitingKind.REQUEST: self.bookings_late,
                WaitingKind.ORGANISATION: self.organisations_late,
                WaitingKind.TO_CONFIRM: self.sessions_late,
                WaitingKind.UNDECIDED: self.undecided,
                WaitingKind.LATE: self.late,
                WaitingKind.STUCK: self.stuck_deposits,
                WaitingKind.QUIET: self.quiet_deposits,
            },
            Urgency.SOON: {
                WaitingKind.REQUEST: self.bookings - self.bookings_late,
                WaitingKind.ORGANISATION: self.organisations - self.organisations_late,
                WaitingKind.TO_CONFIRM: self.sessions - self.sessions_late,
                WaitingKind.UNMANNED: self.unmanned,
                WaitingKind.OPTION: self.options,
                WaitingKind.ENGAGEMENT: self.engagements,
                WaitingKind.PAPER: self.papers,
            },
        }

    def of(self, kind: WaitingKind) -> int:
        """How many of a kind there are."""
        found: int = getattr(self, kind)
        return found


async def waiting(scope: Scope) -> Waiting:
    """Everything that waits, in four statements, and more where seats were given back of what is invoiced."""
    now, today = clock.now(), clock.today()
    counts = await db.row(
        _Counts,
        _COUNTED,
        now,
        today,
        now - PATIENCE,
        clock.at(today, time()),
        now + FORESIGHT,
        now + OPTIONS_END,
        now + PAPERS_END,
    )
    assert counts is not None  # noqa: S101 - a select without from has a row
    deposits = await transmissions.open_deposits(scope, limit=10_000)
    standing = Counter(deposit.waiting for deposit in deposits)
    given_back = len(await refitting.too_much(scope, limit=ALL))
    return Waiting(
        **{name: getattr(counts, name) for name in _Counts.__slots__} | {"to_credit": counts.to_credit + given_back},
        jobs=(await queue.state()).failed,
        to_deposit=standing[Deposits.TO_DEPOSIT],
        quiet_deposits=standing[Deposits.QUIET],
        stuck_deposits=standing[Deposits.STUCK],
        deposits=tuple(d for d in deposits if d.waiting in (Deposits.STUCK, Deposits.QUIET)),
    )


_ASKED = f"from booking b where b.state = 'pending' and not ({UNDECIDED_ONES})"
_OVER = "from session s where session_bookable(s.state) and s.starts_at < $1 and s.ends_at <= $1"

_COUNTED = f"""
    select g.*, b.*, u.*, s.*, d.*, l.*, w.*, m.*,
           (select count(*) from (
               select organisation {_ASKED} union select id from organisation where state = 'pending'
           ) x) as asking,
           (select count(*) from booking b where {UNDECIDED_ONES}) as undecided,
           ({DOUBLED_GROUPS}) as doubled,
           (select count(*) from booking where state = 'option' and expires_at > $1 and expires_at < $6) as options,
           (select count(*) {ENGAGEMENTS.format("$1", "$5")}) as engagements,
           (select count(*) from ({PAPERS.format("$1", "$7")}) x) as papers,
           (select count(*) from billable k join booking b on b.id = k.booking
            where k.invoice_line is null and k.part = 'look' and b.state = 'confirmed' and {UNSPLIT}) as splits,
           (select count(*) from booking b {TO_TAKE_BACK} where b.state = 'cancelled') as to_credit,
           (select count(*) from receivable r where {LATE.format("$2")}) as late,
           (select count(*) from reminder r join receivable w on w.id = r.receivable
            where r.is_task and r.done_at is null and w.settled_cents < w.gross_cents) as reminders,
           (select count(*) from membership where origin = 'unmatched') as unmatched,
           (select min(starts_at) from session where session_bookable(state) and starts_at > $1) as next_at
    from (
        select count(*) as organisations, count(*) filter (where created_at <= $3) as organisations_late
        from organisation where state = 'pending'
    ) g,
    (
        select count(*) as bookings, count(*) filter (where b.created_at <= $3) as bookings_late,
               min(b.expires_at) filter (where b.expires_at > $1) as first_term {_ASKED}
    ) b,
    (select count(*) as unmanned, min(at) as unmanned_at from ({UNMANNED.format("$1", "$5")}) x) u,
    (select count(*) as sessions, count(*) filter (where s.ends_at < $4) as sessions_late {_OVER}) s,
    (
        select count(*) as drafts, coalesce(sum(gross_cents), 0)::bigint as draft_cents
        from invoice where state = 'draft'
    ) d,
    (
        select count(*) as bank_lines, coalesce(sum(amount_cents), 0)::bigint as bank_cents
        from bank_line where state = 'new'
    ) l,
    (
        select count(*) as unused, coalesce(sum(amount_cents - used_cents), 0)::bigint as unused_cents
        from payment where used_cents < amount_cents
    ) w,
    (
        select count(*) filter (where state = 'failed' and secret is null) as mails_failed,
               count(*) filter (where state = 'held') as mails_held,
               count(*) filter (where state = 'queued' and attempts > 0) as mails_put_off
        from mail where state in ('failed', 'held', 'queued')
    ) m
"""


@dataclass(frozen=True, slots=True)
class MoneyOwed:
    """What is invoiced and not paid. Cents; `late_since`: the oldest date that is over."""

    coming: int
    coming_cents: int
    late: int
    late_cents: int
    late_since: date | None


async def owed() -> MoneyOwed:
    """What clients owe us, due later and late, in one statement."""
    found = await db.row(
        MoneyOwed,
        """
        select count(*) filter (where not late) as coming,
               coalesce(sum(cents) filter (where not late), 0)::bigint as coming_cents,
               count(*) filter (where late) as late,
               coalesce(sum(cents) filter (where late), 0)::bigint as late_cents,
               min(due_on) filter (where late) as late_since
        from (
            select gross_cents - settled_cents as cents, due_on, coalesce(due_on < $1, false) as late
            from receivable where settled_cents < gross_cents
        ) x
        """,
        clock.today(),
    )
    assert found is not None  # noqa: S101 - an aggregate always has a row
    return found
