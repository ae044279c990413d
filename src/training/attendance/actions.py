"""A session was held: said once, by whom may say it, with how many came."""

from __future__ import annotations

from collections.abc import Mapping

from training.attendance import rules
from training.attendance.tables import HeadCount, Holding
from training.bookings.actions.ending import close_undecided
from training.identity.rules import Permission
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.records.actions import acting
from training.scheduling.actions import planning as scheduling

db.refuse("holding_session_once", lambda: Conflict(_("Cette séance est déjà marquée comme réalisée.")))


async def hold_session(
    actor: Actor, session: int, present: Mapping[int, int] | None = None, early_reason: str = ""
) -> None:
    """Mark a session as held; `present` gives, by booking, how many came (all the seats where it is silent).

    Before the last slot's end it needs `early_reason` and Permission.SESSIONS_HOLD_EARLY.
    Conflict: cancelled or already held. Invalid: a head-count that cannot be.
    """
    async with acting(actor, "session.hold", ("session", session)) as change:
        change.about("session", session, "state", *(["early"] if early_reason else []))
        locked = await scheduling.lock_session(session)
        rules.check_time(locked.ends_at, clock.now(), early_reason, may_early=actor.may(Permission.SESSIONS_HOLD_EARLY))
        await scheduling.mark_held(session)
        early = early_reason.strip() if clock.now() < locked.ends_at else ""
        await Holding.insert(Holding(session=session, held_at=clock.now(), early_reason=early or None))
        await _count(session, present or {})
        await close_undecided(actor, session)
        await outbox.put("session.held", ("session", session))


async def _count(session: int, present: Mapping[int, int]) -> None:
    booked = await db.connection().fetch(
        "select id, seats from booking where session = $1 and state = 'confirmed' order by id for update", session
    )
    seats = {int(record["id"]): int(record["seats"]) for record in booked}
    errors = {}
    for booking, number in present.items():
        if booking not in seats:
            raise Invalid(_("Cette réservation n’est pas de cette séance."), field=f"present-{booking}")
        if number < 0:
            errors[f"present-{booking}"] = _("Un nombre de présents est zéro ou plus.")
    if errors:
        raise Invalid(errors)
    now = clock.now()
    counts = [HeadCount(booking=b, present=present.get(b, n), counted_at=now) for b, n in seats.items()]
    if counts:
        await HeadCount.insert(*counts)
