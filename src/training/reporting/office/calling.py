"""What is found while somebody is on the telephone: their organisation, a session, what they had, what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.prices import resized
from training.bookings.rules.seats import option_ends
from training.bookings.rules.states import IN_LINE, NAMEABLE, BookingState
from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.tariffs import Price, price_for
from training.directory import queries as directory
from training.directory.queries import ORGANISATION_WORDS, ContactView, OrganisationView
from training.directory.rules.billing_facts import Service
from training.directory.rules.organisations import KIND_NAMES, OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.clauses import Clauses
from training.kernel.i18n import _
from training.kernel.row_mapping import columns
from training.kernel.searching import SearchPlace, words_found
from training.reporting.office.said_when import said_when
from training.scheduling.rules import BOOKABLE, LockedSession, SessionKind, SessionState

FOUND = 6  # organisations, sessions, models: what one reads while somebody waits
NEAR = 600  # sessions, the nearest first, among which words are looked for


@dataclass(frozen=True, slots=True)
class CallAsked:
    """What was typed so far. `kind`: of an organisation that is being made. `model`: a past session to come back to."""

    who: str = ""
    structure: str = ""
    kind: OrganisationKind | None = None
    what: str = ""
    session: int | None = None
    model: int | None = None
    seats: int = 0


@dataclass(frozen=True, slots=True)
class CallerFound:
    """An organisation that may be the one who calls."""

    id: int
    slug: str
    name: str
    kind: OrganisationKind
    city: str
    booked: int

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return _(KIND_NAMES[self.kind])


@dataclass(frozen=True, slots=True)
class CallSession:
    """A session as somebody on the telephone is told of it. `cost`: for their kind and number, where both are known."""

    id: int
    offer: int
    offer_slug: str
    title: str
    state: SessionState
    kind: SessionKind
    organisation: int | None
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    venue: str | None
    city: str | None
    capacity: int
    seats_taken: int
    offered: bool  # its offer is in the catalogue; the team books its sessions all the same
    cost: Price | None = None

    @property
    def seats_left(self) -> int:
        """Seats that nobody has."""
        return max(self.capacity - self.seats_taken, 0)

    @property
    def open(self) -> bool:
        """Whether the team may still book it."""
        return self.state in BOOKABLE and self.starts_at > clock.now()


@dataclass(frozen=True, slots=True)
class CallModel:
    """A session that took place: « what Alençon had ». `seats`: theirs there."""

    session: int
    offer: int
    offer_slug: str
    title: str
    starts_at: datetime
    city: str | None
    name: str
    seats: int


@dataclass(frozen=True, slots=True)
class CallPage:
    """All that the page of a call shows beside what is typed."""

    callers: list[CallerFound]
    chosen: OrganisationView | None
    contacts: list[ContactView]
    services: tuple[Service, ...]
    sessions: list[CallSession]
    session: CallSession | None
    models: list[CallModel]
    model: CallModel | None
    joined: BookingView | None  # what they have there and seats are added to
    beside: BookingView | None  # what they have there and has to be decided first
    cost: Price | None
    option_until: datetime | None
    since: datetime | None  # the days that were asked for
    until: datetime | None

    @property
    def had(self) -> int:
        """The seats that this page says there are."""
        return self.joined.seats if self.joined else 0


async def call_page(actor: Actor, asked: CallAsked) -> CallPage:
    """What a call has come to, in twelve statements at most."""
    chosen = await directory.organisation_by_slug(asked.structure) if asked.structure else None
    kind = chosen.kind if chosen else asked.kind
    callers = await _callers(asked.who) if asked.who and chosen is None else []
    when = said_when(asked.what, clock.today())
    since, until = _days(when.since, when.until)
    models = await _models(chosen, when.words)
    model = next((m for m in models if m.session == asked.model), None)
    if model is None and asked.model is not None:
        model = await _model(asked.model)
    words = "" if model else when.words
    looked = bool(asked.what or model or chosen) and asked.session is None
    found = await _sessions(chosen, words, model, since, until) if looked else []
    one = await _session(asked.session) if asked.session else None
    priced = await _priced([*found, *([one] if one else [])], kind, asked.seats)
    found = priced[: len(found)]
    one = priced[-1] if one else None
    group = await _group(actor, chosen, one)
    state = BookingState.CONFIRMED if chosen is None or chosen.approved else BookingState.PENDING
    joined = next((b for b in group if b.state == state), None)
    return CallPage(
        callers=callers,
        chosen=chosen,
        contacts=await directory.contacts(chosen.id) if chosen else [],
        services=tuple(s for s in await directory.chorus_services(chosen.id) if s.active) if chosen else (),
        sessions=found,
        session=one,
        models=models,
        model=model,
        joined=joined,
        beside=next((b for b in group if b.state != state), None) if joined is None else None,
        cost=await _cost(one, joined, kind, asked.seats),
        option_until=None if one is None else option_ends(_as_locked(one), clock.now()),
        since=since,
        until=until,
    )


def _as_locked(one: CallSession) -> LockedSession:
    return LockedSession(**{name: getattr(one, name) for name in columns(LockedSession)})


def _days(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    begin = None if since is None else clock.at(since, time.min)
    return begin, None if until is None else clock.at(until + timedelta(days=1), time.min)


async def _callers(text: str) -> list[CallerFound]:
    where = Clauses("g.state in ('pending', 'approved')")
    where.add(words_found(where.value, _plain(text), SearchPlace(ORGANISATION_WORDS)))
    sql = f"""
        select g.id, g.slug, g.name, g.kind, g.city,
               (select count(*) from booking where organisation = g.id and state = 'confirmed') as booked
        from organisation g where {where} order by fold(g.name), g.name, g.id limit {FOUND:d}
    """
    return await db.rows(CallerFound, sql, *where.values)


def _plain(text: str) -> str:
    """A SIRET as people say it is one word."""
    digits = "".join(text.split())
    return digits if digits.isdigit() and len(digits) > 8 else text


_SESSION = """
    select s.id, s.offer, o.slug as offer_slug, o.title, s.state, s.kind, s.organisation, s.starts_at, f.ends_at,
           s.closes_at, v.name as venue, c.name as city, s.capacity, s.seats_taken,
           o.state = 'published' as offered
    from {rows} s
    join offer o on o.id = s.offer
    join slot f on f.session = s.id and f.position = 1
    left join venue_use u on u.slot = f.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
