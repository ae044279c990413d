"""Somebody's role becomes another one in the same place: what the new one may not open closes at once."""

from __future__ import annotations

from training.directory.actions import contacts
from training.identity.actions.leaving import (
    HeldRole,
    check_not_last,
    check_still,
    end_keys,
    held_role,
    hold_roles,
    roles_there,
)
from training.identity.rules import ORGANISATION_ROLES, PLATFORM_ROLES, Ending, Role
from training.kernel import db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import Change, acting

P = Permission


async def change_role(actor: Actor, membership: int, role: Role, *, keys: bool = True) -> HeldRole:
    """A role on the team, or in an organisation, becomes another one there; the same one again changes nothing.

    `keys`: the API keys that somebody made end when they may not make one any more: they saw them.
    Conflict: nobody else administers the platform, or manages that organisation. NotFound: it is not held any more.
    """
    async with acting(actor, "membership.change-role", ("membership", membership)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        held = await held_role(membership)
        await hold_roles(held.organisation)
        await check_still(change, Permission.PLATFORM_EDIT, None)
        held = await held_role(membership)
        await _become(change, role, held)
        if keys and held.of_team and P.PLATFORM_EDIT not in PLATFORM_ROLES[role]:
            await end_keys(held.account)
    return held


async def change_colleague(actor: Actor, organisation: int, account: int, role: Role) -> HeldRole:
    """Somebody of an organisation has this role there, and no other.

    Conflict: nobody else manages it. NotFound: they do not belong to it (any more).
    """
    async with acting(actor, "membership.change-colleague", ("account", account)) as change:
        actor.must(Permission.COLLEAGUES_MANAGE, organisation=organisation)
        await hold_roles(organisation)
        await check_still(change, Permission.COLLEAGUES_MANAGE, organisation)
        found = await roles_there(organisation, account)
        await _become(change, role, *found)
    return found[0]


async def _become(change: Change, role: Role, *held: HeldRole) -> None:
    """These roles of one account in one place end, and this one begins there, from where the first one came."""
    first = held[0]
    among = PLATFORM_ROLES if first.of_team else ORGANISATION_ROLES
    if not first.of_team and first.organisation is None:
        raise Conflict(_("Ce rôle n’en a pas d’autre à côté de lui : retirez-le s’il ne sert plus."))
    if role not in among:
        raise Invalid(_("Choisissez une réponse."), field="role")
    change.about("account", first.account, "role")
    ending = [one for one in held if one.role is not role]
    for one in ending:
        await check_not_last(one)
    if not ending:
        return
    await change.sign()
    # First what begins: whoever still holds something there keeps sessions and calendar addresses.
    begun = await db.value(_BEGIN, first.id, role)
    for one in ending:
        await db.execute("select end_membership($1, $2)", one.id, Ending.CHANGED)
    if first.organisation is not None:
        might = {permission for one in ending for permission in among[one.role]}
        await _letters(change, first.organisation, first.email, role, P.INVOICES_SEE in might)
    else:
        was, becomes = (Role.ADMINISTRATOR in {one.role for one in held}), role is Role.ADMINISTRATOR
        change.edited("administrator", first.email if was else None, first.email if becomes else None)
    if begun is not None:
        await outbox.put("membership.given", ("membership", int(begun)))


async def _letters(change: Change, organisation: int, email: str, role: Role, saw_invoices: bool) -> None:
    """What somebody is written about follows their role, as when they were invited; what was mailed closes with it."""
    receives = (
        {"for_booking": True} if role is Role.MANAGER else {"for_billing": True} if role is Role.ACCOUNTANT else {}
    )
    if saw_invoices and P.INVOICES_SEE not in ORGANISATION_ROLES[role]:
        await db.execute("select revoke_invoice_links(lower($1), $2)", email, organisation)
        receives = {"for_billing": False}
    await contacts.write_to(change, organisation, email, receives)


_BEGIN = """
    insert into membership (account, organisation, partner, facilitator, role, created_at, origin, contact)
    select account, organisation, partner, facilitator, $2, acting_at(),
           case origin when 'unmatched' then 'hand' else origin end, contact
    from membership where id = $1
    on conflict do nothing returning id
"""
