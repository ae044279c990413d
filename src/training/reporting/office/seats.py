"""Another number of seats for a booking, as the office's page shows it: one value, read by one query."""

from __future__ import annotations

from training.kernel.actor import Actor
from training.reporting.office.booking import booking
from training.reporting.seats import SeatsAsked, seats_asked


async def seats_page(actor: Actor, reference: str, seats: int | None) -> SeatsAsked:
    """What the page shows, in six statements; NotFound when there is no such booking."""
    return await seats_asked(actor, await booking(actor.scope, reference), seats)
