"""A partner's people come into its space: access is given to a contact, and ends with it (or as any role does)."""

from __future__ import annotations

from dataclasses import dataclass

from training.identity.actions.roles import account_of, give_role
from training.identity.rules import Role
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def give_partner_access(actor: Actor, contact: int) -> None:
    """A contact of a partner may follow its calendars. Given twice, it is held once. Nothing is sent.

    Conflict: they have no address, or were put aside, or the partner is archived.
    """
    async with acting(actor, "membership.give-partner-access", ("partner_contact", contact)):
        actor.must(Permission.PLATFORM_EDIT)
        known = await db.row(_Known, _CONTACT, contact)
        if known is None:
            raise NotFound(_("Ce contact n’existe pas."))
        if not known.here:
            raise Conflict(_("Ce contact est désactivé, ou son partenaire est archivé."))
        if not known.email:
            raise Conflict(_("Indiquez d’abord son courriel : c’est par lui que l’on se connecte."))
        account = await account_of(known.email, known.name)
        await give_role(account, Role.PARTNER_CONTACT, partner=known.partner)


@dataclass(frozen=True, slots=True)
class _Known:
    partner: int
    name: str
    email: str | None
    here: bool


# Whoever puts them aside meanwhile is waited for, or waits and ends what is given here.
_CONTACT = """
    select c.partner, c.name, c.email, c.active and p.active as here
    from partner_contact c join partner p on p.id = c.partner where c.id = $1 for share
"""
