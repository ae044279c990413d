"""States of sessions and assignments, and what may be planned. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from training.directory.rules.people import Days, away_on, gone_on
from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, allows
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission

MAX_SLOT = timedelta(hours=12)


class SessionKind(StrEnum):
    """A private session is for one organisation."""

    OPEN = "open"
    PRIVATE = "private"


class SessionState(StrEnum):
    """`confirmed`: it takes place whatever else is booked."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CONFIRMED = "confirmed"
    HELD = "held"
    CANCELLED = "cancelled"


class AssignmentState(StrEnum):
    """Where a facilitator stands with a slot."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


SESSION_MOVES: dict[SessionState, frozenset[SessionState]] = {
    SessionState.DRAFT: frozenset({SessionState.PUBLISHED, SessionState.CANCELLED}),
    SessionState.PUBLISHED: frozenset({SessionState.CONFIRMED, SessionState.HELD, SessionState.CANCELLED}),
    SessionState.CONFIRMED: frozenset({SessionState.HELD, SessionState.CANCELLED}),
    SessionState.HELD: frozenset(),
    # called off by mistake, or the ice has melted: it is what it was
    SessionState.CANCELLED: frozenset({SessionState.DRAFT, SessionState.PUBLISHED, SessionState.CONFIRMED}),
}
ASSIGNMENT_MOVES: dict[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.PROPOSED: frozenset(
        {AssignmentState.ACCEPTED, AssignmentState.CONFIRMED, AssignmentState.DECLINED, AssignmentState.WITHDRAWN}
    ),
    AssignmentState.ACCEPTED: frozenset(
        {AssignmentState.CONFIRMED, AssignmentState.DECLINED, AssignmentState.WITHDRAWN}
    ),
    AssignmentState.CONFIRMED: frozenset(
        {AssignmentState.DECLINED, AssignmentState.REPLACED, AssignmentState.WITHDRAWN}
    ),
    AssignmentState.DECLINED: frozenset({AssignmentState.PROPOSED, AssignmentState.CONFIRMED}),
    AssignmentState.REPLACED: frozenset({AssignmentState.CONFIRMED}),
    AssignmentState.WITHDRAWN: frozenset({AssignmentState.PROPOSED, AssignmentState.CONFIRMED}),
}
BOOKABLE = frozenset({SessionState.PUBLISHED, SessionState.CONFIRMED})  # as session_bookable() in SQL
# assignment_no_overlap holds for these: a person is in one place at a time
HOLDING = frozenset({AssignmentState.PROPOSED, AssignmentState.ACCEPTED, AssignmentState.CONFIRMED})


QUIET = timedelta(seconds=60)  # changes that follow one another are told together

# French land whose clocks are not those of Paris, by the beginning of its postcodes.
ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


def zone_of(postcode: str) -> str:
    """The zone whose wall clock a place shows."""
    return ZONES.get(postcode[:3], clock.PARIS.key)


def check_paris_time(zone: str, field: str) -> None:
    """Invalid for a venue whose clock is not that of Paris, beside the field that says where it is or that it is used.

    Calendars can carry its zone; pages and forms read and write the wall clock of Paris, and would be hours wrong.
    """
    if zone != clock.PARIS.key:
        words = _(
            "Ce lieu est outre-mer : son heure n’est pas celle de Paris, que disent les pages et les formulaires."
            " Seuls les lieux à l’heure de Paris peuvent accueillir une séance."
        )
        raise Invalid(words, field=field)


def check_where(values: Mapping[str, Any]) -> None:
    """Invalid unless what is said of a venue's coordinates can be: every calendar with it carries them."""
    for name, most in (("latitude", 90), ("longitude", 180)):
        if (value := values.get(name)) is not None and not abs(value) <= most:
            raise Invalid(_("Une latitude va de −90 à 90 degrés, une longitude de −180 à 180."), field="position")


class WheelchairAccess(StrEnum):
    """Whether somebody in a wheelchair gets into a room. Of one of which nobody has said it is not known."""

    YES = "yes"
    HELP = "help"  # a step, a heavy door: with somebody's help
    NO = "no"


