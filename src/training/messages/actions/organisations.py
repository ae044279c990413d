"""What is said around a new organisation: to the team that it waits, to its people that it is welcome."""

from __future__ import annotations

from training.directory import queries as directory
from training.identity.queries import staff_addresses
from training.kernel import addresses
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.messages.actions.outgoing import Letter, Reader, queue


async def tell_staff(actor: Actor, organisation: int) -> None:
    """An organisation registered: somebody says whether it is who it says."""
    actor.must(Permission.PLATFORM_RUN)
    found = await directory.organisation(organisation)
    if found is None or found.approved:
        return
    people = await directory.contacts(organisation)
    for name, email in await staff_addresses():
        context = {"organisation": found, "contacts": people, "path": addresses.office_organisation(found.slug)}
        await queue(actor, Letter("staff_organisation", Reader(name, email), ("organisation", organisation), context))


async def welcome(actor: Actor, organisation: int) -> None:
    """Your organisation may book at once from now on."""
    actor.must(Permission.PLATFORM_RUN)
    found = await directory.organisation(organisation)
    if found is None or not found.approved:
        return
    for contact in await directory.contacts(organisation):
        if contact.for_booking:
            await queue(
                actor,
                Letter(
                    "organisation_approved",
                    Reader(contact.name, contact.email, contact.locale),
                    ("organisation", organisation),
                    {"organisation": found, "path": addresses.space(found.slug)},
                    organisation=organisation,
                ),
            )
