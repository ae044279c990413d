"""When and where the demonstration's sessions take place, around any given day. Bookings are in the file beside."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from training.demo.town.offers import OFFERS, STORY_OFFER
from training.demo.town.organisations import ORGANISATIONS
from training.demo.town.people import FACILITATORS, STORY_FACILITATOR
from training.demo.town.places import PLACES, VILLAGE_BELOW
from training.demo.town.rhythms import RHYTHMS, Pattern, Rhythm
from training.demo.town.shapes import (
    AssignmentState,
    PlannedAssignment,
    PlannedSession,
    PlannedSlot,
    SessionState,
    Venue,
)
from training.demo.town.venues import VENUES
from training.kernel.clock import at, local
from training.kernel.workdays import is_workday

SEED = 2013  # the demonstration's: the year such a platform opened in Alençon
SPAN = 360  # days planned on either side of today
STORY_IN = 21  # days from today to the session of the story
_LAST_PAST = 2  # days ago, at least: a held session had time to be marked as such
_SOONER = 1.6  # above 1, the coming weeks are busier than those of next autumn
_FIRST_COMING = 3  # days ahead, at least: an option on it can still run

_OFFER = {offer.slug: offer for offer in OFFERS}
_ORGANISATION = {organisation.slug: organisation for organisation in ORGANISATIONS}
_VILLAGES = frozenset(place.insee for place in PLACES if place.population < VILLAGE_BELOW)

_REASONS = (
    "Trop peu d’inscrits : nous proposons une autre date.",
    "L’intervenant est souffrant et n’a pas pu être remplacé.",
    "La salle est réquisitionnée par la commune.",
    "Alerte météo : routes verglacées.",
)


def is_working_day(day: date) -> bool:
    """A weekday that is no public holiday, not between Christmas and the new year either."""
    quiet = (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 2)
    return is_workday(day) and not quiet


def is_session_day(day: date) -> bool:
    """A working day outside the summer, when neither schools nor village halls wait for us."""
    return is_working_day(day) and not (7, 10) <= (day.month, day.day) <= (8, 24)


@dataclass(slots=True)
class _Diary:
    """Who and what is taken on which day: one outing a day, so that nobody has to be in two villages at noon."""

    taken: set[tuple[date, str]] = field(default_factory=set)
    load: Counter[str] = field(default_factory=Counter)

    def free(self, days: Sequence[date], name: str) -> bool:
        return all((day, name) not in self.taken for day in days)

    def take(self, day: date, name: str) -> None:
        if (day, name) not in self.taken:
            self.taken.add((day, name))
            self.load[name] += 1

    def crew(self, rhythm: Rhythm, days: Sequence[date]) -> list[str]:
        """Those who can run it and are free, the least busy first; a pair is led by one of the offer's partner."""
        able = {one.person.slug: one.partner for one in FACILITATORS if rhythm.offer in one.offers}
        names = sorted((name for name in able if self.free(days, name)), key=lambda name: (self.load[name], name))
        if rhythm.crew > 1:
            leader = next((name for name in names if able[name] == _OFFER[rhythm.offer].partner), None)
            names.sort(key=lambda name: name != leader)
        return names

    def venue(self, candidates: Sequence[Venue], days: Sequence[date]) -> Venue | None:
        return next((venue for venue in candidates if self.free(days, venue.slug)), None)


def _outward(near: date, reach: int) -> Iterator[date]:
    """`near`, the day before, the day after, two days before…"""
    yield near
    for distance in range(1, reach):
        yield near - timedelta(days=distance)
        yield near + timedelta(days=distance)


def _candidates(rhythm: Rhythm, organisation: str | None, rng: random.Random) -> list[Venue]:
    """The rooms that are large enough, at the client's own place first, then villages two times out of three."""
    fit = [
        venue
        for venue in VENUES
        if venue.capacity >= _OFFER[rhythm.offer].group_max and (not rhythm.venues or venue.slug in rhythm.venues)
    ]
    rng.shuffle(fit)
    home = _ORGANISATION[organisation].insee if organisation else None
    village_first = rng.random() < 2 / 3
    return sorted(fit, key=lambda venue: (venue.insee != home, village_first and venue.insee not in _VILLAGES))


def _slots(
    diary: _Diary, rhythm: Rhythm, pattern: Pattern, days: Sequence[date], venue: Venue, lead: str | None = None
) -> tuple[PlannedSlot, ...]:
    """The slots of one session, taking people and room. Over several weeks two people take turns when they can."""
    slots = []
    for index, (day, (_, start, end)) in enumerate(zip(days, pattern, strict=True)):
        crew = diary.crew(rhythm, days)
        if lead in crew:
            crew.sort(key=lambda name: name != lead)
        turn = index % 2 if len(set(days)) > 1 and len(crew) > rhythm.crew else 0
        names = crew[turn : turn + rhythm.crew]
        starts, ends = at(day, time.fromisoformat(start)), at(day, time.fromisoformat(end))
        slots.append(
            PlannedSlot(starts, ends, venue.slug, tuple(PlannedAssignment(name, "confirmed") for name in names))
        )
    for slot in slots:
        for name in (slot.venue, *(assignment.facilitator for assignment in slot.assignments)):
            diary.take(local(slot.starts_at).date(), name)
    return tuple(slots)


def _place(
    diary: _Diary, rhythm: Rhythm, organisation: str | None, near: date, bounds: tuple[date, date], rng: random.Random
) -> tuple[PlannedSlot, ...]:
    """The slots of a session as near as possible to a day, within bounds, without any clash."""
    pattern = rng.choice(rhythm.patterns)
    candidates = _candidates(rhythm, organisation, rng)
    for first in _outward(near, SPAN):
        days = [first + timedelta(days=gap) for gap, _, _ in pattern]
        if not all(is_session_day(day) for day in days) or days[0] < bounds[0] or days[-1] > bounds[1]:
            continue
        venue = diary.venue(candidates, days)
        if venue is not None and len(diary.crew(rhythm, days)) >= rhythm.crew:
            return _slots(diary, rhythm, pattern, days, venue)
    raise LookupError(rhythm.offer)  # the town has grown too busy: add people or rooms


