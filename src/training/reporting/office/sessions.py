"""Sessions as the office lists them, and what the list can be narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from training.kernel import clock, db
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
    facilitators: str

    @property
    def seats_left(self) -> int:
        """Seats that nobody has."""
        return self.capacity - self.seats_taken


_LIST = """
    select s.id, o.title, s.state, s.kind, g.name as organisation, f.starts_at, f.ends_at, l.last_ends_at, l.slots,
           v.name as venue, c.name as city, s.capacity, s.seats_taken, coalesce(p.names, '') as facilitators
    from session s
    join offer o on o.id = s.offer
    join slot f on f.session = s.id and f.position = 1
    join lateral (select max(ends_at) as last_ends_at, count(*) as slots from slot where session = s.id) l on true
    left join organisation g on g.id = s.organisation
    left join venue_use u on u.slot = f.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
    left join lateral (
        select string_agg(distinct a.name, ', ') as names
        from slot t join assignment n on n.slot = t.id join facilitator a on a.id = n.facilitator
        where t.session = s.id and n.state in ('proposed', 'accepted', 'confirmed')
    ) p on true
    where ($1 = '' or s.state = $1) and ($2 = '' or o.slug = $2) and ($3 = '' or c.insee = $3)
"""
_PERIODS = {
    Period.COMING: (" and l.last_ends_at > $4", ">", "asc"),
    Period.TO_MARK: (" and l.last_ends_at <= $4 and s.state in ('published', 'confirmed')", "<", "desc"),
    Period.PAST: (" and l.last_ends_at <= $4", "<", "desc"),
}


async def sessions(
    narrowed: SessionFilter, *, after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[SessionListed]:
    """Sessions, the nearest to now first; `after` is the key (starts_at, id) of the last one of the page before."""
    within, beyond, order = _PERIODS[narrowed.period]
    return await db.rows(
        SessionListed,
        _LIST
        + within
        + f"""
        and ($5::timestamptz is null or (f.starts_at, s.id) {beyond} ($5, $6))
        order by f.starts_at {order}, s.id {order} limit $7
        """,
        narrowed.state,
        narrowed.offer,
        narrowed.commune,
        clock.now(),
        *(after or (None, None)),
        limit,
    )


# Pairs (value, text) for the filters, by text: offers that have a session, communes where one takes place.
_OFFERS = """
    select o.slug as value, o.title as text from offer o
    where exists (select from session where offer = o.id) order by fold(o.title), o.title, o.id
"""
_COMMUNES = """
    select c.insee as value, c.name as text from commune c
    where exists (select from venue v join venue_use u on u.venue = v.id where v.commune = c.id)
    order by fold(c.name), c.name, c.id
"""


@dataclass(frozen=True, slots=True)
class OfficeSessions:
    """A page of the list, and what it can be narrowed to. `following`: the key of its last one when there are more."""

    sessions: list[SessionListed]
    following: tuple[datetime, int] | None
    offers: list[tuple[str, str]]
    communes: list[tuple[str, str]]


async def sessions_page(narrowed: SessionFilter, *, after: tuple[datetime, int] | None, limit: int) -> OfficeSessions:
    """What the page of sessions shows: three statements."""
    shown, last = cut(await sessions(narrowed, after=after, limit=limit + 1), limit)
    return OfficeSessions(
        shown,
        (last.starts_at, last.id) if last else None,
        [(r["value"], r["text"]) for r in await db.connection().fetch(_OFFERS)],
        [(r["value"], r["text"]) for r in await db.connection().fetch(_COMMUNES)],
    )
