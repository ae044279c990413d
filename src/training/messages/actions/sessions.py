"""What everybody concerned by a session is told when it does not take place."""

from __future__ import annotations

from training.bookings import queries as bookings
from training.kernel import db
from training.kernel.actor import SYSTEM, Actor
from training.messages.actions import bookings as booking_mail
from training.messages.actions import facilitators
from training.scheduling.rules import AssignmentState


async def call_off(actor: Actor, session: int) -> None:
    """Each contact whose booking fell with the session, and each facilitator, once."""
    found = await bookings.bookings(SYSTEM.scope, session=session, limit=1000)
    for view in found:
        if view.state == "cancelled" and view.cancelled_by == "platform":
            await booking_mail.cancel(actor, view.id)
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
