"""What everybody concerned by a session is told when it does not take place, or moves."""

from __future__ import annotations

from training.bookings import queries as bookings
from training.bookings.actions.terms import refit_terms
from training.bookings.rules.states import is_late
from training.kernel import clock
from training.kernel.actor import SYSTEM, Actor
from training.kernel.permissions import Permission
from training.messages.actions import bookings as booking_mail
from training.messages.actions import facilitators
from training.messages.actions.holders import HOLDING, note_dates, told_otherwise
from training.messages.actions.invitations import follow_change
from training.messages.actions.outgoing import queue
from training.scheduling import queries as scheduling
from training.scheduling.actions.planning import note_told


async def call_off(actor: Actor, session: int) -> None:
    """Each contact whose booking fell with the session (not who had cancelled before), and each facilitator, once."""
    actor.must(Permission.PLATFORM_RUN)
    call_off = await scheduling.call_off_of(session)
    if call_off is None or not await note_told(call_off):
        return
    for booking in await bookings.fallen(call_off):
        await booking_mail.tell_cancelled(actor, booking)
    for assignment in await scheduling.assignments_fallen(call_off):
        await facilitators.release(actor, assignment)
    await follow_change(actor, session)  # participants, who opens the door, and addresses that somebody had until now


async def tell_holders(actor: Actor, session: int) -> None:
    """Who holds seats that are not confirmed has nothing in a calendar: they are told in words, once a move."""
    actor.must(Permission.PLATFORM_RUN)
    await refit_terms(actor, session)  # the mail says until when
    slots = (await scheduling.slots([session]))[session]
    if slots[0].starts_at <= clock.now():
        return
    news = await told_otherwise(session, slots)
    for view in await bookings.bookings(SYSTEM.scope, session=session, states=sorted(HOLDING), limit=1000):
        if view.id in news and not is_late(view.state, view.expires_at, clock.now()):
            await note_dates(view.id, slots)
            await queue(actor, booking_mail.letter("booking_moved", view, slots))
