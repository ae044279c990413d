"""Sessions and slots, read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from training.catalogue.queries.offers import LOOK, LOOK_JOIN
from training.catalogue.rules.looks import Look
from training.identity.queries import AccountView
from training.identity.rules import Role
from training.kernel import db
from training.kernel.clauses import Clauses
from training.scheduling.formats.venues_sheet import VenueRow
from training.scheduling.rules import BOOKABLE, AssignmentState, SessionKind, SessionState, place


async def facilitated(facilitators: Collection[int]) -> list[int]:
    """The sessions in which these facilitators hold a date."""
    where = Clauses("assignment_holds(a.state)")
    where.among("a.facilitator", facilitators)
    sql = f"""
        select distinct t.session
        from assignment a cross join lateral (select session from slot where id = a.slot offset 0) t where {where}
    """
    return [record["session"] for record in await db.connection().fetch(sql, *where.values)]


@dataclass(frozen=True, slots=True)
class SlotView:
    """A date of a session with its venue. `venue` None: the place is not known yet."""

    id: int
    session: int
    position: int
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    venue: str | None
    address: str | None
    postcode: str | None
    city: str | None
    access: str | None
    latitude: float | None
    longitude: float | None
    updated_at: datetime
    venue_id: int | None = None
    wheelchair: str | None = None  # `rules.WheelchairAccess`; "": nobody has said

    @property
    def place(self) -> str:
        """Venue and town on one line, "" when unknown."""
        return place(self.venue, self.city)


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session with what lists show of it; times and place are those of its first slot."""

    id: int
    offer: int
    offer_slug: str
    title: str
    summary: str
    theme: str
    duration_minutes: int
    partner: str | None
    kind: SessionKind
    organisation: int | None
    state: SessionState
    capacity: int
    seats_taken: int
    closes_at: datetime
    note: str
    cancel_reason: str | None
    starts_at: datetime
    ends_at: datetime
    last_ends_at: datetime
    slots: int
    venue: str | None
    city: str | None
    updated_at: datetime
    generation: int
    look: Look
    offered: bool = True  # its offer is in the catalogue
    published: bool = True  # it could be seen once: a draft could not, nor one of former years

    @property
    def seats_left(self) -> int:
        """Seats that nobody has."""
        return self.capacity - self.seats_taken

    @property
    def bookable(self) -> bool:
        """Whether its state lets it be booked; time and seats are looked at when booking."""
        return self.state in BOOKABLE

    @property
    def place(self) -> str:
        """Venue and town on one line, "" when unknown."""
        return place(self.venue, self.city)


# The looks come last: of nine tables PostgreSQL puts eight in order (`join_collapse_limit`), and a list of the sessions
# of one commune has to begin with the commune.
SESSION = f"""
    select s.id, s.offer, o.slug as offer_slug, o.title, o.summary, o.theme, o.duration_minutes, p.name as partner,
           s.kind, s.organisation, s.state, s.capacity, s.seats_taken, s.closes_at, s.note, s.cancel_reason,
           s.starts_at, f.ends_at, s.ends_at as last_ends_at,
           (select count(*) from slot where session = s.id) as slots, v.name as venue, c.name as city, s.updated_at,
           s.generation, {LOOK}, o.state = 'published' as offered,
           s.published_at is not null as published
    from session s
    join offer o on o.id = s.offer
    left join partner p on p.id = o.partner
    join slot f on f.session = s.id and f.position = 1
    left join venue_use u on u.slot = f.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
    {LOOK_JOIN}
"""


async def session(id: int) -> SessionView | None:  # noqa: A002
    """A session by id, whatever its state: callers say who may see it."""
    return await db.row(SessionView, SESSION + " where s.id = $1", id)


async def call_off_of(session: int) -> int | None:
    """The row that says that a session does not take place; None when it does, or may."""
    call_off: int | None = await db.value("select id from call_off where session = $1 and undone_at is null", session)
    return call_off


