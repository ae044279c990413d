"""What people do with the invitations of two coming Saturdays: they answer, decline, are replaced, and are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta

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

    def on(days: int, hour: int, run: Callable[[], Awaitable[None]], minute: int = 0) -> Event:
        return Event(clock.at(today - timedelta(days=days), time(hour, minute)), 6, run)

    async def named() -> None:
        people = tuple(NewParticipant(name, email) for name, email in PARTICIPANTS)
        await bookings.name_participants(SYSTEM, town.bookings["named"], people, invite=True)

    async def accepted() -> None:
        await _answer(town, PARTICIPANTS[0][1], Answer.ACCEPTED)

    async def hesitated() -> None:
        await _answer(town, PARTICIPANTS[1][1], Answer.TENTATIVE)

    async def declined() -> None:
        sql = (
            "select a.id from assignment a join slot t on t.id = a.slot where t.session = $1 and a.state = 'confirmed'"
        )
        await assignments.answer_assignment(SYSTEM, await db.value(sql, town.sessions[MOVED]), accepts=False)

    async def replaced() -> None:
        for slot in (await scheduling.slots([town.sessions[MOVED]]))[town.sessions[MOVED]]:
            await assignments.assign(SYSTEM, slot.id, town.facilitators["maud-rayon"])

    async def moved() -> None:
        session = town.sessions[MOVED]
        slots = (await scheduling.slots([session]))[session]
        venue = town.venues["salle-fetes-saint-denis"]
        moves = {slot.id: Moved(slot.starts_at + _LATER, slot.ends_at + _LATER, venue) for slot in slots}
        await changing.move_session(SYSTEM, session, moves)

    async def told() -> None:
        await changing.tell_of_changes()

    async def called_off() -> None:
        reason = "La salle est réquisitionnée par la commune."
        await ending.call_off_session(SYSTEM, town.sessions[REINSTATED], reason)

    async def reinstated() -> None:
        await ending.reinstate_session(SYSTEM, town.sessions[REINSTATED])

    return [
        on(20, 10, named),
        on(14, 8, declined),
        on(13, 11, replaced),
        on(11, 15, called_off),
        on(10, 9, reinstated),
        on(6, 14, moved),
        on(6, 14, told, minute=5),
        on(4, 12, accepted),
        on(3, 18, hesitated),
    ]


async def _answer(town: Town, email: str | None, answer: Answer) -> None:
    await answers.answer(SYSTEM, await db.value(_INVITATION, town.sessions[MOVED], email), answer)
