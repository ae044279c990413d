"""The things that are shown one by one: the oldest or the first to break of each kind, all read in one statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from training.catalogue.queries.offers import LOOK_JOIN
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.clauses import Clauses
from training.reporting.office.bookings import UNDECIDED_ONES
from training.reporting.office.today.counts import ENGAGEMENTS, LATE, PAPERS, UNMANNED, UNPRICED
from training.reporting.office.today.kinds import FORESIGHT, OPTIONS_END, PAPERS_END, WaitingKind, may_deal
from training.reporting.office.today.pile import MOST


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that waits, as the statement reads it: what a kind has not is None. Cents.

    `at`: when it began to wait, was due, or will break; `ref`: what its page's address is made of; `who`: the
    organisation, `person` somebody there, or who is asked; `whole`: how many of its kind there are, if no count says.
    """

    kind: WaitingKind
    id: int
    ref: str
    at: datetime
    until: datetime | None
    who: str
    person: str | None
    phone: str | None
    title: str | None
    paper: str | None
    city: str | None
    starts_at: datetime | None
    seats: int | None
    cents: int | None
    words: str | None
    task: bool | None
    whole: int | None


# A column for each field of `Found`, in one order, all without a value: a kind says what it has.
_NONE = {
    "id": "null::bigint", "ref": "''", "at": "null::timestamptz",
    "until": "null::timestamptz", "who": "''", "person": "null", "phone": "null", "title": "null", "paper": "null",
    "city": "null", "starts_at": "null::timestamptz", "seats": "null::int", "cents": "null::bigint",
    "words": "null", "task": "null::boolean", "whole": "null::bigint",
}  # fmt: skip

# Where and what a session `s` is.
_ABOUT = f"""
    join offer o on o.id = s.offer {LOOK_JOIN}
    left join lateral (
        select m.name as city from slot t join venue_use u on u.slot = t.id join venue v on v.id = u.venue
        join commune m on m.id = v.commune where t.session = s.id and t.position = 1 limit 1
    ) m on true
"""
_SESSION = {"title": "o.title", "paper": "th.paper", "city": "m.city", "starts_at": "s.starts_at"}
_CALLED = {"who": "g.name", "person": "c.name", "phone": "c.phone"}
_BOOKING = {"ref": "b.reference", **_CALLED, "seats": "b.seats"}
_OF_BOOKING = f"""
    join session s on s.id = b.session {_ABOUT}
    join organisation g on g.id = b.organisation join contact c on c.id = b.contact
"""
# Whoever of an organisation `g` is to be called: about money first those who receive its invoices.
_CONTACT = """
    left join lateral (
        select name, phone from contact where organisation = g.id and active order by {0} desc, id limit 1
    ) c on true
"""
_MIDNIGHT = "({0})::timestamp at time zone 'Europe/Paris'"  # of a day, as `clock.at` makes it
ASKED_AHEAD = 4 * FORESIGHT


def _branch(kind: WaitingKind, columns: dict[str, str], body: str, order: str) -> str:
    listed = ", ".join(f"{sql} as {name}" for name, sql in {**_NONE, **columns}.items())
    return f"(select '{kind}' as kind, {listed} {body} order by {order} limit {MOST + 1:d})"


def _request(where: Clauses) -> str:
    columns = {"id": "b.id", "at": "b.created_at", "until": "b.expires_at", **_BOOKING, **_SESSION}
    body = f"from booking b {_OF_BOOKING} where b.state = 'pending' and not ({UNDECIDED_ONES})"
    return _branch(WaitingKind.REQUEST, columns, body, "b.created_at, b.id")


def _undecided(where: Clauses) -> str:
    columns = {"id": "b.id", "at": "s.ends_at", **_BOOKING, **_SESSION}
    return _branch(
        WaitingKind.UNDECIDED, columns, f"from booking b {_OF_BOOKING} where {UNDECIDED_ONES}", "s.ends_at, b.id"
    )


