"""An organisation is archived for another one, and its people get the same roles there, where somebody wants it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from training.directory.actions import archiving, contacts
from training.directory.actions.contacts import NewContact
from training.directory.rules import organisations as rules
from training.identity.actions.leaving import hold_roles
from training.identity.actions.roles import give_role
from training.identity.rules import Role
from training.kernel import db, outbox
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import Change, acting


async def archive_for(
    actor: Actor, organisation: int, see: int, *, people: Collection[int] = (), ends_coming: bool = False
) -> None:
    """Archive an organisation that is another one too: its pages say where to go. Its past stays its own.

    `people`: the accounts that get their roles in the other one, as its contacts. Conflict: it does not book (any
    more), or the other one; both have a SIRET, and not the same. Invalid: it is itself.
    """
    async with acting(actor, "organisation.archive-for", ("organisation", organisation)) as change:
        actor.must(Permission.ORGANISATIONS_APPROVE)
        change.about("organisation", organisation, "state", "see")
        await hold_roles(see)
        for row in await archiving.lock_closing(organisation, see):
            if row.id == organisation:
                rules.check_archive(row.state)
        await archiving.close_for(organisation, see, by=actor, ends_coming=ends_coming)
        for one in await db.rows(_HeldThere, _HELD_THERE, organisation, sorted(people)):
            known = NewContact(
                one.name, one.email, one.phone, one.title, one.role is Role.MANAGER, one.role is Role.ACCOUNTANT
            )
            await let_in(change, see, one.account, known, one.role)
        await outbox.put("organisation.archived", ("organisation", organisation))


async def let_in(
    change: Change, organisation: int, account: int, known: NewContact, role: Role, *, told: bool = True
) -> None:
    """Somebody is a contact and has a role, as part of the action that lets them in; `told`: they are written to."""
    await contacts.welcome_contact(change, organisation, known)
    if await give_role(account, role, organisation=organisation) and told:
        sql = "select id from membership where account = $1 and organisation = $2 and role = $3"
        await outbox.put("membership.given", ("membership", int(await db.value(sql, account, organisation, role))))


@dataclass(frozen=True, slots=True)
class _HeldThere:
    account: int
    name: str
    email: str
    phone: str | None
    title: str | None
    role: Role


_HELD_THERE = """
    select m.account, coalesce(c.name, a.name) as name, a.email, c.phone, c.title, m.role
    from membership m join account a on a.id = m.account and a.active
    left join contact c on c.organisation = m.organisation and lower(c.email) = lower(a.email) and c.active
    where m.organisation = $1 and m.account = any($2)
    order by m.id
"""
