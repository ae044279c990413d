"""What everybody concerned by a session is told when it does not take place."""

from __future__ import annotations

from training.bookings import queries as bookings
from training.kernel import db
from training.kernel.actor import SYSTEM, Actor
from training.messages.actions import bookings as booking_mail
from training.messages.actions import facilitators
from training.messages.actions.invitations import follow
from training.scheduling import queries as scheduling
from training.scheduling.rules import AssignmentState, SessionState


async def call_off(actor: Actor, session: int) -> None:
    """Each contact whose booking fell with the session (not who had cancelled before), and each facilitator, once."""
    called_off = await scheduling.session(session)
    if called_off is None or called_off.state != SessionState.CANCELLED:
        return
    found = await bookings.bookings(SYSTEM.scope, session=session, limit=1000)
    for view in found:
        if view.cancelled_by == "platform" and view.cancel_reason == called_off.cancel_reason:
            await booking_mail.tell_cancelled(actor, view.id)
    withdrawn = await db.connection().fetch(
        """
        select a.id from assignment a join slot t on t.id = a.slot
        where t.session = $1 and a.state = $2 order by a.id
        """,
        session,
        AssignmentState.WITHDRAWN,
    )
    for record in withdrawn:
        await facilitators.release(actor, record["id"])
    await follow(actor, session)  # participants, and who opens the door
