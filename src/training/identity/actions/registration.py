"""An organisation registers itself: the organisation, its contacts, and the right of who registered to manage it."""

from __future__ import annotations

from training.directory.actions import organisations
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.billing_facts import needs_siret
from training.directory.rules.organisations import usual_buyer
from training.identity.actions.roles import give_role
from training.identity.rules import Role
from training.identity.tables import User
from training.kernel import db, limits
from training.kernel.actor import Actor
from training.kernel.errors import Forbidden, Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def register_organisation(
    actor: Actor, new: NewOrganisation, contacts: tuple[NewContact, ...], *, network: str = ""
) -> int:
    """Register an organisation, `pending` until somebody of the platform has looked; the actor manages it.

    `contacts` begins with the actor's own. The same organisation registered twice by one person is one organisation.
    Invalid: a name, an address or a SIRET that cannot be. Conflict: the SIRET is known. TooMany: by one person, or from
    one `network`.
    """
    async with acting(actor, "organisation.register-own") as change:
        actor.must(Permission.ORGANISATIONS_REGISTER, account=actor.id)
        if actor.id is None:
            raise Forbidden(_("Connectez-vous d’abord : vous pourrez ensuite inscrire votre structure."))
        if new.siret is None and needs_siret(new.buyer or usual_buyer(new.kind, new.country), new.country):
            raise Invalid(_("À remplir : il figure sur vos factures."), field="siret")
        # a second click waits here, then finds what the first one made
        await db.execute("select id from account where id = $1 for update", actor.id)
        organisation = await _known(actor.id, new)
        if organisation is None:
            await limits.take(limits.REGISTERED, actor.id)
            if network:
                await limits.take(limits.REGISTERED_FROM, network)
            organisation = await organisations.register(actor, new, contacts)
            await give_role(actor.id, Role.MANAGER, organisation=organisation)
            await User.update({User.name: contacts[0].name.strip()}).where(User.id == actor.id)
        change.about("organisation", organisation)
    return organisation


async def _known(account: int, new: NewOrganisation) -> int | None:
    found = await db.value(
        """
        select o.id from organisation o join membership m on m.organisation = o.id
        where m.account = $1 and m.role = 'manager' and o.kind = $2
          and fold(o.name) = fold($3) and o.postcode = $4 and o.state = 'pending'
        order by o.id limit 1
        """,
        account,
        new.kind,
        new.name.strip(),
        new.postcode.strip(),
    )
    return None if found is None else int(found)