async def assignments_fallen(call_off: int) -> list[int]:
    """Who was not expected any more because of a call-off, and still is not."""
    sql = "select assignment from assignment_ending where call_off = $1 and undone_at is null order by assignment"
    return [record["assignment"] for record in await db.connection().fetch(sql, call_off)]


async def public_sessions(
    *,
    now: datetime,
    offer: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    organisations: Sequence[int] = (),
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[SessionView]:
    """Coming bookable sessions, soonest first: the open ones, and those private to `organisations`.

    `after` is the key (starts_at, id) of the last one of the page before.
    """
    where = visible(now, organisations)
    if offer:
        where.add("s.offer = (select offer_called({}))", offer)
    if since:
        where.add("s.starts_at >= {}", since)
    if until:
        where.add("s.starts_at < {}", until)
    if after:
        where.add("(s.starts_at, s.id) > ({}, {})", *after)
    sql = f"{SESSION} where {where} order by s.starts_at, s.id limit {limit:d}"
    return await db.rows(SessionView, sql, *where.values)


def visible(now: datetime, organisations: Sequence[int] = ()) -> Clauses:
    """What makes a session `s` of an offer `o` one that is coming, and shown to anybody or to these organisations."""
    where = Clauses("session_bookable(s.state)", "o.state = 'published'")
    where.add("s.starts_at > {}", now)
    if organisations:
        where.add("(s.kind = 'open' or s.organisation = any({}))", list(organisations))
    else:
        where.add("s.kind = 'open'")
    return where


async def slots(sessions: Sequence[int]) -> dict[int, list[SlotView]]:
    """The slots of some sessions, by session, in order, in one statement."""
    found: dict[int, list[SlotView]] = {session: [] for session in sessions}
    for slot in await db.rows(SlotView, _SLOTS, list(sessions)):
        found[slot.session].append(slot)
    return found


async def slot(id: int) -> SlotView | None:  # noqa: A002
    """One slot."""
    return await db.row(SlotView, _SLOT + " where t.id = $1", id)


_SLOT = """
    select t.id, t.session, t.position, t.uid, t.sequence, t.starts_at, t.ends_at,
           v.name as venue, v.address, c.postcode, c.name as city, v.access, v.latitude, v.longitude,
           t.updated_at, v.id as venue_id, v.wheelchair
    from slot t
    left join venue_use u on u.slot = t.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
"""
_SLOTS = _SLOT + " where t.session = any($1) order by t.session, t.position"


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """A facilitator on a slot."""

    id: int
    slot: int
    session: int
    facilitator: int
    name: str
    email: str
    phone: str | None
    state: AssignmentState
    partner: str | None
    accepted_at: datetime | None = None  # when they answered yes


_ASSIGNMENT = """
    select a.id, a.slot, t.session, a.facilitator, f.name, f.email, f.phone, a.state, p.name as partner, a.accepted_at
    from assignment a join slot t on t.id = a.slot join facilitator f on f.id = a.facilitator
    left join partner p on p.id = f.partner
"""


async def assignments(sessions: Sequence[int]) -> list[AssignmentView]:
    """Who facilitates some sessions, in the order of slots; not those who declined or were replaced."""
    return await db.rows(
        AssignmentView,
        _ASSIGNMENT
        + """
        where t.session = any($1) and assignment_holds(a.state)
        order by t.session, t.position, fold(f.name), a.id
        """,
        list(sessions),
    )


async def assignment(id: int) -> AssignmentView | None:  # noqa: A002
    """One assignment, whatever its state."""
    return await db.row(AssignmentView, _ASSIGNMENT + " where a.id = $1", id)


@dataclass(frozen=True, slots=True)
class DoorOpener:
    """Who opens the room of a date, as far as it is known. For who works there, never for the public."""

    slot: int
    name: str | None
    email: str | None
    phone: str | None

    @property
    def said(self) -> str:
        """Whom to call, on one line."""
        return ", ".join(part for part in (self.name, self.phone or self.email) if part)


async def openers(session: int) -> dict[int, DoorOpener]:
    """Who opens the rooms of a session, by date, in one statement."""
    sql = """
        select t.id as slot, v.contact_name as name, v.contact_email as email, v.contact_phone as phone
        from slot t join venue_use u on u.slot = t.id join venue v on v.id = u.venue
        where t.session = $1 and coalesce(v.contact_name, v.contact_email, v.contact_phone) is not null
    """
    return {found.slot: found for found in await db.rows(DoorOpener, sql, session)}


@dataclass(frozen=True, slots=True)
class VenueView:
    """A venue, for a choice."""

    id: int
    name: str
    city: str
    capacity: int


async def venues() -> list[VenueView]:
    """The venues in use, by town."""
    return await db.rows(
        VenueView,
        """
        select v.id, v.name, c.name as city, v.capacity from venue v join commune c on c.id = v.commune
        where v.active order by fold(c.name), fold(v.name), v.id
        """,
    )


async def known_venues(rows: Sequence[VenueRow]) -> list[int | None]:
    """Which venue each line of a spreadsheet is, by its name in that town, in one statement; None: nobody knows it."""
    sql = """
        select (
            select min(v.id) from venue v join commune c on c.id = v.commune
            where fold(v.name) = fold(w.name) and fold(c.name) = fold(w.city)
        ) as id
        from unnest($1::text[], $2::text[]) with ordinality w(name, city, n) order by w.n
    """
    names, cities = [row.name for row in rows], [row.city for row in rows]
    return [record["id"] for record in await db.connection().fetch(sql, names, cities)]


@dataclass(frozen=True, slots=True)
class DateLed:
    """A date to come that somebody leads."""

    assignment: int
    session: int
    title: str
    starts_at: datetime
    ends_at: datetime


async def dates_led(email: str, now: datetime) -> list[DateLed]:
    """The dates to come of whoever delivers with this address, the first first."""
    sql = """
        select a.id as assignment, t.session, o.title, t.starts_at, t.ends_at
        from facilitator f join assignment a on a.facilitator = f.id and assignment_holds(a.state)
        join slot t on t.id = a.slot and t.starts_at > $2
        join session s on s.id = t.session and s.state <> 'cancelled' join offer o on o.id = s.offer
        where lower(f.email) = lower($1) order by t.starts_at, a.id
    """
    return await db.rows(DateLed, sql, email, now)


async def facilitators_of(email: str) -> list[int]:
    """The active facilitators of an address: one, or none."""
    sql = "select id from facilitator where lower(email) = lower($1) and active order by id"
    return [record["id"] for record in await db.connection().fetch(sql, email)]


# Who of the team may take over from whom

_TEAM = """
    from account a join membership m on m.account = a.id and num_nonnulls(m.organisation, m.partner, m.facilitator) = 0
    where a.active
"""


async def team() -> list[AccountView]:
    """Everybody on the platform's team, by name."""
    sql = f"select a.id, a.name, a.email, a.locale {_TEAM} group by a.id order by fold(a.name), a.name, a.id"
    return await db.rows(AccountView, sql)


async def team_member(account: int) -> AccountView | None:
    """Somebody of the platform's team; None: they are not on it."""
    return await db.row(AccountView, f"select a.id, a.name, a.email, a.locale {_TEAM} and a.id = $1 limit 1", account)


async def team_roles_to_give(former: int, taker: int) -> list[Role]:
    """The roles on the team that one holds and the other does not, unless that one administers: nothing is above."""
    sql = f"select m.account, m.role {_TEAM} and m.account in ($1, $2) order by m.id"
    held = [(record["account"], Role(record["role"])) for record in await db.connection().fetch(sql, former, taker)]
    has = {role for account, role in held if account == taker}
    if Role.ADMINISTRATOR in has:
        return []
    return [role for account, role in held if account == former and role not in has]
