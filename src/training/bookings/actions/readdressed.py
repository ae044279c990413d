"""Somebody reads their mail elsewhere: what is in the calendar of the old address leaves it."""

from __future__ import annotations

from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions import acting
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
