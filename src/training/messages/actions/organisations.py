"""What is said around a new organisation: to the team that it waits; to its people: welcome, or not, or known."""

from __future__ import annotations

from training.bookings import queries as bookings
from training.directory import queries as directory
from training.directory.queries import ContactView
from training.directory.rules.organisations import OrganisationState
from training.identity.queries import staff_addresses
from training.identity.rules import ROLE_HELP, ROLE_NAMES
from training.kernel import addresses
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.messages.actions.outgoing import Letter, Reader, queue
from training.messages.queries import role_there


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


async def tell_refused(actor: Actor, organisation: int) -> None:
    """We did not let you in, and why; what you had asked for ended with it."""
    actor.must(Permission.PLATFORM_RUN)
    found = await directory.organisation(organisation)
    if found is None or found.state != OrganisationState.REFUSED:
        return
    reason = await directory.reason_of_ending(organisation)
    ended = await bookings.ended_with_organisation(organisation)
    context = {"organisation": found, "reason": reason or "", "ended": ended}
    for contact in await _who_asked(organisation):
        reader = Reader(contact.name, contact.email, contact.locale)
        about = ("organisation", organisation)
        await queue(actor, Letter("organisation_refused", reader, about, context, organisation=organisation))


async def tell_attached(actor: Actor, organisation: int) -> None:
    """We knew your organisation already: you are one of its people now, and may this there."""
    actor.must(Permission.PLATFORM_RUN)
    found = await directory.organisation(organisation)
    if found is None or found.see_slug is None:
        return
    into = await directory.organisation_by_slug(found.see_slug)
    assert into is not None  # noqa: S101 - a foreign key says so
    for contact in await _who_asked(organisation):
        held = await role_there(contact.email or "", into.id)
        if held is None:
            continue
        context = {
            "organisation": found, "into": into, "path": addresses.space(into.slug),
            "role": ROLE_NAMES[held], "role_help": ROLE_HELP[held],
        }  # fmt: skip
        reader = Reader(contact.name, contact.email, contact.locale)
        about = ("organisation", organisation)
        await queue(actor, Letter("organisation_attached", reader, about, context, organisation=into.id))


async def _who_asked(organisation: int) -> list[ContactView]:
    return [contact for contact in await directory.contacts(organisation) if contact.for_booking and contact.email]
