"""An organisation was refused or archived: what it had asked for ends with it, and the seats are free."""

from __future__ import annotations

from dataclasses import dataclass

from training.bookings.actions.ending import end_with_organisation
from training.directory.rules.organisations import OrganisationState
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


@dataclass(frozen=True, slots=True)
class _Ending:
    id: int
    state: OrganisationState
    reason: str | None
    ends_coming: bool


async def end_bookings_of(actor: Actor, organisation: int) -> None:
    """What is undecided of it ahead ends; what it had confirmed, when whoever archived it wanted that.

    Who was refused is told once, of all together; of what was archived each booking tells its own contact.
    """
    async with acting(actor, "organisation.end-bookings", ("organisation", organisation)):
        actor.must(Permission.PLATFORM_RUN)
        sql = """
            select id, state, reason, ends_coming from organisation_ending
            where organisation = $1 and undone_at is null
        """
        ending = await db.row(_Ending, sql, organisation)
        if ending is None:
            return  # it was brought back meanwhile
        refused = ending.state == OrganisationState.REFUSED
        which = "booking_may_come(b.state)" if ending.ends_coming else _UNDECIDED
        for record in await db.connection().fetch(_AHEAD.format(which=which), organisation, clock.now()):
            ended = await end_with_organisation(
                actor, record["id"], ending.id, ending.reason or "", undecided_only=not ending.ends_coming
            )
            if ended and not refused:
                await outbox.put("booking.cancelled", ("booking", record["id"]))
        if refused:
            await outbox.put("organisation.requests_ended", ("organisation", organisation))


_UNDECIDED = "booking_may_come(b.state) and b.state <> 'confirmed'"
_AHEAD = """
    select b.id from booking b join session s on s.id = b.session
    where b.organisation = $1 and s.starts_at > $2 and s.state not in ('held', 'cancelled') and {which}
    order by b.session, b.id
"""
