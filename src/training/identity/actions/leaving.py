"""A role ends: its holder's sessions, calendar addresses and mailed links end in the same transaction.

`end_membership` in the database does it, whoever asks: triggers call it when a contact is put aside.
"""

from __future__ import annotations

from dataclasses import dataclass

from training.directory.actions.contacts import put_aside
from training.identity.rules import ORGANISATION_ROLES, PLATFORM_ROLES, Ending, Role
from training.identity.tables import ApiKey
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Forbidden, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import Change, acting


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that somebody holds; nothing named: on the platform's team."""

    id: int
    account: int
    name: str
    email: str
    role: Role
    organisation: int | None
    partner: int | None
    facilitator: int | None

    @property
    def of_team(self) -> bool:
        """Whether it is on the platform's team."""
        return self.organisation is None and self.partner is None and self.facilitator is None


async def remove(actor: Actor, membership: int, *, keys: bool = True) -> HeldRole:
    """End somebody's role; it is not given again at their next sign-in. As a contact of that place they are put aside.

    `keys`: who leaves the team takes along the API keys that they made, and saw: those end too.
    Conflict: nobody else administers the platform, or manages that organisation. NotFound: it is not held any more.
    """
    async with acting(actor, "membership.remove", ("membership", membership)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        held = await held_role(membership)
        await hold_roles(held.organisation)
        await check_still(change, Permission.PLATFORM_EDIT, None)
        held = await held_role(membership)
        await end(change, held)
        if keys and held.of_team:
            await end_keys(held.account)
    return held


async def remove_colleague(actor: Actor, organisation: int, account: int) -> None:
    """Somebody left the organisation: whatever they may there ends, and nothing is sent to them any more.

    Conflict: nobody else manages it. NotFound: they do not belong to it (any more).
    """
    async with acting(actor, "membership.remove-colleague", ("account", account)) as change:
        actor.must(Permission.COLLEAGUES_MANAGE, organisation=organisation)
        await hold_roles(organisation)
        await check_still(change, Permission.COLLEAGUES_MANAGE, organisation)
        await end(change, *await roles_there(organisation, account))


async def hold_roles(organisation: int | None) -> None:
    """One at a time changes who may what in a place: of two who remove each other, the second sees the first's act."""
    place = "team" if organisation is None else f"organisation:{organisation}"
    await db.execute("select pg_advisory_xact_lock(hashtextextended('roles:' || $1, 0))", place)


async def check_still(change: Change, permission: Permission, organisation: int | None) -> None:
    """Under the lock, ask again: whoever was removed a moment ago removes nobody any more. Forbidden."""
    if change.actor.kind != "user":
        return
    at_large = [role for role, held in PLATFORM_ROLES.items() if permission in held]
    there = [role for role, held in ORGANISATION_ROLES.items() if permission in held]
    sql = """
        select exists (select from membership where account = $1 and (
            num_nonnulls(organisation, partner, facilitator) = 0 and role = any($2)
            or organisation = $4 and role = any($3)))
    """
    if not await db.value(sql, change.actor.id, at_large, there, organisation):
        raise Forbidden(_("Votre accès vient de prendre fin : vous ne pouvez plus faire cela."))


async def end(change: Change, *roles: HeldRole) -> None:
    """End roles of somebody under the lock of their place. Conflict: one is the last of its kind there."""
    for held in roles:
        await check_not_last(held)
    await change.sign()
    for held in roles:
        await db.execute("select end_membership($1, $2)", held.id, Ending.REMOVED)
        if held.of_team and held.role is Role.ADMINISTRATOR:
            change.about("account", held.account)
            change.edited("administrator", held.email, None)
    # whatever the role came from: who left is written to no more; who keeps another role there did not leave
    for organisation in {held.organisation for held in roles} - {None}:
        await put_aside(change, [r["id"] for r in await db.connection().fetch(_LEFT, organisation, roles[0].account)])


async def check_not_last(held: HeldRole) -> None:
    """Conflict: nobody else administers the platform, or manages that organisation."""
    last = {Role.ADMINISTRATOR: held.of_team, Role.MANAGER: held.organisation is not None}
    if not last.get(held.role, False) or await db.value(_ANOTHER, held.account, held.role, held.organisation):
        return
    if held.of_team:
        words = _(
            "{name} est la seule personne qui administre la plateforme : donnez d’abord ce rôle à une autre personne."
        )
    else:
        words = _("{name} est la seule personne qui gère cet espace : donnez d’abord ce rôle à une autre personne.")
    raise Conflict(words.format(name=held.name))


async def held_role(membership: int) -> HeldRole:
    """A role by its id. NotFound: it is not held (any more)."""
    found = await db.row(HeldRole, f"{_HELD} where m.id = $1", membership)
    if found is None:
        raise NotFound(_("Cet accès n’existe pas, ou a déjà pris fin."))
    return found


async def roles_there(organisation: int, account: int) -> list[HeldRole]:
    """All that somebody is in an organisation, the manager's role first. NotFound: nothing (any more)."""
    sql = f"{_HELD} where m.account = $1 and m.organisation = $2 order by m.role = 'manager' desc, m.id"
    found = await db.rows(HeldRole, sql, account, organisation)
    if not found:
        raise NotFound(_("Cette personne n’a pas, ou n’a plus, d’accès à cet espace."))
    return found


async def end_keys(account: int) -> None:
    """Whoever made API keys of the platform saw them: they end."""
    await ApiKey.update({ApiKey.revoked_at: clock.now()}).where(
        (ApiKey.account == account) & ApiKey.revoked_at.is_null()
    )


_HELD = """
    select m.id, m.account, a.name, a.email, m.role, m.organisation, m.partner, m.facilitator
    from membership m join account a on a.id = m.account
"""
_LEFT = """
    select c.id from contact c join account a on a.id = $2 and lower(a.email) = lower(c.email)
    where c.organisation = $1 and c.active
      and not exists (select from membership m where m.account = a.id and m.organisation = c.organisation)
"""
_ANOTHER = """
    select exists (
        select from membership m join account a on a.id = m.account and a.active
        where m.account <> $1 and m.role = $2 and m.organisation is not distinct from $3
          and m.partner is null and m.facilitator is null
    )
"""
