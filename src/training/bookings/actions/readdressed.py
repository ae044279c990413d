"""Somebody reads their mail elsewhere, or left: what is in the calendar of the old address leaves it."""

from __future__ import annotations

from training.bookings.actions.locking import lock_booking
from training.bookings.tables import Booking
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling.actions.changing import tell_later


async def tell_later_of_contact(actor: Actor, contact: int) -> None:
    """The coming sessions that a contact ever booked are told again: the old address is off, the new one invited."""
    async with acting(actor, "contact.follow", ("contact", contact)):
        actor.must(Permission.PLATFORM_RUN)
        sql = """
            select distinct s.id from booking b join session s on s.id = b.session
            where b.contact = $1 and s.ends_at > $2
        """
        await tell_later(actor, [record["id"] for record in await db.connection().fetch(sql, contact, clock.now())])


async def hand_over(actor: Actor, contact: int) -> None:
    """A contact left: what they had booked and is not over goes to a colleague, who is told of it from now on."""
    async with acting(actor, "contact.hand-over", ("contact", contact)):
        actor.must(Permission.PLATFORM_RUN)
        heir = await db.value(_HEIR, contact)
        if heir is None:
            return  # nobody else is written to there: the office says so
        booked = await db.connection().fetch(_BOOKED, contact, clock.now())
        for record in booked:
            await lock_booking(record["id"])
            await Booking.update({Booking.contact: heir, Booking.updated_at: clock.now()}).where(
                (Booking.id == record["id"]) & (Booking.contact == contact)
            )
        await tell_later(actor, {record["session"] for record in booked})


_HEIR = """
    select c.id from contact c join contact gone on gone.organisation = c.organisation
    where gone.id = $1 and not gone.active and c.active order by c.for_booking desc, c.id limit 1
"""
_BOOKED = """
    select b.id, b.session from booking b join session s on s.id = b.session
    where b.contact = $1 and s.ends_at > $2 order by b.session, b.id
"""