def position_of(typed: str) -> tuple[float, float] | None:
    """Latitude and longitude as maps give them: "48.4329, 0.0917"; None when nothing is typed. ValueError: neither."""
    if not typed.strip():
        return None
    numbers = re.findall(r"[-−+]?\d{1,3}(?:[.,]\d+)", typed) or re.findall(r"[-−+]?\d{1,3}", typed)
    if len(numbers) != 2:
        raise ValueError(_("Deux nombres, comme une carte les donne : 48.4329, 0.0917."))
    latitude, longitude = (float(n.replace(",", ".").replace("−", "-")) for n in numbers)
    return latitude, longitude


class FacilitatorBusy(Conflict):
    """The facilitator is somewhere else at that time."""

    slug = "facilitator-busy"


class FacilitatorAway(Conflict):
    """The facilitator said that they are not free on that day: who knows it may ask them all the same."""

    slug = "facilitator-away"


def away_words(name: str, days: Days) -> str:
    """What is said of somebody who is not free on a day that is wanted."""
    return _("{name} n’est pas disponible {days}.").format(name=name, days=days.words)


class VenueTaken(Conflict):
    """The venue is used by another session at that time."""

    slug = "venue-taken"


class SessionFull(Conflict):
    """Not that many seats are left; `seats_left` travels with it."""

    slug = "session-full"


@dataclass(frozen=True, slots=True)
class SlotTimes:
    """When a slot is: aware instants."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class LockedSession:
    """A session's row as it stands, and cannot change before the transaction that locked it ends."""

    id: int
    offer: int
    kind: SessionKind
    organisation: int | None
    state: SessionState
    capacity: int
    seats_taken: int
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime

    @property
    def seats_left(self) -> int:
        """Seats that nobody has."""
        return self.capacity - self.seats_taken


def check_move(current: SessionState, wanted: SessionState) -> None:
    """Conflict unless a session may go from one state to the other."""
    if wanted not in SESSION_MOVES[current]:
        raise _no_longer(current)


def _no_longer(state: SessionState) -> Conflict:
    return Conflict(_("Cette séance est {state} : cela n’est plus possible.").format(state=_(_STATE_WORDS[state])))


# What may be done to a session. `check_…` decides for the action, `may_…` says the same to the page.


def check_publish(state: SessionState) -> None:
    """Only a draft is published; what was called off is reinstated, with its bookings."""
    if state != SessionState.DRAFT:
        raise _no_longer(state)


def may_publish(actor: Actor, session: int, state: SessionState) -> bool:
    """Whether the page offers to publish."""
    return _plans(actor, session) and allows(check_publish, state)


def check_change(state: SessionState) -> None:
    """Times, places, seats and people change until it is held or called off."""
    if state in (SessionState.HELD, SessionState.CANCELLED):
        raise Conflict(_("Cette séance est réalisée ou annulée."))


def may_change(actor: Actor, session: int, state: SessionState) -> bool:
    """Whether the page offers to change it."""
    return _plans(actor, session) and allows(check_change, state)


def check_call_off(state: SessionState) -> None:
    """What was held, or called off, is not called off."""
    check_move(state, SessionState.CANCELLED)


def may_call_off(actor: Actor, session: int, state: SessionState) -> bool:
    """Whether the page offers to call it off."""
    return _plans(actor, session) and allows(check_call_off, state)


def check_reinstate(state: SessionState, starts_at: datetime, now: datetime) -> None:
    """What was called off takes place after all, as long as it is ahead."""
    if state != SessionState.CANCELLED:
        raise Conflict(_("Cette séance n’est pas annulée."))
    if starts_at <= now:
        raise Conflict(_("Cette séance est passée."))


def may_reinstate(actor: Actor, session: int, state: SessionState, starts_at: datetime, now: datetime) -> bool:
    """Whether the page offers to put it back."""
    return _plans(actor, session) and allows(check_reinstate, state, starts_at, now)


def _plans(actor: Actor, session: int) -> bool:
    return actor.may(Permission.SESSIONS_PLAN, session=session)


