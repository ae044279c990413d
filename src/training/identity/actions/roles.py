"""Accounts and roles: who is given which, and the ones that follow from being a known contact or facilitator."""

from __future__ import annotations

from training.directory.rules import check_email
from training.identity.rules import Role
from training.identity.tables import Membership, User
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions import acting


async def add_user(actor: Actor, email: str, name: str) -> int:
    """The account of an address, made if there is none."""
    async with acting(actor, "account.add") as change:
        actor.must(Permission.PLATFORM_EDIT)
        email = check_email(email)
        known = await db.value("select id from account where lower(email) = lower($1)", email)
        if known is None:
            user = User(email=email, name=name, locale="fr", created_at=clock.now())
            known = (await User.insert(user).returning(User.id))[0]["id"]
        change.about("account", int(known))
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
        await give_role(account, role, organisation=organisation, partner=partner, facilitator=facilitator)


async def give_role(
    account: int,
    role: Role,
    *,
    organisation: int | None = None,
    partner: int | None = None,
    facilitator: int | None = None,
) -> None:
    """A role somewhere, as part of what gives it: being granted, or registering one's own organisation."""
    await Membership.insert(
        Membership(
            account=account,
            organisation=organisation,
            partner=partner,
            facilitator=facilitator,
            role=role,
            created_at=clock.now(),
        )
    ).on_conflict(action="DO NOTHING")


async def take_known_roles(account: int, email: str) -> None:
    """At sign-in, an address that we already write to gets the role that goes with it.

    A facilitator's: facilitator. A contact's: manager where it books, accountant where it is only billed, else member.
    A role given by hand in that organisation stands, whatever it is.
    """
    await db.execute(
        """
        insert into membership (account, facilitator, role, created_at)
        select $1, id, 'facilitator', $3 from facilitator where lower(email) = lower($2) and active
        on conflict do nothing
        """,
        account,
        email,
        clock.now(),
    )
    await db.execute(
        """
        insert into membership (account, organisation, role, created_at)
        select $1, c.organisation,
               case when c.for_booking then 'manager' when c.for_billing then 'accountant' else 'member' end, $3
        from contact c where lower(c.email) = lower($2) and c.active
          and not exists (select from membership m where m.account = $1 and m.organisation = c.organisation)
        on conflict do nothing
        """,
        account,
        email,
        clock.now(),
    )
