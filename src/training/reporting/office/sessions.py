"""Sessions as the office lists them, what planning one needs to choose from, and who would hear of a call-off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from training.kernel import clock, db
from training.scheduling import queries as scheduling
from training.scheduling.queries import VenueView
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


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a list to choose from: what is sent, what is read."""

    value: str
    text: str


async def offers_with_sessions() -> list[Choice]:
    """The offers that have a session, by title, for a filter."""
    sql = """
        select o.slug as value, o.title as text from offer o
        where exists (select from session where offer = o.id) order by fold(o.title), o.title, o.id
    """
    return await db.rows(Choice, sql)


async def communes_with_sessions() -> list[Choice]:
    """The communes where a session takes place, by name, for a filter."""
    sql = """
        select c.insee as value, c.name as text from commune c
        where exists (select from venue v join venue_use u on u.venue = v.id where v.commune = c.id)
        order by fold(c.name), c.name, c.id
    """
    return await db.rows(Choice, sql)


@dataclass(frozen=True, slots=True)
class OfferChoice:
    """An offer that can be planned, with what it usually needs."""

    id: int
    slug: str
    title: str
    duration_minutes: int
    group_max: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody or a body, for a choice; `note` is a partner or a town."""

    id: int
    name: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything that planning a session chooses from."""

    offers: list[OfferChoice]
    venues: list[VenueView]
    facilitators: list[Person]
    organisations: list[Person]


async def choices() -> Choices:
    """Offers, venues, facilitators and approved organisations, in four statements."""
    return Choices(
        await db.rows(
            OfferChoice,
            """
            select id, slug, title, duration_minutes, group_max from offer
            where state = 'published' order by fold(title), title, id
            """,
        ),
        await scheduling.venues(),
        await db.rows(
            Person,
            """
            select f.id, f.name, p.name as note from facilitator f left join partner p on p.id = f.partner
            where f.active order by p.name is not null, fold(f.name), f.id
            """,
        ),
        await db.rows(
            Person,
            "select id, name, city as note from organisation where state = 'approved' order by fold(name), name, id",
        ),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A date somebody wants to plan: where, and who."""

    starts_at: datetime
    ends_at: datetime
    venue: int | None
    facilitator: int | None


@dataclass(frozen=True, slots=True)
class Clash:
    """What already stands in the way of a wanted date. `row` counts from 0; `what` is "venue" or "facilitator"."""

    row: int
    what: str
    session: int
    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class _Use:
    what: str
    used: int
    session: int
    title: str
    starts_at: datetime
    ends_at: datetime


async def clashes(wanted: Sequence[Wanted]) -> list[Clash]:
    """Which of the wanted dates meet a session that is planned already, in one statement.

    The constraint refuses all of them together; this says which, to the person who has to change one.
    """
    if not wanted:
        return []
    uses = await db.rows(
        _Use,
        """
        select 'venue' as what, u.venue as used, s.id as session, o.title, t.starts_at, t.ends_at
        from venue_use u join slot t on t.id = u.slot join session s on s.id = t.session join offer o on o.id = s.offer
        where u.holds and u.venue = any($1) and t.ends_at > $3 and t.starts_at < $4
        union all
        select 'facilitator', a.facilitator, s.id, o.title, t.starts_at, t.ends_at
        from assignment a join slot t on t.id = a.slot join session s on s.id = t.session join offer o on o.id = s.offer
        where a.state in ('proposed', 'accepted', 'confirmed') and a.facilitator = any($2)
          and t.ends_at > $3 and t.starts_at < $4
        """,
        [w.venue for w in wanted if w.venue],
        [w.facilitator for w in wanted if w.facilitator],
        min(w.starts_at for w in wanted),
        max(w.ends_at for w in wanted),
    )
    return [
        Clash(row, use.what, use.session, use.title, use.starts_at, use.ends_at)
        for row, date in enumerate(wanted)
        for use in uses
        if use.used == (date.venue if use.what == "venue" else date.facilitator)
        and use.starts_at < date.ends_at
        and date.starts_at < use.ends_at
    ]


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of it when a session is called off."""

    bookings: int
    seats: int
    contacts: int
    facilitators: int


async def told(session: int) -> Told:
    """The numbers behind « annuler la séance », in one statement."""
    found = await db.row(
        Told,
        """
        select count(*) as bookings, coalesce(sum(b.seats), 0)::int as seats, count(distinct b.contact) as contacts,
               (select count(distinct a.facilitator) from assignment a join slot t on t.id = a.slot
                where t.session = $1 and a.state in ('proposed', 'accepted', 'confirmed')) as facilitators
        from booking b
        where b.session = $1 and b.state in ('pending', 'option', 'offered', 'confirmed', 'waiting')
        """,
        session,
    )
    assert found is not None  # noqa: S101 - an aggregate always has a row
    return found