_STATE_WORDS = {
    SessionState.DRAFT: N_("en préparation"),
    SessionState.PUBLISHED: N_("publiée"),
    SessionState.CONFIRMED: N_("confirmée"),
    SessionState.HELD: N_("réalisée"),
    SessionState.CANCELLED: N_("annulée"),
}


def place(venue: str | None, city: str | None) -> str:
    """Venue and town on one line, "" when unknown; the town is not said twice ("Mairie de Damigny")."""
    if venue and city and city.casefold() in venue.casefold():
        return venue
    return ", ".join(filter(None, (venue, city)))


def check_slots(slots: Sequence[SlotTimes]) -> None:
    """Invalid unless there is a slot, each ends after it starts within half a day, and none overlaps the next."""
    if not slots:
        raise Invalid(_("Une séance a au moins une date."), field="slots")
    for slot in slots:
        if not timedelta() < slot.ends_at - slot.starts_at <= MAX_SLOT:
            raise Invalid(_("Une date se termine après son début, et dure douze heures au plus."), field="slots")
    ordered = sorted(slots, key=lambda s: s.starts_at)
    if any(a.ends_at > b.starts_at for a, b in pairwise(ordered)):
        raise Invalid(_("Deux dates de la séance se chevauchent."), field="slots")


# What partners ask for


class PartnerUnit(StrEnum):
    """What a partner's rate pays."""

    SESSION = "session"
    SEAT = "seat"
    HOUR = "hour"


PARTNER_UNIT_NAMES: dict[PartnerUnit, str] = {
    PartnerUnit.SESSION: N_("par séance"),
    PartnerUnit.SEAT: N_("par place"),
    PartnerUnit.HOUR: N_("par heure"),
}


# Who takes over


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Somebody who may be asked, with what stands in the way of a date."""

    id: int
    skills: frozenset[int]  # offers
    active: bool
    left_on: date | None
    busy: tuple[SlotTimes, ...]
    away: tuple[Days, ...]


@dataclass(frozen=True, slots=True)
class ToHandOver:
    """A session that somebody has to take over, whole."""

    session: int
    offer: int
    slots: tuple[SlotTimes, ...]


def free_for(person: Deliverer, slots: Sequence[SlotTimes]) -> bool:
    """Whether somebody is there on all those dates, and nowhere else."""
    days = [clock.local(slot.starts_at).date() for slot in slots]
    if any(gone_on(person.active, person.left_on, day) or away_on(person.away, day) for day in days):
        return False
    return not any(a.starts_at < b.ends_at and b.starts_at < a.ends_at for a in person.busy for b in slots)


def take_overs(sessions: Sequence[ToHandOver], people: Sequence[Deliverer]) -> dict[int, int | None]:
    """Who is proposed for each session: skilled and free then, whoever has the fewest dates so far; None: nobody is.

    The order of `people` decides between equals. What is proposed is busy: nobody is in two places.
    """
    found: dict[int, int | None] = {}
    taken: dict[int, tuple[SlotTimes, ...]] = {person.id: person.busy for person in people}
    for wanted in sessions:
        free = [
            person
            for person in people
            if wanted.offer in person.skills and free_for(replace(person, busy=taken[person.id]), wanted.slots)
        ]
        chosen = min(free, key=lambda person: len(taken[person.id]), default=None)
        found[wanted.session] = chosen.id if chosen else None
        if chosen:
            taken[chosen.id] += wanted.slots
    return found


def check_departure(on: date, today: date) -> None:
    """Invalid when somebody typed a year that they did not mean."""
    if not -366 <= (on - today).days <= 731:
        raise Invalid(_("Vérifiez l’année."), field="left_on")


def taken_over(said: Mapping[str, str], former: str, taker: str) -> dict[str, str]:
    """The texts that name somebody, naming whoever takes over; those that do not are left out. A line names one."""
    found = {}
    for name, text in said.items():
        lines = [_renamed(line, former, taker) for line in text.splitlines()]
        if (new := "\n".join(dict.fromkeys(lines))) != text:
            found[name] = new
    return found


def _renamed(line: str, former: str, taker: str) -> str:
    name, comma, rest = line.partition(",")
    return f"{taker}{comma}{rest}" if name.strip().casefold() == former.strip().casefold() else line
