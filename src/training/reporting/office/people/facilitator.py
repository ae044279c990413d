"""One person who facilitates: their sheet, their form, their departure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from training.directory.rules.people import Days, RateUnit, rate_words
from training.kernel import clock, db
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.records.queries import last_change
from training.reporting.office.edits import EditShown, edits_of
from training.reporting.office.people.credentials import CredentialShown, credentials_of
from training.scheduling.rules import Deliverer, SessionState, SlotTimes, ToHandOver, free_for, place, take_overs

COMING_MOST = 50  # dates of one person that their page shows


@dataclass(frozen=True, slots=True)
class FacilitatorShown:
    """A facilitator with all that is known of them; `partner` is a name, None for the platform's own team."""

    id: int
    name: str
    email: str
    phone: str | None
    partner_id: int | None
    partner: str | None
    locale: str
    active: bool
    area: str
    rate_unit: RateUnit | None
    rate_cents: int | None
    note: str
    left_on: date | None

    @property
    def rate(self) -> str:
        """What they ask for, in words."""
        return rate_words(self.rate_unit, self.rate_cents)

    @property
    def places(self) -> list[str]:
        """Where they go, one by one."""
        return [line.strip() for line in self.area.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class Skill:
    """An offer that somebody may deliver."""

    id: int
    slug: str
    title: str
    held: bool


@dataclass(frozen=True, slots=True)
class DateAhead:
    """A date to come of somebody. `away`: they are not free on that day."""

    session: int
    title: str
    starts_at: datetime
    ends_at: datetime
    venue: str | None
    city: str | None
    state: SessionState
    accepted_at: datetime | None

    @property
    def place(self) -> str:
        """Venue and town on one line, "" when unknown."""
        return place(self.venue, self.city)


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which they are not free; `dates`: how many of theirs fall in them."""

    id: int
    days: Days
    dates: int


@dataclass(frozen=True, slots=True)
class OfficeFacilitator:
    """What the page of one person shows. `more`: dates to come that are not shown."""

    facilitator: FacilitatorShown
    skills: list[Skill]
    coming: list[DateAhead]
    more: int
    papers: list[CredentialShown]
    absences: list[Absence]
    edits: list[EditShown]


async def facilitator_page(id: int) -> OfficeFacilitator:  # noqa: A002
    """What the page of one facilitator shows, in five statements and those of edits; NotFound when there is none."""
    found = await _one(id)
    ahead = await db.rows(DateAhead, _AHEAD, id, clock.now())
    return OfficeFacilitator(
        found,
        [skill for skill in await _skills(id) if skill.held],
        ahead[:COMING_MOST],
        max(0, len(ahead) - COMING_MOST),
        await credentials_of(facilitator=id),
        await _absences(id, ahead),
        await edits_of("facilitator", id),
    )


async def _one(id: int) -> FacilitatorShown:  # noqa: A002
    found = await db.row(FacilitatorShown, _FACILITATOR, id)
    if found is None:
        raise NotFound(_("Cette personne n’existe pas."))
    return found


_FACILITATOR = """
    select f.id, f.name, f.email, f.phone, f.partner as partner_id, p.name as partner, f.locale, f.active, f.area,
           f.rate_unit, f.rate_cents, f.note, f.left_on
    from facilitator f left join partner p on p.id = f.partner where f.id = $1
"""
_AHEAD = """
    select t.session, o.title, t.starts_at, t.ends_at, v.name as venue, c.name as city, s.state, a.accepted_at
    from assignment a join slot t on t.id = a.slot join session s on s.id = t.session join offer o on o.id = s.offer
    left join venue_use u on u.slot = t.id left join venue v on v.id = u.venue left join commune c on c.id = v.commune
    where a.facilitator = $1 and assignment_holds(a.state) and t.starts_at > $2
    order by t.starts_at, t.id limit 500
"""


async def _skills(facilitator: int | None) -> list[Skill]:
    """Every offer that is not archived, and those that they may deliver all the same."""
    sql = """
        select o.id, o.slug, o.title, w.id is not null as held
        from offer o left join offer_facilitator w on w.offer = o.id and w.facilitator = $1
        where o.state <> 'archived' or w.id is not null order by fold(o.title), o.title, o.id
    """
    return await db.rows(Skill, sql, facilitator)


async def _absences(facilitator: int, ahead: list[DateAhead]) -> list[Absence]:
    """Those that are not over."""
    sql = """
        select id, starts_on, ends_on from unavailability
        where facilitator = $1 and archived_at is null and ends_on >= $2 order by starts_on, id
    """
    days = [clock.local(each.starts_at).date() for each in ahead]
    return [
        Absence(
            record["id"],
            Days(record["starts_on"], record["ends_on"]),
            sum(record["starts_on"] <= day <= record["ends_on"] for day in days),
        )
        for record in await db.connection().fetch(sql, facilitator, clock.today())
    ]


# The form


@dataclass(frozen=True, slots=True)
class FacilitatorEdited:
    """One of them (None: to be written down), the partners that they may work for, and the offers there are."""

    facilitator: FacilitatorShown | None
    partners: list[tuple[str, str]]
    offers: list[Skill]
    seen: int


async def edit_page(id: int | None = None) -> FacilitatorEdited:  # noqa: A002
    """What the form of one facilitator shows, in four statements; NotFound when there is none."""
    seen = await last_change("facilitator", id) if id is not None else 0
    found = await _one(id) if id is not None else None
    sql = "select id::text as id, name from partner where active or id = $1 order by fold(name), id"
    kept = found.partner_id if found else None
    partners = [(record["id"], record["name"]) for record in await db.connection().fetch(sql, kept)]
    return FacilitatorEdited(found, partners, await _skills(id), seen)


# The departure


@dataclass(frozen=True, slots=True)
class Successor:
    """Somebody who may take a session over; `skilled` for its offer, and `free` then."""

    id: int
    name: str
    partner: str | None
    skilled: bool
    free: bool


@dataclass(frozen=True, slots=True)
class SessionLeft:
    """A session that somebody has to take over, with whom it could be given to and who is proposed."""

    session: int
    title: str
    starts_at: datetime
    ends_at: datetime
    dates: int
    city: str | None
    seats: int
    proposed: int | None
    people: list[Successor]


@dataclass(frozen=True, slots=True)
class Departure:
    """What the page on which somebody leaves shows: from which day, and what they leave behind."""

    facilitator: FacilitatorShown
    on: date
    at_once: bool  # that day has come
    sessions: list[SessionLeft]
    everybody: list[tuple[int, str]]


async def departure_page(id: int, on: date) -> Departure:  # noqa: A002
    """What somebody's departure on a day leaves behind, in four statements; NotFound when there is no such person."""
    found = await _one(id)
    left = await db.rows(_Left, _LEFT, id, max(clock.at(on, time()), clock.now()))
    people = await _people(id, left)
    sessions: dict[int, list[_Left]] = {}
    for each in left:
        sessions.setdefault(each.session, []).append(each)
    wanted = [
        ToHandOver(session, dates[0].offer, tuple(SlotTimes(d.starts_at, d.ends_at) for d in dates))
        for session, dates in sessions.items()
    ]
    proposed = take_overs(wanted, [person.deliverer for person in people])
    return Departure(
        found,
        on,
        on <= clock.today(),
        [_handed_over(each, sessions[each.session], proposed[each.session], people) for each in wanted],
        [(p.id, _named(p.name, p.partner)) for p in people],
    )


def _handed_over(wanted: ToHandOver, dates: list[_Left], proposed: int | None, people: list[_Person]) -> SessionLeft:
    first = dates[0]
    able = [
        Successor(p.id, p.name, p.partner, wanted.offer in p.skills, free_for(p.deliverer, wanted.slots))
        for p in people
    ]
    return SessionLeft(
        first.session,
        first.title,
        first.starts_at,
        first.ends_at,
        len(dates),
        first.city,
        first.seats,
        proposed,
        sorted(able, key=lambda p: (not p.free, not p.skilled)),
    )


def _named(name: str, partner: str | None) -> str:
    return f"{name} ({partner})" if partner else name


@dataclass(frozen=True, slots=True)
class _Left:
    session: int
    offer: int
    title: str
    starts_at: datetime
    ends_at: datetime
    city: str | None
    seats: int


_LEFT = """
    select t.session, s.offer, o.title, t.starts_at, t.ends_at, c.name as city, s.seats_taken as seats
    from assignment a join slot t on t.id = a.slot join session s on s.id = t.session join offer o on o.id = s.offer
    left join venue_use u on u.slot = t.id left join venue v on v.id = u.venue left join commune c on c.id = v.commune
    where a.facilitator = $1 and assignment_holds(a.state) and t.starts_at >= $2 and s.state <> 'held'
    order by s.starts_at, t.session, t.position
"""


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    name: str
    partner: str | None
    active: bool
    left_on: date | None
    skills: frozenset[int]
    busy_from: list[datetime]
    busy_until: list[datetime]
    away_from: list[date]
    away_until: list[date]

    @property
    def deliverer(self) -> Deliverer:
        """As the rule looks at them."""
        return Deliverer(
            self.id,
            self.skills,
            self.active,
            self.left_on,
            tuple(map(SlotTimes, self.busy_from, self.busy_until)),
            tuple(map(Days, self.away_from, self.away_until)),
        )


async def _people(leaving: int, left: list[_Left]) -> list[_Person]:
    """Everybody else who is there, by name, with what they do while those sessions take place."""
    if not left:
        return []
    first, last = min(each.starts_at for each in left), max(each.ends_at for each in left)
    return await db.rows(_Person, _PEOPLE, leaving, first, last)


_PEOPLE = """
    select f.id, f.name, p.name as partner, f.active, f.left_on,
           array(select offer from offer_facilitator where facilitator = f.id) as skills,
           coalesce(b.busy_from, '{}') as busy_from, coalesce(b.busy_until, '{}') as busy_until,
           array(select starts_on from unavailability where facilitator = f.id and archived_at is null
                 order by id) as away_from,
           array(select ends_on from unavailability where facilitator = f.id and archived_at is null
                 order by id) as away_until
    from facilitator f left join partner p on p.id = f.partner and p.active
    left join lateral (
        select array_agg(t.starts_at order by t.id) as busy_from, array_agg(t.ends_at order by t.id) as busy_until
        from assignment a join slot t on t.id = a.slot
        where a.facilitator = f.id and assignment_holds(a.state) and t.starts_at < $3 and t.ends_at > $2
    ) b on true
    where f.active and f.id <> $1 order by fold(f.name), f.name, f.id
"""
