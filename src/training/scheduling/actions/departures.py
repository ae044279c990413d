"""Somebody who delivers leaves, with sessions to come: all of them are handed over, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from training.directory.actions.facilitators import depart, hold_facilitator
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling import rules
from training.scheduling.actions.assignments import replace_facilitator, withdraw_assignment


async def leave(
    actor: Actor, facilitator: int, on: date, takeovers: Mapping[int, int | None], *, knowing: bool = False
) -> None:
    """From a day on somebody delivers nothing. `takeovers`: who comes to each session instead; None: nobody yet.

    Everybody concerned is told, as when one date is handed over. Conflict, and nothing is done: a session was given to
    them meanwhile, or whoever takes over is elsewhere, or left; `field` names the session.
    """
    async with acting(actor, "facilitator.leave", ("facilitator", facilitator)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        rules.check_departure(on, clock.today())
        for held in await _held(facilitator, on):
            if held.session not in takeovers:
                raise _one_more(held)
            await _hand_over(actor, held, takeovers[held.session], knowing=knowing)
        await hold_facilitator(facilitator)  # after the sessions, as whoever gives them one does
        for held in await _held(facilitator, on):
            raise _one_more(held)
        await change.sign()
        await depart(change, facilitator, on)


async def come_back(actor: Actor, facilitator: int) -> None:
    """They deliver again: planning proposes them. What was handed over stays where it is."""
    async with acting(actor, "facilitator.come-back", ("facilitator", facilitator)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        await depart(change, facilitator, None)


async def end_departed(actor: Actor = SYSTEM) -> int:
    """Whoever said that they leave today has left: their pages, calendars and links close."""
    actor.must(Permission.PLATFORM_RUN)
    sql = "select id, left_on from facilitator where active and left_on <= $1 order by id"
    due = await db.connection().fetch(sql, clock.today())
    for record in due:
        async with acting(actor, "facilitator.end-departed", ("facilitator", record["id"])) as change:
            await hold_facilitator(record["id"])
            if await db.value("select active and left_on <= $2 from facilitator where id = $1", *record.values()):
                await change.sign()
                await depart(change, record["id"], record["left_on"])
    return len(due)


@dataclass(frozen=True, slots=True)
class _Held:
    id: int
    session: int
    title: str
    starts_at: datetime


async def _held(facilitator: int, on: date) -> list[_Held]:
    """What somebody is expected at from a day on, in the order in which sessions are locked."""
    return await db.rows(_Held, _HELD, facilitator, max(clock.at(on, time()), clock.now()))


_HELD = """
    select a.id, t.session, o.title, t.starts_at
    from assignment a join slot t on t.id = a.slot join session s on s.id = t.session join offer o on o.id = s.offer
    where a.facilitator = $1 and assignment_holds(a.state) and t.starts_at >= $2 and s.state <> 'held'
    order by t.session, t.position
"""


async def _hand_over(actor: Actor, held: _Held, to: int | None, *, knowing: bool) -> None:
    try:
        if to is None:
            await withdraw_assignment(actor, held.id)
        else:
            await replace_facilitator(actor, held.id, to, knowing=knowing)
    except Conflict as refusal:
        refusal.field = f"session-{held.session}"
        raise


def _one_more(held: _Held) -> Conflict:
    words = _("« {title} » lui a été confiée entre-temps : dites qui s’en charge.").format(title=held.title)
    return Conflict(words, field=f"session-{held.session}")
