"""What people do with the invitations of two coming Saturdays: they answer, decline, are replaced, and are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta
from functools import partial

from training.bookings.actions import booking as bookings
from training.bookings.actions import ending
from training.bookings.actions.booking import NewParticipant
from training.calendar.actions import answers
from training.calendar.rules import Answer
from training.demo.events import Event, Town
from training.demo.town.saturdays import PARTICIPANTS
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.scheduling import queries as scheduling
from training.scheduling.actions import assignments, changing
from training.scheduling.actions.changing import Moved

MOVED, REINSTATED = "sat-moved", "sat-reinstated"
_LATER = timedelta(hours=4, minutes=30)  # from the morning to the afternoon
_INVITATION = "select i.id from invitation i join slot t on t.id = i.slot where t.session = $1 and i.email = $2"


def events(town: Town, today: date) -> list[Event]:
    """In the order of the days before today."""
    first, second = (email for _name, email in PARTICIPANTS[:2])
    days: list[tuple[int, time, Callable[[Town], Awaitable[None]]]] = [
        (20, time(10), _name),
        (14, time(8), _decline),
        (13, time(11), _replace),
        (11, time(15), _call_off),
        (10, time(9), _reinstate),
        (6, time(14), _move),
        (6, time(14, 5), _tell),
        (4, time(12), partial(_answer, email=first, answer=Answer.ACCEPTED)),
        (3, time(18), partial(_answer, email=second, answer=Answer.TENTATIVE)),
    ]
    return [Event(clock.at(today - timedelta(days=ago), at), 6, partial(run, town)) for ago, at, run in days]


async def _name(town: Town) -> None:
    people = tuple(NewParticipant(name, email) for name, email in PARTICIPANTS)
    await bookings.name_participants(SYSTEM, town.bookings["named"], people, invite=True)


async def _decline(town: Town) -> None:
    sql = "select a.id from assignment a join slot t on t.id = a.slot where t.session = $1 and a.state = 'confirmed'"
    await assignments.answer_assignment(SYSTEM, await db.value(sql, town.sessions[MOVED]), accepts=False)


async def _replace(town: Town) -> None:
    for slot in (await scheduling.slots([town.sessions[MOVED]]))[town.sessions[MOVED]]:
        await assignments.assign(SYSTEM, slot.id, town.facilitators["maud-rayon"])


async def _move(town: Town) -> None:
    session = town.sessions[MOVED]
    slots = (await scheduling.slots([session]))[session]
    venue = town.venues["salle-fetes-saint-denis"]
    moves = {slot.id: Moved(slot.starts_at + _LATER, slot.ends_at + _LATER, venue) for slot in slots}
    await changing.move_session(SYSTEM, session, moves)


async def _tell(_town: Town) -> None:
    await changing.tell_of_changes()


async def _call_off(town: Town) -> None:
    reason = "La salle est réquisitionnée par la commune."
    await ending.call_off_session(SYSTEM, town.sessions[REINSTATED], reason)


async def _reinstate(town: Town) -> None:
    await ending.reinstate_session(SYSTEM, town.sessions[REINSTATED])


async def _answer(town: Town, *, email: str | None, answer: Answer) -> None:
    await answers.answer(SYSTEM, await db.value(_INVITATION, town.sessions[MOVED], email), answer)
