"""The number of seats of a booking changed: its contact is told, and whoever counts on how many come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from training.billing.queries.invoices import invoices_of
from training.billing.rules.states import DocumentKind
from training.bookings import queries as bookings
from training.bookings.queries import BookingView, SeatsChanged
from training.bookings.rules.states import NAMEABLE, BookingState, SeatsOrigin
from training.calendar.actions.invitations import Prepared, prepare
from training.calendar.queries import invitations
from training.calendar.rules import InviteeRole
from training.directory.queries import the_platform
from training.identity.queries import staff_addresses
from training.kernel import addresses, clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.permissions import Permission
from training.messages.actions.bookings import letter
from training.messages.actions.outgoing import Letter, Reader, queue
from training.scheduling import queries as scheduling
from training.scheduling.queries import SlotView
from training.scheduling.rules import SessionState

NEAR = timedelta(days=7)  # before the date: the team may have to find a room, or somebody


@dataclass(frozen=True, slots=True)
class Resized:
    """What of a booking's seats was not told yet: several changes that came at once are one. Cents, net."""

    last: int  # the row of the last of them: the mail is about it, and says so
    seats_before: int
    seats: int
    price_before_cents: int
    price_cents: int
    added: bool  # by a second form for the same session


async def tell_resized(actor: Actor, booking: int) -> None:
    """De 3 à 5 places: to its contact; to the team where it is near, or waits for them. Nothing where all was told."""
    actor.must(Permission.PLATFORM_RUN)
    change = await _untold(booking)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if change is None or view is None or view.state not in NAMEABLE or view.session_state == SessionState.HELD:
        return
    slots = (await scheduling.slots([view.session]))[view.session]
    if slots[-1].ends_at <= clock.now():
        return  # who was there knows
    await _tell_contact(actor, view, change, slots)
    near = view.state == BookingState.CONFIRMED and view.starts_at <= clock.now() + NEAR
    if near or (view.state == BookingState.PENDING and change.seats > change.seats_before):
        await _tell_team(actor, view, change, slots)


async def tell_headcount(actor: Actor, booking: int) -> None:
    """Whoever facilitates or opens the door is told how many come now, once for what changed since they were told."""
    actor.must(Permission.PLATFORM_RUN)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is None or view.state != BookingState.CONFIRMED or view.session_state == SessionState.HELD:
        return
    session = await scheduling.session(view.session)
    slots = {slot.id: slot for slot in (await scheduling.slots([view.session]))[view.session]}
    told = {(note.slot, note.email) for note in await invitations.told_of(view.session) if note.method != "CANCEL"}
    platform = await the_platform()
    for person in await invitations.invited(view.session):
        counts = person.role in (InviteeRole.FACILITATOR, InviteeRole.HOST)
        if not counts or (person.slot, person.email.lower()) not in told:
            continue  # their first invitation says how many
        prepared = await prepare(person.name, person.email, person.slot, platform, counted=True)
        if prepared is not None and prepared.before is not None:
            page = addresses.mission if person.role is InviteeRole.FACILITATOR else addresses.session
            context = {
                "session": session,
                "slots": [*slots.values()],
                "slot": slots[person.slot],
                "seats": prepared.now.seats,
                "before": prepared.before.told_seats,
                "method": prepared.method,
                "path": page(view.session),
            }
            reader = Reader(person.name, person.email, prepared.locale)
            await queue(actor, Letter("headcount", reader, ("session", view.session), context, calendar=prepared))


async def _untold(booking: int) -> Resized | None:
    """What changed since the last mail about it: a mail names the change that it told."""
    sql = """
        select coalesce(max(m.subject_id), 0) from mail m
        where m.subject_kind = 'seats_change' and m.occasion = 'booking_resized'
          and m.subject_id in (select id from seats_change where booking = $1)
    """
    told = await db.value(sql, booking)
    fresh = [change for change in await bookings.seats_changes(booking) if change.id > told]
    return _together(fresh) if fresh and fresh[0].seats_before != fresh[-1].seats else None


def _together(changes: list[SeatsChanged]) -> Resized:
    first, last = changes[0], changes[-1]
    added = any(change.origin != SeatsOrigin.RESIZED for change in changes)
    return Resized(last.id, first.seats_before, last.seats, first.price_before_cents, last.price_cents, added)


async def _tell_contact(actor: Actor, view: BookingView, change: Resized, slots: list[SlotView]) -> None:
    prepared: list[Prepared | None] = [None] * len(slots)
    if view.state == BookingState.CONFIRMED and view.contact_email is not None:
        platform = await the_platform()
        prepared = [await prepare(view.contact_name, view.contact_email, slot.id, platform) for slot in slots]
    issued = any(
        i.number and i.kind == DocumentKind.INVOICE for i in (await invoices_of(SYSTEM.scope, [view.id]))[view.id]
    )
    said = letter("booking_resized", view, slots, prepared[0])
    context = {**said.context, "change": change, "issued": issued}
    about = ("seats_change", change.last)
    await queue(actor, Letter(said.occasion, said.to, about, context, said.organisation, said.calendar))
    for slot, more in zip(slots[1:], prepared[1:], strict=True):
        if more is not None:  # one iCalendar object a mail
            await queue(actor, letter("further_date", view, slots, more, slot=slot))


async def _tell_team(actor: Actor, view: BookingView, change: Resized, slots: list[SlotView]) -> None:
    context = {
        "booking": view,
        "change": change,
        "slots": slots,
        "path": addresses.office_booking(view.reference),
    }
    for name, email in await staff_addresses():
        await queue(actor, Letter("staff_resized", Reader(name, email), ("booking", view.id), context))
