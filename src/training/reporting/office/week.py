"""The next seven days as the day's page draws them: dates of sessions, side by side where they overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from training.kernel import addresses, clock, db
from training.scheduling.rules import SessionState

DAYS = 7
LANES = 3  # the drawing's: a fourth session at the same hour is drawn over the third


@dataclass(frozen=True, slots=True)
class WeekEvent:
    """A date of a session as the week draws it. Minutes are the wall clock's, since midnight."""

    href: str
    place: str
    title: str
    start: datetime
    end: datetime
    from_minute: int
    to_minute: int
    lane: int = 1
    lanes: int = 1
    tone: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week view."""

    day: date
    today: bool
    note: str | None = None
    events: tuple[WeekEvent, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Date:
    session: int
    state: SessionState
    title: str
    city: str | None
    venue: str | None
    starts_at: datetime
    ends_at: datetime


async def week() -> list[Day]:
    """Today and the six days after it, with their sessions; called-off ones are gone."""
    first = clock.today()
    found = await db.rows(
        _Date,
        """
        select s.id as session, s.state, o.title, c.name as city, v.name as venue, t.starts_at, t.ends_at
        from slot t
        join session s on s.id = t.session
        join offer o on o.id = s.offer
        left join lateral (select venue from venue_use where slot = t.id offset 0) u on true
        left join venue v on v.id = u.venue
        left join commune c on c.id = v.commune
        where t.starts_at >= $1 and t.starts_at < $2 and s.state <> 'cancelled'
        order by t.starts_at, t.id
        """,
        clock.at(first, time()),
        clock.at(first + timedelta(days=DAYS), time()),
    )
    days = [first + timedelta(days=n) for n in range(DAYS)]
    events = {day: [_event(d) for d in found if clock.local(d.starts_at).date() == day] for day in days}
    return [Day(day, day == first, None, tuple(in_lanes(events[day]))) for day in days]


_TONES = {SessionState.DRAFT: "attention", SessionState.HELD: "done"}


def _event(found: _Date) -> WeekEvent:
    start, end = clock.local(found.starts_at), clock.local(found.ends_at)
    last = end.hour * 60 + end.minute if end.date() == start.date() else 24 * 60
    return WeekEvent(
        href=addresses.office_session(found.session),
        place=found.city or found.venue or found.title,
        title=found.title,
        start=found.starts_at,
        end=found.ends_at,
        from_minute=start.hour * 60 + start.minute,
        to_minute=last,
        tone=_TONES.get(found.state),
    )


def in_lanes(events: Sequence[WeekEvent]) -> list[WeekEvent]:
    """The events of one day side by side where they overlap; `events` come by their beginning."""
    placed: list[WeekEvent] = []
    group: list[WeekEvent] = []
    ends: list[int] = []
    for event in events:
        if group and event.from_minute >= max(ends):
            placed, group, ends = placed + _shared(group, len(ends)), [], []
        lane = next((n for n, end in enumerate(ends) if end <= event.from_minute), len(ends))
        if lane == len(ends) and lane < LANES:
            ends.append(event.to_minute)
        else:
            lane = min(lane, LANES - 1)
            ends[lane] = max(ends[lane], event.to_minute)
        group.append(replace(event, lane=lane + 1))
    return placed + _shared(group, len(ends))


def _shared(group: list[WeekEvent], lanes: int) -> list[WeekEvent]:
    return [replace(event, lanes=lanes) for event in group]