def _option(where: Clauses) -> str:
    columns = {"id": "b.id", "at": "b.created_at", "until": "b.expires_at", **_BOOKING, **_SESSION}
    now, soon = where.value(clock.now()), where.value(clock.now() + OPTIONS_END)
    body = f"from booking b {_OF_BOOKING} where b.state = 'option' and b.expires_at > {now} and b.expires_at < {soon}"
    return _branch(WaitingKind.OPTION, columns, body, "b.expires_at, b.id")


def _engagement(where: Clauses) -> str:
    columns = {"id": "b.id", "at": "s.starts_at", "cents": "b.price_cents", **_BOOKING, **_SESSION}
    lacking = ENGAGEMENTS.format(where.value(clock.now()), where.value(clock.now() + FORESIGHT))
    first = f"select b.* {lacking} order by s.starts_at, b.id limit {MOST + 1:d}"
    return _branch(WaitingKind.ENGAGEMENT, columns, f"from ({first}) b {_OF_BOOKING}", "s.starts_at, b.id")


def _unmanned(where: Clauses) -> str:
    declined = """(
        select string_agg(distinct f.name, ', ') from slot t join assignment a on a.slot = t.id
        join facilitator f on f.id = a.facilitator where t.session = s.id and a.state = 'declined'
    )"""
    columns = {"id": "s.id", "ref": "s.id::text", "at": "x.at", "words": declined, **_SESSION, "seats": "s.seats_taken"}
    found = UNMANNED.format(where.value(clock.now()), where.value(clock.now() + FORESIGHT))
    first = f"select * from ({found}) x order by at, session limit {MOST + 1:d}"
    return _branch(
        WaitingKind.UNMANNED, columns, f"from ({first}) x join session s on s.id = x.session {_ABOUT}", "x.at, s.id"
    )


def _paper(where: Clauses) -> str:
    """Papers that will have expired on the day of a session near, with whose they are and the first such date."""
    columns = {
        "id": "k.id", "ref": "k.id::text", "at": "x.at", "who": "coalesce(f.name, p.name)", "title": "k.label",
        "until": _MIDNIGHT.format("k.valid_until"), "phone": "coalesce(f.phone, p.phone)", "words": "k.kind",
        "seats": "x.dates::int",
    }  # fmt: skip
    found = PAPERS.format(where.value(clock.now()), where.value(clock.now() + PAPERS_END))
    body = f"""
        from ({found}) x join credential k on k.id = x.id
        left join facilitator f on f.id = k.facilitator left join partner p on p.id = k.partner
    """
    return _branch(WaitingKind.PAPER, columns, body, "x.at, k.id")


def _unpriced(where: Clauses) -> str:
    """Published offers with days without a price, for whom, from when on and until when."""
    now, today = where.value(clock.now()), where.value(clock.today())
    begins = f"greatest(x.since, {today})"
    columns = {
        "id": "o.id", "ref": "o.slug", "at": _MIDNIGHT.format(begins), "until": _MIDNIGHT.format("x.until"),
        "title": "o.title", "paper": "th.paper", "words": "x.kinds",
        "whole": f"count(*) over (partition by x.since <= {today})",
    }  # fmt: skip
    body = f"from ({UNPRICED.format(now, today)}) x join offer o on o.id = x.offer {LOOK_JOIN}"
    return _branch(WaitingKind.UNPRICED, columns, body, "x.since, o.id, x.kinds")


def _to_confirm(where: Clauses) -> str:
    columns = {"id": "s.id", "ref": "s.id::text", "at": "s.ends_at", **_SESSION, "seats": "s.seats_taken"}
    now = where.value(clock.now())
    body = f"from session s {_ABOUT} where session_bookable(s.state) and s.starts_at < {now} and s.ends_at <= {now}"
    return _branch(WaitingKind.TO_CONFIRM, columns, body, "s.ends_at, s.id")


def _organisation(where: Clauses) -> str:
    columns = {"id": "g.id", "ref": "g.slug", "at": "g.created_at", **_CALLED, "words": "g.siret", "city": "g.city"}
    body = f"from organisation g {_CONTACT.format('for_booking')} where g.state = 'pending'"
    return _branch(WaitingKind.ORGANISATION, columns, body, "g.created_at, g.id")


