"""Sessions as the office lists them, and what the list can be narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from training.catalogue.queries.offers import LOOK, LOOK_JOIN
from training.catalogue.rules.looks import Look
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.reporting.paging import cut
from training.scheduling.rules import SessionKind, SessionState


class Period(StrEnum):
    """Which part of time a list shows: the words are those of its address."""

    COMING = "a-venir"
    TO_MARK = "a-marquer"  # over, and not yet said to have taken place
    PAST = "passees"


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """What the list is narrowed to; "" is no narrowing."""

    period: Period = Period.COMING
    state: str = ""
    offer: str = ""
    commune: str = ""


@dataclass(frozen=True, slots=True)
class SessionListed:
    """A session in a list; place and time are its first date's."""

    id: int
    title: str
    state: SessionState
    kind: SessionKind
    organisation: str | None
    starts_at: datetime
    ends_at: datetime
    last_ends_at: datetime
    slots: int
    venue: str | None
    city: str | None
    capacity: int
    seats_taken: int
    present: int | None  # how many came, where somebody counted
    facilitators: str
    look: Look

    @property
    def seats_left(self) -> int:
        """Seats that nobody has."""
        return self.capacity - self.seats_taken


_LIST = f"""
    select s.id, o.title, s.state, s.kind, g.name as organisation, s.starts_at, f.ends_at, s.ends_at as last_ends_at,
           (select count(*) from slot where session = s.id) as slots,
           v.name as venue, c.name as city, s.capacity, s.seats_taken, (
               select sum(h.present) from booking b join head_count h on h.booking = b.id where b.session = s.id
           ) as present, coalesce((
               select string_agg(distinct a.name, ', ')
               from slot t join assignment n on n.slot = t.id join facilitator a on a.id = n.facilitator
               where t.session = s.id and assignment_holds(n.state)
           ), '') as facilitators, {LOOK}
    from session s
    join offer o on o.id = s.offer
    join slot f on f.session = s.id and f.position = 1
    left join organisation g on g.id = s.organisation
    left join venue_use u on u.slot = f.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
    {LOOK_JOIN}
"""
# The order of a list is that of beginnings: what ends later than now began at most the longest of all sessions ago.
_PERIODS = {
    Period.COMING: "s.ends_at > {} and s.starts_at > {}::timestamptz - (select max(ends_at - starts_at) from session)",
    Period.TO_MARK: "s.ends_at <= {} and s.starts_at < {} and session_bookable(s.state)",
    Period.PAST: "s.ends_at <= {} and s.starts_at < {}",
}


async def sessions(
    scope: Scope, narrowed: SessionFilter, *, after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[SessionListed]:
    """Sessions, the nearest to now first; `after` is the key (starts_at, id) of the last one of the page before."""
    beyond, order = (">", "asc") if narrowed.period is Period.COMING else ("<", "desc")
    where = Clauses()
    where.within(scope, "s.organisation")  # whose private session it is
    where.add(_PERIODS[narrowed.period], clock.now(), clock.now())
    if narrowed.state:
        where.add("s.state = {}", narrowed.state)
    if narrowed.offer:
        where.add("s.offer = (select offer_called({}))", narrowed.offer)
    if narrowed.commune:
        where.add("c.id = commune_of({})", narrowed.commune)
    if after:
        where.add(f"(s.starts_at, s.id) {beyond} ({{}}, {{}})", *after)
    sql = f"{_LIST} where {where} order by s.starts_at {order}, s.id {order} limit {limit:d}"
    return await db.rows(SessionListed, sql, *where.values)


# Pairs (value, text) for the filters, by text: offers that have a session, communes where one takes place. The first
# start is the first step in the index by offer; all sessions are read for an `exists`.
_OFFERS = """
    select o.slug as value, o.title as text from offer o
    where (select min(starts_at) from session where offer = o.id) is not null order by fold(o.title), o.title, o.id
"""
_COMMUNES = """
    select coalesce(c.insee, 'x' || c.id) as value, c.name as text from commune c
    where exists (
        select from venue v where v.commune = c.id and (select true from venue_use where venue = v.id limit 1)
    )
    order by fold(c.name), c.name, c.id
"""


@dataclass(frozen=True, slots=True)
class OfficeSessions:
    """A page of the list, and what it can be narrowed to. `following`: the key of its last one when there are more."""

    sessions: list[SessionListed]
    following: tuple[datetime, int] | None
    offers: list[tuple[str, str]]
    communes: list[tuple[str, str]]


async def sessions_page(
    scope: Scope, narrowed: SessionFilter, *, after: tuple[datetime, int] | None, limit: int
) -> OfficeSessions:
    """What the page of sessions shows: three statements."""
    shown, last = cut(await sessions(scope, narrowed, after=after, limit=limit + 1), limit)
    return OfficeSessions(
        shown,
        (last.starts_at, last.id) if last else None,
        [(r["value"], r["text"]) for r in await db.connection().fetch(_OFFERS)],
        [(r["value"], r["text"]) for r in await db.connection().fetch(_COMMUNES)],
    )
