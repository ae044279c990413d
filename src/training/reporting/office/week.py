"""The next seven days as the day's page draws them: who leads what on which day, and what nobody leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from training.catalogue.queries.offers import LOOK_JOIN
from training.kernel import addresses, clock, db
from training.scheduling.rules import SessionState

DAYS = 7
DATES_MOST = 300  # of a week: a board of more is read by nobody


@dataclass(frozen=True, slots=True)
class Slip:
    """A date of a session on the board. `hole`: nobody leads it; `asked`: who was asked has not said yes."""

    href: str
    place: str
    title: str
    start: datetime
    end: datetime
    taken: int
    capacity: int
    who: str  # all who lead it
    paper: str | None
    draft: bool
    hole: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class RackRow:
    """A person's week, a list of slips a day; the first row may be nobody's (`name` "")."""

    name: str
    of: str  # whom they come from, when it is a partner
    days: tuple[tuple[Slip, ...], ...]

    @property
    def number(self) -> int:
        """How many dates."""
        return sum(len(slips) for slips in self.days)


@dataclass(frozen=True, slots=True)
class Rack:
    """The board: its days, its rows (nobody's first), and every date once, a list a day."""

    days: tuple[date, ...]
    rows: list[RackRow]
    by_day: tuple[tuple[Slip, ...], ...]
    sessions: int
    people: int  # seats that are taken
    holes: int  # sessions with a date that nobody leads


@dataclass(frozen=True, slots=True)
class RackDate:
    """A date of a session with whoever leads it, once for each person; nobody: `name` None."""

    slot: int
    session: int
    state: SessionState
    title: str
    paper: str | None
    city: str | None
    venue: str | None
    starts_at: datetime
    ends_at: datetime
    taken: int
    capacity: int
    facilitator: int | None
    name: str | None
    partner: str | None
    asked: bool


async def rack() -> Rack:
    """Today and the six days after it; called-off sessions are gone."""
    first = clock.today()
    found = await db.rows(
        RackDate,
        f"""
        select t.id as slot, t.session, s.state, o.title, th.paper, c.name as city, v.name as venue, t.starts_at,
               t.ends_at, s.seats_taken as taken, s.capacity, f.id as facilitator, f.name, p.name as partner,
               coalesce(a.state = 'proposed', false) as asked
        from (
            select t.* from slot t
            where t.starts_at >= $1 and t.starts_at < $2
              and (select state from session where id = t.session) <> 'cancelled'
            order by t.starts_at, t.id limit {DATES_MOST:d}
        ) t
        join session s on s.id = t.session
        join offer o on o.id = s.offer {LOOK_JOIN}
        left join lateral (select venue from venue_use where slot = t.id offset 0) u on true
        left join venue v on v.id = u.venue
        left join commune c on c.id = v.commune
        left join assignment a on a.slot = t.id and assignment_holds(a.state)
        left join facilitator f on f.id = a.facilitator
        left join partner p on p.id = f.partner
        order by t.starts_at, t.id, fold(f.name), f.id
        """,
        clock.at(first, time()),
        clock.at(first + timedelta(days=DAYS), time()),
    )
    return board(found, first)


def board(found: Iterable[RackDate], first: date) -> Rack:
    """The dates as a board: a row a person, by name, after the row of nobody. Pure."""
    dates = list(found)
    days = tuple(first + timedelta(days=n) for n in range(DAYS))
    whose: dict[tuple[bool, str, str, int], list[RackDate]] = {}
    names: dict[int, list[str]] = {}
    for one in dates:
        person = (one.facilitator is not None, one.name or "", one.partner or "", one.facilitator or 0)
        whose.setdefault(person, []).append(one)
        names.setdefault(one.slot, []).extend([one.name] if one.name else [])
    once = list({one.slot: one for one in dates}.values())
    taken = {one.session: one.taken for one in once}
    return Rack(
        days=days,
        rows=[
            RackRow(name, of, _by_day(theirs, days, names)) for (_led, name, of, _id), theirs in sorted(whose.items())
        ],
        by_day=_by_day(once, days, names),
        sessions=len(taken),
        people=sum(taken.values()),
        holes=len({one.session for one in once if _is_hole(one)}),
    )


def _is_hole(found: RackDate) -> bool:
    return found.facilitator is None and found.state in (SessionState.PUBLISHED, SessionState.CONFIRMED)


def _by_day(
    dates: Sequence[RackDate], days: tuple[date, ...], names: Mapping[int, Sequence[str]]
) -> tuple[tuple[Slip, ...], ...]:
    return tuple(
        tuple(_slip(one, names[one.slot]) for one in dates if clock.local(one.starts_at).date() == day) for day in days
    )


def _slip(found: RackDate, names: Sequence[str]) -> Slip:
    return Slip(
        href=addresses.office_session(found.session),
        place=found.city or found.venue or found.title,
        title=found.title,
        start=found.starts_at,
        end=found.ends_at,
        taken=found.taken,
        capacity=found.capacity,
        who=", ".join(names),
        paper=found.paper,
        draft=found.state is SessionState.DRAFT,
        hole=_is_hole(found),
        asked=found.asked,
    )
