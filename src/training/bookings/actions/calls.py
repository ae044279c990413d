"""Somebody calls: their organisation, who they are, their seats, their paper, all of it at once or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.bookings.actions.booking import NewBooking, book, wait
from training.bookings.actions.documents import NewDocument, attach
from training.bookings.actions.locking import Booked
from training.bookings.rules.states import AskedBy
from training.bookings.tables import Booking
from training.directory.actions.contacts import NewContact, add_contact
from training.directory.actions.organisations import NewOrganisation, register
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


@dataclass(frozen=True, slots=True)
class NewCall:
    """What a caller asks for. `newcomer`: their organisation, made of three fields (`wanted.organisation` is then 0).

    `person`: who calls, where nobody of the organisation's contacts is named. `waiting`: on the list of a full session.
    """

    wanted: NewBooking
    asked_by: AskedBy
    newcomer: NewOrganisation | None = None
    person: NewContact | None = None
    document: NewDocument | None = None
    waiting: bool = False


async def take_call(actor: Actor, call: NewCall) -> Booked:
    """Book for who calls, as if they had: the same rules and mails. The team may once booking online is over, or the
    offer has left the catalogue.

    Refusals are those of `book` and `wait`, of a new organisation, contact and document; Conflict: it exists already.
    """
    async with acting(actor, "booking.take-call") as change:
        actor.must(Permission.BOOKINGS_MAKE)
        wanted = call.wanted
        if call.newcomer is not None:
            await _check_unknown(call.newcomer)
            people = () if call.person is None else (replace(call.person, for_booking=True),)
            made = await register(actor, call.newcomer, people, approved=True)
            wanted = replace(wanted, organisation=made)
        elif call.person is not None:
            contact = await add_contact(actor, wanted.organisation, replace(call.person, for_booking=True))
            wanted = replace(wanted, contact=contact)
        take = wait if call.waiting else book
        booked = await take(actor, wanted, called=True)
        change.about("booking", booked.id)
        if booked.seats == wanted.seats:  # a booking of its own: what others join keeps how it was asked for
            await Booking.update({Booking.asked_by: call.asked_by}).where(Booking.id == booked.id)
        if call.document is not None:
            await attach(actor, booked.id, call.document)
    return booked


async def _check_unknown(new: NewOrganisation) -> None:
    """Conflict when an organisation of that name is there, in that town: one does not make it anew."""
    sql = """
        select name from organisation
        where fold(name) = fold($1) and (postcode = $2 or fold(city) = fold($3)) and state in ('pending', 'approved')
        limit 1
    """
    known = await db.value(sql, new.name.strip(), new.postcode.strip(), new.city.strip())
    if known is not None:
        words = _("« {name} » existe déjà dans cette commune : choisissez-la dans la liste.")
        raise Conflict(words.format(name=known), field="name")
