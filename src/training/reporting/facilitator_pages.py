"""The sessions of who delivers: where, when, with whom. Every read takes who the actor is, and sees only theirs.

A facilitator's are those they lead; a partner's, for who speaks for it, those that one of its people leads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from training.bookings.rules.states import BookingState
from training.catalogue.queries.offers import LOOK, LOOK_JOIN
from training.catalogue.rules.looks import Look
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.scheduling import queries as scheduling
from training.scheduling.queries import AssignmentView, DoorOpener, SessionView, SlotView
from training.scheduling.rules import SessionState


@dataclass(frozen=True, slots=True)
class Mission:
    """A date at which they are expected, or were."""

    session: int
    slot: int
    title: str
    state: SessionState
    position: int
    slots: int
    starts_at: datetime
    ends_at: datetime
    venue: str | None
    city: str | None
    seats: int
    look: Look

    @property
    def off(self) -> bool:
        """Whether it was called off."""
        return self.state == SessionState.CANCELLED


# Declined, replaced, withdrawn: no longer theirs. Those who fell with the session must still find out.
_THEIRS = """
    s.state <> 'draft' and (assignment_holds(a.state) or exists (
        select from assignment_ending e where e.assignment = a.id and e.undone_at is null and e.call_off is not null
    ))
"""


def _mine(scope: Scope) -> Clauses:
    where = Clauses(_THEIRS)
    led = "a.facilitator = any({})"
    partners = "a.facilitator = any(array(select f.id from facilitator f where f.partner = any({})))"
    if not scope.partners:
        where.among("a.facilitator", scope.facilitators)
    elif not scope.facilitators:
        where.add(partners, sorted(scope.partners))
    else:
        where.add(f"({led} or {partners})", sorted(scope.facilitators), sorted(scope.partners))
    return where


_MISSIONS = f"""
    select distinct s.id as session, t.id as slot, o.title, s.state, t.position,
           (select count(*) from slot where session = s.id) as slots, t.starts_at, t.ends_at,
           v.name as venue, c.name as city, s.seats_taken as seats, {LOOK}
    from assignment a
    cross join lateral (select * from slot where id = a.slot offset 0) t
    join session s on s.id = t.session
    join offer o on o.id = s.offer
    {LOOK_JOIN}
    left join venue_use u on u.slot = t.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
"""


async def coming(scope: Scope, *, limit: int = 100) -> list[Mission]:
    """What is ahead or going on, the soonest first."""
    where = _mine(scope)
    where.add("upper(a.during) > {}", clock.now())
    sql = f"{_MISSIONS} where {where} order by t.starts_at, t.id limit {limit:d}"
    return await db.rows(Mission, sql, *where.values)


async def past(scope: Scope, *, limit: int = 200) -> list[Mission]:
    """What is over, the latest first: some years of it."""
    where = _mine(scope)
    where.add("upper(a.during) <= {}", clock.now())
    sql = f"{_MISSIONS} where {where} order by t.starts_at desc, t.id desc limit {limit:d}"
    return await db.rows(Mission, sql, *where.values)


@dataclass(frozen=True, slots=True)
class ExpectedGroup:
    """Who comes: an organisation and how many people. Nobody's name. `present`: how many came; None: not counted."""

    organisation: str
    seats: int
    state: BookingState
    present: int | None


@dataclass(frozen=True, slots=True)
class MissionPlace:
    """A date of the session, with what leads there."""

    slot: SlotView
    mine: bool
    opens: DoorOpener | None = None  # of their own dates only

    @property
    def address(self) -> str:
        """Street and town on one line."""
        town = f"{self.slot.postcode or ''} {self.slot.city or ''}".strip()
        return ", ".join(part for part in (self.slot.address, town) if part)

    @property
    def geo(self) -> str | None:
        """The address that a telephone opens in its own map (RFC 5870); None when the place is not known."""
        if not self.slot.venue:
            return None
        words = quote(", ".join(part for part in (self.slot.venue, self.address) if part))
        if self.slot.latitude is None or self.slot.longitude is None:
            return f"geo:0,0?q={words}"
        return f"geo:{self.slot.latitude},{self.slot.longitude}?q={self.slot.latitude},{self.slot.longitude}({words})"


@dataclass(frozen=True, slots=True)
class MissionPage:
    """A session as who delivers it needs it, before and after. `team`: who leads it beside the reader."""

    session: SessionView
    places: list[MissionPlace]
    team: list[AssignmentView]
    groups: list[ExpectedGroup]

    @property
    def seats(self) -> int:
        """How many people are expected, or were."""
        return sum(group.seats for group in self.groups)

    @property
    def present(self) -> int | None:
        """How many people came; None: not everybody was counted."""
        counted = [group.present for group in self.groups if group.present is not None]
        return sum(counted) if counted and len(counted) == len(self.groups) else None


async def mission(scope: Scope, session: int) -> MissionPage | None:
    """A session of theirs, in six statements; None when it is somebody else's."""
    where = _mine(scope)
    where.add("s.id = {}", session)
    sql = f"""
        select t.id from assignment a join slot t on t.id = a.slot join session s on s.id = t.session where {where}
    """
    mine = {record["id"] for record in await db.connection().fetch(sql, *where.values)}
    view = await scheduling.session(session) if mine else None
    if view is None:
        return None
    slots = (await scheduling.slots([session]))[session]
    own = scope.facilitators
    team = {a.facilitator: a for a in await scheduling.assignments([session]) if a.facilitator not in own}
    groups = await db.rows(
        ExpectedGroup,
        """
        select g.name as organisation, sum(b.seats)::int as seats, b.state,
               case when count(h.present) = count(*) then sum(h.present)::int end as present
        from booking b join organisation g on g.id = b.organisation left join head_count h on h.booking = b.id
        where b.session = $1 and booking_occupies(b.state)
        group by g.id, b.state order by fold(g.name), g.name, b.state
        """,
        session,
    )
    doors = await scheduling.openers(session)
    places = [MissionPlace(slot, slot.id in mine, doors.get(slot.id) if slot.id in mine else None) for slot in slots]
    return MissionPage(view, places, list(team.values()), groups)