"""
_SAID = "fold(o.title || ' ' || o.theme || ' ' || coalesce(v.name, '') || ' ' || coalesce(c.name, ''))"


async def _sessions(
    chosen: OrganisationView | None,
    words: str,
    model: CallModel | None,
    since: datetime | None,
    until: datetime | None,
) -> list[CallSession]:
    """Sessions to come that have the words, the nearest first; what is private to others is none."""
    near = Clauses("session_bookable(state)")
    near.add("starts_at > {}", max(filter(None, (clock.now(), since))))
    if until is not None:
        near.add("starts_at < {}", until)
    if model is not None:
        near.add("offer = {}", model.offer)
        near.add("id <> {}", model.session)  # the other dates, not the one that is full
    if chosen is not None:
        near.add("(kind <> 'private' or organisation = {})", chosen.id)
    else:
        near.add("kind <> 'private'")
    said = [f"strpos({_SAID}, fold({near.value(word)})) > 0" for word in words.split()[:6]]
    rows = f"(select * from session where {near} order by starts_at, id limit {NEAR})"
    sql = f"""
        {_SESSION.format(rows=rows)} where {" and ".join(said) or "true"} order by s.starts_at, s.id limit {FOUND:d}
    """
    return await db.rows(CallSession, sql, *near.values)


async def _session(id: int) -> CallSession | None:  # noqa: A002
    return await db.row(CallSession, f"{_SESSION.format(rows='session')} where s.id = $1", id)


_MODEL = """
    select s.id as session, s.offer, o.slug as offer_slug, o.title, s.starts_at, c.name as city, {name} as name,
           {seats} as seats
    from {rows} s join offer o on o.id = s.offer
    join slot f on f.session = s.id and f.position = 1
    left join venue_use u on u.slot = f.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
"""


async def _models(chosen: OrganisationView | None, words: str) -> list[CallModel]:
    """What the organisations had that the words name, or the one who calls: the last of each offer."""
    named = await _callers(words) if words else []
    ids = [caller.id for caller in named] or ([chosen.id] if chosen else [])
    if not ids:
        return []
    sql = f"""
        {_MODEL.format(name="g.name", seats="b.seats", rows="session")}
        join booking b on b.session = s.id join organisation g on g.id = b.organisation
        where b.organisation = any($1) and b.state = 'confirmed' and s.starts_at < $2
        order by s.starts_at desc, s.id desc limit 30
    """
    last: dict[tuple[int, str], CallModel] = {}
    for model in await db.rows(CallModel, sql, ids, clock.now()):
        last.setdefault((model.offer, model.name), model)
    return list(last.values())[:FOUND]


async def _model(id: int) -> CallModel | None:  # noqa: A002
    sql = f"{_MODEL.format(name='coalesce(c.name, o.title)', seats='s.seats_taken', rows='session')} where s.id = $1"
    return await db.row(CallModel, sql, id)


async def _priced(sessions: Sequence[CallSession], kind: OrganisationKind | None, seats: int) -> list[CallSession]:
    """The same with what each costs that kind of organisation, in one statement."""
    if kind is None or not sessions:
        return list(sessions)
    tariffs = await pricing.tariffs(sorted({session.offer for session in sessions}))
    return [
        replace(s, cost=price_for(tariffs[s.offer], kind, clock.local(s.starts_at).date(), seats or 1))
        for s in sessions
    ]


async def _group(actor: Actor, chosen: OrganisationView | None, one: CallSession | None) -> list[BookingView]:
    if chosen is None or one is None:
        return []
    there = await bookings.bookings(actor.scope, organisation=chosen.id, session=one.id, states=sorted(NAMEABLE))
    return [booking for booking in there if booking.state not in IN_LINE]


async def _cost(
    one: CallSession | None, joined: BookingView | None, kind: OrganisationKind | None, seats: int
) -> Price | None:
    """What so many cost; where they have some already, what they cost with these, by the tariff that was promised."""
    if one is None or kind is None:
        return None
    total = max((joined.seats if joined else 0) + seats, 1)
    today = await pricing.price_of(one.offer, kind, one.starts_at, total)
    return resized(joined.price, joined.seats, total, today) if joined else today
