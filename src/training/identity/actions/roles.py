"""Accounts and roles: who is given which, and the ones that follow from being a known contact or facilitator."""

from __future__ import annotations

from training.directory.actions.locking import hold_current
from training.directory.rules.numbers import check_email
from training.identity.rules import Origin, Role
from training.identity.tables import Membership, User
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def add_user(actor: Actor, email: str, name: str) -> int:
    """The account of an address, made if there is none."""
    async with acting(actor, "account.add") as change:
        actor.must(Permission.PLATFORM_EDIT)
        account = await account_of(check_email(email), name)
        change.about("account", account)
    return account


async def account_of(email: str, name: str) -> int:
    """The account of an address, made if there is none, as part of what gives it something."""
    # one at a time per address: of two first sign-ins at once, the second finds the account that the first made
    await db.execute("select pg_advisory_xact_lock(hashtextextended('account:' || lower($1), 0))", email)
    known = await db.value("select id from account where lower(email) = lower($1)", email)
    if known is None:
        user = User(email=email, name=name.strip(), locale="fr", created_at=clock.now())
        known = (await User.insert(user).returning(User.id))[0]["id"]
    return int(known)


async def grant(
    actor: Actor,
    account: int,
    role: Role,
    *,
    organisation: int | None = None,
    partner: int | None = None,
    facilitator: int | None = None,
) -> None:
    """Give a role somewhere; with no place, on the platform's team. Given twice, it is held once."""
    async with acting(actor, "membership.grant", ("account", account)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        change.about("account", account, role)
        if organisation is not None:
            await hold_current(organisation)
        place = {"organisation": organisation, "partner": partner, "facilitator": facilitator}
        given = await give_role(account, role, **place)
        if given and role is Role.ADMINISTRATOR:
            change.edited("administrator", None, await address_of(account))


async def join_team(actor: Actor, email: str, name: str, role: Role) -> int:
    """Give somebody a role on the platform's team, and write to them that they may come in."""
    async with acting(actor, "membership.join-team") as change:
        actor.must(Permission.PLATFORM_EDIT)
        account = await add_user(actor, email, name)
        change.about("account", account, role)
        await grant(actor, account, role)
        sql = """
            select id from membership
            where account = $1 and role = $2 and num_nonnulls(organisation, partner, facilitator) = 0
        """
        await outbox.put("membership.given", ("membership", int(await db.value(sql, account, role))))
    return account


async def keep(actor: Actor, membership: int) -> None:
    """Somebody looked at a role whose origin is unknown: it was given by hand, and stands until it is removed."""
    async with acting(actor, "membership.keep", ("membership", membership)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        change.about("membership", membership, "origin")
        unmatched = (Membership.id == membership) & (Membership.origin == Origin.UNMATCHED)
        if not await Membership.update({Membership.origin: Origin.HAND}).where(unmatched).returning(Membership.id):
            raise NotFound(_("Cet accès n’existe plus, ou son origine est déjà connue."))


async def give_role(
    account: int,
    role: Role,
    *,
    organisation: int | None = None,
    partner: int | None = None,
    facilitator: int | None = None,
) -> bool:
    """A role somewhere, as part of what gives it. False: it was held.

    It comes from the contact or the facilitator of that address, where there is one; else from a hand.
    """
    contact = await db.value(_CONTACT, account, organisation) if organisation is not None else None
    theirs = facilitator is not None and await db.value(_FACILITATOR, account, facilitator)
    origin = Origin.CONTACT if contact is not None else Origin.FACILITATOR if theirs else Origin.HAND
    given = (
        await Membership.insert(
            Membership(
                account=account,
                organisation=organisation,
                partner=partner,
                facilitator=facilitator,
                role=role,
                created_at=clock.now(),
                origin=origin,
                contact=contact,
            )
        )
        .on_conflict(action="DO NOTHING")
        .returning(Membership.id)
    )
    return bool(given)


_CONTACT = """
    select c.id from contact c join account a on a.id = $1 and lower(a.email) = lower(c.email)
    where c.organisation = $2 and c.active for share of c
"""
_FACILITATOR = """
    select true from facilitator f join account a on a.id = $1 and lower(a.email) = lower(f.email)
    where f.id = $2 and f.active for share of f
"""


async def address_of(account: int) -> str:
    """The address that an account signs in with."""
    return str(await db.value("select email from account where id = $1", account))


async def take_known_roles(account: int, email: str) -> None:
    """At sign-in, an address that we already write to gets the role that goes with it.

    A facilitator's: facilitator. A contact's: what its former address had when it was corrected, else manager where it
    books, accountant where it is only billed, else member. A role given by hand in that organisation stands, whatever
    it is; one that somebody removed does not come back.
    """
    for sql in (_OF_FACILITATORS, _OF_CONTACTS):
        await db.execute(sql, account, email, clock.now())


# The rows that a role comes from are locked: whoever is put aside meanwhile is waited for, or waits and ends it.
_OF_FACILITATORS = """
    with known as (
        select id from facilitator f
        where lower(f.email) = lower($2) and f.active
          and 'removed' is distinct from (
              select o.why from former_membership o where o.account = $1 and o.facilitator = f.id
              order by o.id desc limit 1
          ) for share of f
    )
    insert into membership (account, facilitator, role, created_at, origin)
    select $1, id, 'facilitator', $3, 'facilitator' from known
    on conflict do nothing
"""
_OF_CONTACTS = """
    with known as (
        select c.* from contact c
        where lower(c.email) = lower($2) and c.active
          and not exists (select from membership m where m.account = $1 and m.organisation = c.organisation)
          and 'removed' is distinct from (
              select o.why from former_membership o where o.account = $1 and o.organisation = c.organisation
              order by o.id desc limit 1
          ) for share of c
    )
    insert into membership (account, organisation, role, created_at, origin, contact)
    select $1, organisation,
           coalesce(
               (select f.role from (select * from former_membership f where f.contact = known.id order by f.id desc
                                    limit 1) f where f.why = 'address'),
               case when for_booking then 'manager' when for_billing then 'accountant' else 'member' end
           ), $3, 'contact', id
    from known
    on conflict do nothing
"""
