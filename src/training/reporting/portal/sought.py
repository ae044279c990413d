"""The session that somebody was about to book when they were asked first who they are, or for whom."""

from __future__ import annotations

from dataclasses import dataclass

from training.kernel import clock, db
from training.kernel.actor import Actor
from training.scheduling.queries import SESSION, SessionView, visible


@dataclass(frozen=True, slots=True)
class Sought:
    """A session that can be booked by who asks. `people`: how many would come, 0 while nobody said."""

    session: SessionView
    people: int


async def sought(actor: Actor | None, session: int, people: int) -> Sought | None:
    """In one statement; None when it is not coming, or not for them."""
    where = visible(clock.now(), list(actor.scope.organisations) if actor else [])
    where.add("s.id = {}", session)
    found = await db.row(SessionView, f"{SESSION} where {where}", *where.values)
    return None if found is None else Sought(found, people)
