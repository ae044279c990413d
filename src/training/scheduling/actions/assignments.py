"""Who facilitates which date: asked, answering, replaced, withdrawn. Each is told by a fact."""

from __future__ import annotations

from dataclasses import dataclass

from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling import rules
from training.scheduling.actions.people import check_people
from training.scheduling.actions.planning import check_clashes, end_assignments, lock_alive, session_of
from training.scheduling.rules import AssignmentState
from training.scheduling.tables import Assignment


async def assign(actor: Actor, slot: int, facilitator: int, *, knowing: bool = False) -> int:
    """Put a facilitator on a slot, confirmed.

    FacilitatorBusy when they are elsewhere at that time, FacilitatorAway when they said that they are not free on that
    day, unless that is known; Conflict when they left.
    """
    async with acting(actor, "assignment.confirm") as change:
        actor.must(Permission.SESSIONS_PLAN, session=(session := await session_of(slot)))
        await lock_alive(session)
        now = clock.now()
        await check_people({facilitator: [await db.value("select starts_at from slot where id = $1", slot)]}, knowing)
        # who declined, was replaced or withdrawn may be asked again: the row is the same
        assignment = await db.value(_ASSIGN, slot, facilitator, now)
        if assignment is None:
            raise Conflict(_("Cette personne anime déjà cette date."))
        await db.execute(_BACK, assignment, now)
        await check_clashes()
        change.about("assignment", int(assignment))
        await outbox.put("assignment.confirmed", ("assignment", int(assignment)))
    return int(assignment)


_ASSIGN = """
    insert into assignment as a (slot, facilitator, state, created_at, updated_at)
    values ($1, $2, 'confirmed', $3, $3)
    on conflict (slot, facilitator) do update set state = 'confirmed', accepted_at = null, updated_at = $3
    where a.state in ('declined', 'replaced', 'withdrawn')
    returning id
"""


_BACK = "update assignment_ending set undone_at = $2 where assignment = $1 and undone_at is null"


async def change_facilitator(
    actor: Actor, slot: int, current: int | None, facilitator: int | None, *, knowing: bool = False
) -> None:
    """Somebody more on a slot (no `current` assignment), somebody instead, or (no `facilitator`) nobody."""
    actor.must(Permission.SESSIONS_PLAN, session=await session_of(slot))
    if current is None and facilitator is None:
        raise Invalid(_("Choisissez une personne."), field=f"facilitator-{slot}")
    if current is None:
        await assign(actor, slot, facilitator or 0, knowing=knowing)
    elif facilitator is None:
        await withdraw_assignment(actor, current)
    elif facilitator != await db.value("select facilitator from assignment where id = $1", current):
        await replace_facilitator(actor, current, facilitator, knowing=knowing)


async def replace_facilitator(actor: Actor, assignment: int, facilitator: int, *, knowing: bool = False) -> int:
    """Somebody else comes instead; both are told. Returns the new assignment."""
    async with acting(actor, "assignment.replace", ("assignment", assignment)) as change:
        asked = await _asked(assignment)
        actor.must(Permission.SESSIONS_PLAN, session=asked.session)
        change.edited("facilitator", asked.facilitator, facilitator, ("session", asked.session))
        await _end_assignment(actor, assignment, asked.session, AssignmentState.REPLACED)
        return await assign(actor, asked.slot, facilitator, knowing=knowing)


async def withdraw_assignment(actor: Actor, assignment: int) -> None:
    """That person is not needed on that date any more; they are told."""
    async with acting(actor, "assignment.withdraw", ("assignment", assignment)) as change:
        asked = await _asked(assignment)
        actor.must(Permission.SESSIONS_PLAN, session=asked.session)
        change.edited("facilitator", asked.facilitator, None, ("session", asked.session))
        await _end_assignment(actor, assignment, asked.session, AssignmentState.WITHDRAWN)


async def answer_assignment(actor: Actor, assignment: int, *, accepts: bool) -> None:
    """The facilitator says yes, or no: a no frees the date, and the team is told. The last answer counts."""
    async with acting(actor, "assignment.answer", ("assignment", assignment)) as change:
        change.about("assignment", assignment, "state", "accepted_at")
        asked = await _asked(assignment)
        actor.must(Permission.INVITATIONS_ANSWER, facilitator=asked.facilitator, link=("assignment", assignment))
        if not accepts:
            await _end_assignment(actor, assignment, asked.session, AssignmentState.DECLINED)
            return
        await Assignment.update({Assignment.accepted_at: clock.now()}).where(
            (Assignment.id == assignment) & (Assignment.state == AssignmentState.CONFIRMED)
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    slot: int
    session: int
    facilitator: int


async def _asked(assignment: int) -> _Asked:
    sql = "select a.slot, t.session, a.facilitator from assignment a join slot t on t.id = a.slot where a.id = $1"
    found = await db.row(_Asked, sql, assignment)
    if found is None:
        raise NotFound(_("Cette affectation n’existe pas."))
    return found


async def _end_assignment(actor: Actor, assignment: int, session: int, state: AssignmentState) -> None:
    """Conflict when the assignment does not hold."""
    await lock_alive(session)
    row = await Assignment.select(Assignment.state).where(Assignment.id == assignment).first().lock_rows("UPDATE")
    if row is None or state not in rules.ASSIGNMENT_MOVES[AssignmentState(row["state"])]:
        raise Conflict(_("Cette personne n’anime plus cette date."))
    await end_assignments([assignment], state, by=actor)
    await Assignment.update({Assignment.accepted_at: None}).where(Assignment.id == assignment)
    await outbox.put(_ENDED[state], ("assignment", assignment))


_ENDED = {
    AssignmentState.DECLINED: "assignment.declined",
    AssignmentState.REPLACED: "assignment.replaced",
    AssignmentState.WITHDRAWN: "assignment.withdrawn",
}
