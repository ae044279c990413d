"""The people of an organisation let a colleague in, by an address: contact, account and role at once."""

from __future__ import annotations

from training.directory.actions import contacts
from training.directory.actions.contacts import NewContact
from training.directory.actions.locking import hold_current
from training.directory.rules.numbers import check_email
from training.identity.actions.leaving import check_still, hold_roles
from training.identity.actions.roles import account_of, give_role
from training.identity.rules import ORGANISATION_ROLES, Role
from training.kernel import db, limits, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def invite_colleague(actor: Actor, organisation: int, name: str, email: str, role: Role) -> None:
    """Let somebody in and write to them. They become a contact: put aside, they lose what this gives.

    Conflict: they are in already. Invalid: no address, or no role of an organisation. TooMany.
    """
    async with acting(actor, "membership.invite-colleague", ("organisation", organisation)) as change:
        actor.must(Permission.COLLEAGUES_MANAGE, organisation=organisation)
        if role not in ORGANISATION_ROLES:
            raise Invalid(_("Choisissez une réponse."), field="role")
        try:
            email = check_email(email)
        except ValueError as error:
            raise Invalid(str(error), field="email") from None
        await hold_roles(organisation)
        await check_still(change, Permission.COLLEAGUES_MANAGE, organisation)
        account = await account_of(email, name)
        await hold_current(organisation)
        if await db.value(_IN, account, organisation):
            raise Conflict(_("Cette personne a déjà accès à cet espace."), field="email")
        await limits.take(limits.INVITED_COLLEAGUES, organisation)
        known = NewContact(name, email, for_booking=role is Role.MANAGER, for_billing=role is Role.ACCOUNTANT)
        await contacts.welcome_contact(change, organisation, known)
        await give_role(account, role, organisation=organisation)
        await outbox.put("membership.given", ("membership", int(await db.value(_IN, account, organisation))))


_IN = "select min(id) from membership where account = $1 and organisation = $2"
