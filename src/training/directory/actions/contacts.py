"""The people of organisations come, change and leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from training.directory.actions.locking import hold_current
from training.directory.rules import numbers
from training.directory.tables import Contact
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import Change, acting

db.refuse(
    "contact_email_once", lambda: Conflict(_("Un contact de cette structure a déjà cette adresse."), field="email")
)


@dataclass(frozen=True, slots=True)
class NewContact:
    """A person of an organisation."""

    name: str
    email: str | None  # None: whoever has a telephone alone
    phone: str | None = None
    title: str | None = None
    for_booking: bool = False
    for_billing: bool = False
    locale: str = "fr"


async def add_contact(actor: Actor, organisation: int, new: NewContact) -> int:
    """A person of an organisation; of an address that is known there already, the facts are brought up to date.

    Without an address, it is the name that is known. Invalid: neither mail nor telephone.
    """
    async with acting(actor, "contact.write") as change:
        actor.must(Permission.INVOICES_PREPARE)
        await hold_current(organisation)
        known = await _known(organisation, new)
        if known is None:
            known = await _add_contact(organisation, new)
        else:
            await _write_contact(change, int(known), new, active=True)
        change.about("contact", int(known))
    return int(known)


async def _known(organisation: int, new: NewContact) -> Any:
    if new.email is None:
        sql = "select id from contact where organisation = $1 and email is null and fold(name) = fold($2)"
        return await db.value(sql, organisation, new.name.strip())
    sql = "select id from contact where organisation = $1 and lower(email) = lower($2)"
    return await db.value(sql, organisation, new.email)


async def edit_contact(
    actor: Actor, contact: int, new: NewContact, *, active: bool = True, seen: int | None = None
) -> None:
    """Correct a contact, or put it aside: nothing is sent to it any more. Conflict: the address is a colleague's."""
    async with acting(actor, "contact.edit", ("contact", contact)) as change:
        actor.must(Permission.INVOICES_PREPARE)
        await _write_contact(change, contact, new, active=active, seen=seen)


async def welcome_contact(change: Change, organisation: int, new: NewContact) -> None:
    """A contact again or anew, as part of the action that lets them in; what is known of them stays."""
    sql = "select id from contact where organisation = $1 and lower(email) = lower($2)"
    known = await db.value(sql, organisation, new.email)
    if known is None:
        await _add_contact(organisation, new)
        return
    more = {name: True for name in ("for_booking", "for_billing") if getattr(new, name)}
    await change.edit(Contact, int(known), {"active": True, **more})


async def write_to(change: Change, organisation: int, email: str, values: Mapping[str, bool]) -> None:
    """What a contact receives (`for_booking`, `for_billing`), as part of the action that changes what they may here."""
    sql = "select id from contact where organisation = $1 and lower(email) = lower($2) and active"
    known = await db.value(sql, organisation, email)
    if known is not None and values:
        await change.edit(Contact, int(known), values)


async def put_aside(change: Change, contacts: Iterable[int]) -> None:
    """Nothing is sent to them any more, as part of the action that ends what they may here."""
    await change.sign()
    for contact in contacts:
        await change.edit(Contact, contact, {"active": False})
        await outbox.put("contact.left", ("contact", contact))


async def _write_contact(
    change: Change, contact: int, new: NewContact, *, active: bool, seen: int | None = None
) -> None:
    await change.sign()  # whoever is put aside, or has another address, leaves: the database ends what they held
    values = {**_checked(new), "active": active}
    if not await change.edit(Contact, contact, values, seen=seen):
        raise NotFound(_("Ce contact n’existe pas."))
    if any(edit.field == "email" for edit in change.edits):
        await outbox.put("contact.readdressed", ("contact", contact))
    if not active and any(edit.field == "active" for edit in change.edits):
        await outbox.put("contact.left", ("contact", contact))


def _checked(new: NewContact) -> dict[str, Any]:
    """The columns of a person. Invalid: there is no way to reach them."""
    if not new.email and not new.phone:
        words = _("Indiquez un courriel ou un téléphone : il en faut un pour joindre cette personne.")
        raise Invalid(words, field="phone")
    return {**asdict(new), "email": numbers.check_email(new.email) if new.email else None}


async def _add_contact(organisation: int, new: NewContact) -> int:
    values = _checked(new)
    contact = Contact(organisation=organisation, active=True, created_at=clock.now(), **values)
    return int((await Contact.insert(contact).returning(Contact.id))[0]["id"])
