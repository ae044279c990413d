"""What an organisation's contact is told about a booking, and what staff are told when one waits for them."""

from __future__ import annotations

from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.states import NAMEABLE, BookingState
from training.calendar.actions.invitations import Prepared, prepare
from training.directory.queries import the_platform
from training.identity.queries import staff_addresses
from training.kernel import addresses, clock
from training.kernel.actor import SYSTEM, Actor
from training.kernel.permissions import Permission
from training.messages.actions.holders import HOLDING, note_dates
from training.messages.actions.invitations import follow_booking
from training.messages.actions.outgoing import Letter, Reader, queue
from training.scheduling import queries as scheduling
from training.scheduling.queries import SlotView
from training.scheduling.rules import BOOKABLE, SessionState


async def acknowledge(actor: Actor, booking: int) -> None:
    """We have your request; somebody looks at it."""
    actor.must(Permission.PLATFORM_RUN)
    await _tell(actor, booking, "booking_requested", BookingState.PENDING)


async def option(actor: Actor, booking: int) -> None:
    """Seats are kept for you until a day."""
    actor.must(Permission.PLATFORM_RUN)
    await _tell(actor, booking, "booking_optioned", BookingState.OPTION)


async def confirm(actor: Actor, booking: int) -> None:
    """It is booked: the facts, and the invitation. Of what is confirmed after the session the invoice tells."""
    actor.must(Permission.PLATFORM_RUN)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is not None and view.session_state == SessionState.HELD:
        return
    if await _tell(actor, booking, "booking_confirmed", BookingState.CONFIRMED, calendar=True):
        await follow_booking(actor, booking)


async def decline(actor: Actor, booking: int) -> None:
    """We cannot, and why."""
    actor.must(Permission.PLATFORM_RUN)
    await _tell(actor, booking, "booking_declined", BookingState.DECLINED)


async def cancel(actor: Actor, booking: int) -> None:
    """It is cancelled; the event leaves the calendar."""
    actor.must(Permission.PLATFORM_RUN)
    if await tell_cancelled(actor, booking):
        await follow_booking(actor, booking)


async def tell_cancelled(actor: Actor, booking: int) -> bool:
    """The contact only, of a booking that falls with its session: the others' calendars follow once, not each time."""
    actor.must(Permission.PLATFORM_RUN)
    return await _tell(actor, booking, "booking_cancelled", BookingState.CANCELLED, calendar=True)


async def reinstate(actor: Actor, booking: int) -> None:
    """The session takes place after all, and your booking with it: confirmed, kept for a time, or waiting as before.

    Nothing to whom nobody had said that it did not.
    """
    actor.must(Permission.PLATFORM_RUN)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is not None and view.state in NAMEABLE and await bookings.heard_of_call_off(booking):
        booked = view.state == BookingState.CONFIRMED
        await _tell(actor, booking, "booking_reinstated", view.state, calendar=booked)


async def not_reinstated(actor: Actor, booking: int) -> None:
    """The session takes place after all, but your seats could not be kept."""
    actor.must(Permission.PLATFORM_RUN)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is not None and view.session_state in BOOKABLE:
        await _tell(actor, booking, "booking_not_reinstated", BookingState.CANCELLED)


async def expire(actor: Actor, booking: int) -> None:
    """The option, or the request that nobody answered, is over; the seats are free again."""
    actor.must(Permission.PLATFORM_RUN)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    asked = view is not None and view.earlier == BookingState.PENDING
    await _tell(actor, booking, "booking_unanswered" if asked else "booking_expired", BookingState.EXPIRED)


async def wait(actor: Actor, booking: int) -> None:
    """You stand on the waiting list: nothing to do, nothing to pay."""
    actor.must(Permission.PLATFORM_RUN)
    await _tell(actor, booking, "booking_waiting", BookingState.WAITING)


async def tell_staff(actor: Actor, booking: int) -> None:
    """A request waits for a decision."""
    actor.must(Permission.PLATFORM_RUN)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is None or view.state != BookingState.PENDING:
        return
    context = {"booking": view, "slots": (await scheduling.slots([view.session]))[view.session]}
    for name, email in await staff_addresses():
        await queue(actor, Letter("staff_booking", Reader(name, email), ("booking", view.id), context))


async def _tell(actor: Actor, booking: int, occasion: str, expected: BookingState, *, calendar: bool = False) -> bool:
    """Tell the contact, unless the booking has moved on meanwhile: what moved it tells its own story."""
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is None or view.state != expected:
        return False
    slots = (await scheduling.slots([view.session]))[view.session]
    if expected is BookingState.CONFIRMED and slots[-1].ends_at <= clock.now():
        return False  # confirmed once it is over, so that it is billed: who was there knows
    if expected in HOLDING:
        await note_dates(booking, slots)
    invitations = await _invitations(view, slots) if calendar else []
    await queue(actor, letter(occasion, view, slots, invitations[0] if invitations else None))
    # one iCalendar object a mail (RFC 5546 3.2.2: one UID), so the further dates come in short mails of their own
    for slot, prepared in zip(slots[1:], invitations[1:], strict=False):
        if prepared is not None:
            await queue(actor, letter("further_date", view, slots, prepared, slot=slot))
    return True


async def _invitations(view: BookingView, slots: list[SlotView]) -> list[Prepared | None]:
    if view.contact_email is None:
        return []
    platform = await the_platform()
    return [await prepare(view.contact_name, view.contact_email, slot.id, platform) for slot in slots]


def letter(
    occasion: str,
    view: BookingView,
    slots: list[SlotView],
    prepared: Prepared | None = None,
    slot: SlotView | None = None,
) -> Letter:
    """What a booking's contact is told; `slot` is the one that `prepared` is about, the first otherwise."""
    return Letter(
        occasion,
        Reader(view.contact_name, view.contact_email, view.contact_locale),
        ("booking", view.id),
        {
            "booking": view,
            "slots": slots,
            "slot": slot or slots[0],
            "method": prepared.method if prepared else None,
            "role": prepared.role if prepared else None,
            "answer": prepared.path if prepared and prepared.method == "REQUEST" else None,
            "path": addresses.space_booking(view.organisation_slug, view.reference),
        },
        organisation=view.organisation,
        calendar=prepared,
    )
