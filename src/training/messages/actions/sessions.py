"""What everybody concerned by a session is told when it does not take place, or moves."""

from __future__ import annotations

from training.bookings import queries as bookings
from training.bookings.rules.states import BookingState
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.permissions import Permission
from training.messages.actions import bookings as booking_mail
from training.messages.actions import facilitators
from training.messages.actions.invitations import follow
from training.messages.actions.outgoing import queue
from training.scheduling import queries as scheduling
from training.scheduling.rules import AssignmentState, SessionState


async def call_off(actor: Actor, session: int) -> None:
    """Each contact whose booking fell with the session (not who had cancelled before), and each facilitator, once."""
    actor.must(Permission.PLATFORM_RUN)
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


HOLDING = (BookingState.OPTION, BookingState.PENDING, BookingState.WAITING)


async def tell_holders(actor: Actor, session: int) -> None:
    """Who holds seats that are not confirmed has nothing in a calendar: they are told in words, once a move."""
    actor.must(Permission.PLATFORM_RUN)
    slots = (await scheduling.slots([session]))[session]
    # SEQUENCE grows with time and place, not with words
    moved_at = max((slot.updated_at for slot in slots if slot.sequence), default=None)
    if moved_at is None or slots[0].starts_at <= clock.now():
        return
    for view in await bookings.bookings(SYSTEM.scope, session=session, states=HOLDING, limit=1000):
        sql = "select max(created_at) from mail where subject_kind = 'booking' and subject_id = $1"
        told_at = await db.value(sql, view.id)
        if max(view.created_at, told_at or view.created_at) < moved_at:
            await queue(actor, booking_mail.letter("booking_moved", view, slots))
