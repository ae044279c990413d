"""What a facilitator is told: where to be, when, for whom."""

from __future__ import annotations

from training.calendar.actions.invitations import prepare
from training.directory import queries as directory
from training.identity.queries import staff_addresses
from training.kernel import addresses
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.messages.actions.outgoing import Letter, Reader, queue
from training.scheduling import queries as scheduling
from training.scheduling.rules import AssignmentState


async def invite(actor: Actor, assignment: int) -> None:
    """You facilitate this date: the invitation."""
    actor.must(Permission.PLATFORM_RUN)
    await _tell(actor, assignment, "assignment_confirmed", AssignmentState.CONFIRMED)


async def release(actor: Actor, assignment: int) -> None:
    """That date is called off, given to somebody else, or was declined: the event leaves the calendar."""
    actor.must(Permission.PLATFORM_RUN)
    await _tell(actor, assignment, "assignment_cancelled", *ENDED)


async def tell_staff_of_no(actor: Actor, assignment: int) -> None:
    """A facilitator declined: the date needs somebody."""
    actor.must(Permission.PLATFORM_RUN)
    found = await scheduling.assignment(assignment)
    if found is None or found.state != AssignmentState.DECLINED:
        return
    session = await scheduling.session(found.session)
    slots = (await scheduling.slots([found.session]))[found.session]
    context = {
        "session": session,
        "assignment": found,
        "others": [a.name for a in await scheduling.assignments([found.session]) if a.slot == found.slot],
        "slot": next(s for s in slots if s.id == found.slot),
        "slots": slots,
        "path": addresses.office_session(found.session),
    }
    for name, email in await staff_addresses():
        await queue(
            actor, Letter("staff_facilitator_declined", Reader(name, email), ("assignment", assignment), context)
        )


ENDED = (AssignmentState.WITHDRAWN, AssignmentState.REPLACED, AssignmentState.DECLINED)


async def _tell(actor: Actor, assignment: int, occasion: str, *expected: AssignmentState) -> None:
    found = await scheduling.assignment(assignment)
    if found is None or found.state not in expected:
        return
    platform = await directory.the_platform()
    session = await scheduling.session(found.session)
    facilitator = await directory.facilitator(found.facilitator)
    assert session is not None  # noqa: S101 - foreign keys say so
    assert facilitator is not None  # noqa: S101
    slots = (await scheduling.slots([found.session]))[found.session]
    prepared = await prepare(found.name, found.email, found.slot, platform)
    if prepared is None:
        return  # they know
    await queue(
        actor,
        Letter(
            occasion,
            Reader(found.name, found.email, facilitator.locale),
            ("assignment", assignment),
            {
                "session": session,
                "slot": next(s for s in slots if s.id == found.slot),
                "slots": slots,
                "opener": (await scheduling.openers(found.session)).get(found.slot),
                "method": prepared.method,
                "role": prepared.role,
                "path": addresses.mission(found.session),
                "answer": prepared.path if prepared.method == "REQUEST" else None,
            },
            calendar=prepared,
        ),
    )
