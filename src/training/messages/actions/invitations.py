"""What calendars must be told when a session changed: an update, an invitation, a CANCEL, to each address its own."""

from __future__ import annotations

from training.bookings import queries as bookings
from training.calendar.actions.invitations import Prepared, prepare
from training.calendar.queries import invitations
from training.calendar.queries.invitations import Invitee
from training.calendar.rules import INVITED_BY_OCCASION, InviteeRole
from training.directory.queries import the_platform
from training.kernel import addresses, clock
from training.kernel.actor import SYSTEM, Actor
from training.kernel.permissions import Permission
from training.messages import queries
from training.messages.actions.outgoing import Letter, Reader, queue
from training.scheduling import queries as scheduling
from training.scheduling.queries import SessionView, SlotView
from training.scheduling.rules import SessionState


async def follow(actor: Actor, session: int) -> None:
    """Bring every calendar up to the session as it stands now; nothing is sent where nothing changed.

    A contact's and a facilitator's first invitation and their CANCEL are not sent here: they travel in the mail that
    says that they are booked or expected, or no longer.
    """
    actor.must(Permission.PLATFORM_RUN)
    await _follow(actor, session, INVITED_BY_OCCASION)


async def follow_change(actor: Actor, session: int) -> None:
    """What changed is told once it has been quiet, to new addresses and to those that are gone too.

    By now the mails of each occasion were written: who is still missing, or still has it, has another address than
    then. The old one is told that it is off, the new one is invited.
    """
    actor.must(Permission.PLATFORM_RUN)
    await _follow(actor, session, frozenset())


async def _follow(actor: Actor, session: int, by_occasion: frozenset[InviteeRole]) -> None:
    view = await scheduling.session(session)
    if view is None or view.state == SessionState.HELD:
        return  # it took place: nobody has to be anywhere
    slots = {slot.id: slot for slot in (await scheduling.slots([session]))[session]}
    people = {(person.slot, person.email.lower()): person for person in await invitations.invited(session)}
    told = {(note.slot, note.email): note for note in await invitations.told_of(session) if note.method != "CANCEL"}
    platform = await the_platform()
    names = await queries.names_written_to(session) if told.keys() - people.keys() else {}
    for key in sorted(people.keys() | told.keys()):
        person, note = people.get(key), told.get(key)
        begins_or_ends = person or note if person is None or note is None else None
        if begins_or_ends is not None and begins_or_ends.role in by_occasion:
            continue
        slot = slots[key[0]]
        if slot.ends_at <= clock.now():
            continue  # that date is over
        name, email = (person.name, person.email) if person else ("", key[1])
        prepared = await prepare(name, email, key[0], platform)
        if prepared is not None:
            reader = Reader(_name(person, slot) if person else names.get(email, ""), email, prepared.locale)
            occasion = "uninvited" if prepared.off else "session_changed" if prepared.before else "invited"
            await queue(actor, _letter(occasion, view, [*slots.values()], slot, reader, prepared))


def _name(person: Invitee, slot: SlotView) -> str:
    """A venue without a person is called by its own name in calendars: nobody to greet."""
    return "" if person.role is InviteeRole.HOST and person.name == slot.venue else person.name


async def follow_booking(actor: Actor, booking: int) -> None:
    """Who comes was named: those with an address are invited, if the organisation wants it."""
    actor.must(Permission.PLATFORM_RUN)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is not None:
        await follow(actor, view.session)


def _letter(
    occasion: str, view: SessionView, slots: list[SlotView], slot: SlotView, to: Reader, prepared: Prepared
) -> Letter:
    return Letter(
        occasion,
        to,
        ("session", view.id),
        {
            "session": view,
            "slots": slots,
            "slot": slot,
            "role": prepared.role,
            "before": prepared.before,
            "now": prepared.now,
            "method": prepared.method,
            "answer": prepared.path if prepared.method == "REQUEST" else None,
            "path": _page(view, prepared.role),
        },
        calendar=prepared,
    )


def _page(view: SessionView, role: InviteeRole) -> str:
    return addresses.mission(view.id) if role is InviteeRole.FACILITATOR else addresses.session(view.id)