def _story(diary: _Diary, today: date) -> PlannedSession:
    """The session that the story books: open, in a village, in about three weeks, with room for forty and more."""
    rhythm = next(rhythm for rhythm in RHYTHMS if rhythm.offer == STORY_OFFER)
    day = next(day for day in _outward(today + timedelta(days=STORY_IN), SPAN) if is_working_day(day))
    pattern = rhythm.patterns[0]
    seats = _OFFER[STORY_OFFER].group_max
    venue = next(venue for venue in VENUES if venue.insee in _VILLAGES and venue.capacity >= seats)
    slots = _slots(diary, rhythm, pattern, [day], venue, STORY_FACILITATOR)
    published = at(today - timedelta(days=30), time(11))
    return PlannedSession(
        "story", STORY_OFFER, "open", None, "published", seats, slots, published - timedelta(days=3), published
    )


def _told(slots: Sequence[PlannedSlot], state: AssignmentState) -> tuple[PlannedSlot, ...]:
    """The same slots, their facilitators having got as far as `state`."""
    return tuple(
        replace(slot, assignments=tuple(replace(assignment, state=state) for assignment in slot.assignments))
        for slot in slots
    )


def _past(
    key: str, index: int, rhythm: Rhythm, organisation: str | None, slots: tuple[PlannedSlot, ...]
) -> PlannedSession:
    first, last = local(slots[0].starts_at).date(), local(slots[-1].ends_at).date()
    published = at(first - timedelta(days=55 + index % 20), time(10, 30))
    cancelled = index % 8 == 5 and rhythm.offer != STORY_OFFER  # the story's offer has a past to show
    return PlannedSession(
        key,
        rhythm.offer,
        "private" if organisation else "open",
        organisation,
        "cancelled" if cancelled else "held",
        _OFFER[rhythm.offer].group_max,
        slots,
        published - timedelta(days=4),
        published,
        None if cancelled else at(last + timedelta(days=1), time(9, 15)),
        at(first - timedelta(days=3), time(16, 40)) if cancelled else None,
        _REASONS[index // 8 % len(_REASONS)] if cancelled else "",
    )


def _coming_state(index: int, rhythm: Rhythm, ahead: int) -> SessionState:
    """Near ones are confirmed one time out of two, far ones still drafts; the story's offer always has open dates."""
    if rhythm.offer == STORY_OFFER:
        return "published"
    if ahead > 240:
        return "draft"
    if index % 13 == 6:
        return "cancelled"
    return "confirmed" if index % (2 if ahead < 45 else 4) == 1 else "published"


def _coming(
    key: str, index: int, rhythm: Rhythm, organisation: str | None, slots: tuple[PlannedSlot, ...], today: date
) -> PlannedSession:
    first = local(slots[0].starts_at).date()
    ahead = (first - today).days
    state = _coming_state(index, rhythm, ahead)
    published = at(min(today - timedelta(days=14 + index % 25), first - timedelta(days=40)), time(15, 20))
    talk: AssignmentState = "proposed" if state == "draft" else "accepted" if ahead > 120 else "confirmed"
    return PlannedSession(
        key,
        rhythm.offer,
        "private" if organisation else "open",
        organisation,
        state,
        _OFFER[rhythm.offer].group_max,
        _told(slots, talk),
        published - timedelta(days=2),
        None if state == "draft" else published,
        cancelled_at=at(today - timedelta(days=4), time(17, 5)) if state == "cancelled" else None,
        reason=_REASONS[index % len(_REASONS)] if state == "cancelled" else "",
    )


def _wishes(past: bool, rng: random.Random) -> list[tuple[Rhythm, str | None]]:
    """What must be placed, in an order that mixes the offers; one session out of three is for one client alone."""
    wishes: list[tuple[Rhythm, str | None]] = []
    for rhythm in RHYTHMS:
        story = rhythm.offer == STORY_OFFER and not past
        for nth in range(rhythm.past if past else rhythm.coming - story):
            private = nth % 3 == 1 and not story
            wishes.append((rhythm, rhythm.takers[nth % len(rhythm.takers)] if private else None))
    rng.shuffle(wishes)
    return wishes


def plan(today: date, seed: int) -> list[PlannedSession]:
    """About eighty sessions over the year before and the year after `today`: the same for the same arguments."""
    rng = random.Random(seed)  # noqa: S311 (a town, not a secret)
    diary = _Diary()
    sessions = [_story(diary, today)]
    for past in (True, False):
        start, end = (-SPAN, -_LAST_PAST) if past else (_FIRST_COMING, SPAN)
        bounds = today + timedelta(days=start), today + timedelta(days=end)
        every = [bounds[0] + timedelta(days=days) for days in range((bounds[1] - bounds[0]).days + 1)]
        days = [day for day in every if is_session_day(day)]
        wishes = _wishes(past, rng)
        for index, (rhythm, organisation) in enumerate(wishes):
            share = (index + 0.5) / len(wishes)
            near = days[int(len(days) * (share if past else share**_SOONER))]
            slots = _place(diary, rhythm, organisation, near, bounds, rng)
            if past:
                sessions.append(_past(f"past-{index:02}", index, rhythm, organisation, slots))
            else:
                sessions.append(_coming(f"coming-{index:02}", index, rhythm, organisation, slots, today))
    return sorted(sessions, key=lambda session: (session.starts_at, session.key))