def _mission(where: Clauses) -> str:
    """Facilitators who were asked for a date to come and have not answered."""
    named = {"who": "f.name", "person": "f.name", "phone": "f.phone"}
    columns = {"id": "s.id", "ref": "s.id::text", "at": "s.asked_at", **named, "whole": "s.whole", **_SESSION}
    now, ahead = where.value(clock.now()), where.value(clock.now() + ASKED_AHEAD)
    asked = f"""
        select s.id, s.offer, s.starts_at, a.facilitator, min(a.updated_at) as asked_at, count(*) over () as whole
        from slot t join assignment a on a.slot = t.id and a.state = 'proposed' join session s on s.id = t.session
        where t.starts_at > {now} and t.starts_at < {ahead} and s.state <> 'cancelled' group by s.id, a.facilitator
    """
    body = f"from ({asked}) s {_ABOUT} join facilitator f on f.id = s.facilitator"
    return _branch(WaitingKind.MISSION, columns, body, "s.asked_at, s.id, f.id")


def _mail(where: Clauses) -> str:
    named = {"who": "l.to_name", "person": "l.to_name", "title": "l.subject"}
    columns = {"id": "l.id", "ref": "l.id::text", "at": "l.created_at", **named}
    body = "from mail l where l.state = 'failed' and l.secret is null"
    return _branch(WaitingKind.MAIL_FAILED, columns, body, "l.id")


def _late(where: Clauses) -> str:
    """With the last reminder of each, and the promise that was not kept."""
    today = where.value(clock.today())
    columns = {
        "id": "r.id", "ref": "case when r.invoice is null then '' else r.number end", **_CALLED, "title": "r.number",
        "at": _MIDNIGHT.format("r.due_on"), "cents": "r.gross_cents - r.settled_cents", "words": "m.step",
        "task": "m.is_task and m.done_at is null", "starts_at": "m.created_at", "until": _MIDNIGHT.format("p.until"),
    }  # fmt: skip
    body = f"""
        from (
            select r.* from receivable r where {LATE.format(today)} order by r.due_on, r.id limit {MOST + 1:d}
        ) r
        join organisation g on g.id = r.payer {_CONTACT.format("for_billing")}
        left join lateral (
            select step, is_task, done_at, created_at from reminder where receivable = r.id order by id desc limit 1
        ) m on true
        left join lateral (
            select until from payment_pause where receivable = r.id and ended_at is null order by id desc limit 1
        ) p on true
    """
    return _branch(WaitingKind.LATE, columns, body, "r.due_on, r.id")


def _asked(where: Clauses) -> str:
    """Drafts whose client was asked for a number that nobody has given."""
    columns = {"id": "i.id", "ref": "i.id::text", "at": "i.asked_at", **_CALLED, "cents": "i.gross_cents",
               "whole": "i.whole"}  # fmt: skip
    body = f"""
        from (
            select i.*, count(*) over () as whole from invoice i
            where i.state = 'draft' and i.asked_at is not null and i.purchase_order is null
        ) i join organisation g on g.id = i.payer {_CONTACT.format("for_billing")}
    """
    return _branch(WaitingKind.ASKED, columns, body, "i.asked_at, i.id")


_BRANCHES: Mapping[WaitingKind, Callable[[Clauses], str]] = {
    WaitingKind.REQUEST: _request,
    WaitingKind.ORGANISATION: _organisation,
    WaitingKind.UNDECIDED: _undecided,
    WaitingKind.TO_CONFIRM: _to_confirm,
    WaitingKind.LATE: _late,
    WaitingKind.MAIL_FAILED: _mail,
    WaitingKind.UNMANNED: _unmanned,
    WaitingKind.OPTION: _option,
    WaitingKind.ENGAGEMENT: _engagement,
    WaitingKind.PAPER: _paper,
    WaitingKind.UNPRICED: _unpriced,
    WaitingKind.MISSION: _mission,
    WaitingKind.ASKED: _asked,
}


async def found(actor: Actor) -> list[Found]:
    """Of each kind that this person deals with, the first ones, in one statement."""
    where = Clauses()
    wanted = [branch(where) for kind, branch in _BRANCHES.items() if may_deal(actor, kind)]
    if not wanted:
        return []
    return await db.rows(Found, " union all ".join(wanted), *where.values)
