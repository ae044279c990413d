"""Who is at the door: the actor behind a session's cookie or an API key, and where a role leads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from training.identity import rules
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import Actor, Scope
from training.kernel.links import digest


@dataclass(frozen=True, slots=True)
class Entered:
    """A signed-in browser. `slide` is true when its session is old enough to be prolonged."""

    actor: Actor
    session: int
    locale: str
    slide: bool


async def by_session(token: str) -> Entered | None:
    """The person behind a cookie, in one statement; None when the session is unknown, revoked or over."""
    row = await db.connection().fetchrow(_SESSION, digest(token), clock.now())
    if row is None:
        return None
    memberships = [tuple(m) for m in json.loads(row["memberships"])]
    actor = _actor(row["account"], row["name"], row["email"], memberships)
    # prolonging at each request would be a write at each request: once a day is enough for a fortnight's session
    left = row["expires_at"] - clock.now()
    return Entered(actor, row["id"], row["locale"], left < rules.SLIDING - rules.SLIDING / 14)


async def by_key(key: str) -> Actor | None:
    """The program behind an API key; None when it is unknown or revoked."""
    row = await db.connection().fetchrow(
        "select id, label, organisation from api_key where token_hash = $1 and revoked_at is null", digest(key)
    )
    if row is None:
        return None
    if row["organisation"] is None:
        everywhere = frozenset(map(str, rules.PLATFORM_ROLES[Role.ADMINISTRATOR]))
        return Actor("apikey", row["id"], row["label"], everywhere, Scope(everything=True))
    there = frozenset(map(str, rules.ORGANISATION_ROLES[Role.MANAGER]))
    return Actor("apikey", row["id"], row["label"], scope=Scope(organisations={row["organisation"]: there}))


def _actor(
    account: int, name: str, email: str, memberships: list[tuple[str, int | None, int | None, int | None]]
) -> Actor:
    everywhere: set[str] = set()
    organisations: dict[int, frozenset[str]] = {}
    partners: dict[int, frozenset[str]] = {}
    facilitators: dict[int, frozenset[str]] = {}
    staff = False
    for role_name, organisation, partner, facilitator in memberships:
        role = Role(role_name)
        if organisation is not None:
            held = organisations.get(organisation, frozenset())
            organisations[organisation] = held | rules.ORGANISATION_ROLES[role]
        elif partner is not None:
            partners[partner] = partners.get(partner, frozenset()) | rules.PARTNER_ROLES[role]
        elif facilitator is not None:
            facilitators[facilitator] = rules.FACILITATOR_ROLES[role]
        else:
            staff = True
            everywhere |= rules.PLATFORM_ROLES[role]
    scope = Scope(staff, {account: rules.OWN}, organisations, partners, facilitators)
    return Actor("user", account, name, frozenset(everywhere), scope, email)


_SESSION = """
    select s.id, s.expires_at, a.id as account, a.name, a.email, a.locale, coalesce((
        select json_agg(json_build_array(m.role, m.organisation, m.partner, m.facilitator))
        from membership m where m.account = a.id
    ), '[]') as memberships
    from signin_session s join account a on a.id = s.account
    where s.token_hash = $1 and s.revoked_at is null and s.expires_at > $2 and s.ends_at > $2 and a.active
"""


async def has_account(email: str) -> bool:
    """Whether somebody who may sign in has that address."""
    sql = "select exists (select from account where lower(email) = lower($1) and active)"
    return bool(await db.value(sql, email.strip()))


@dataclass(frozen=True, slots=True)
class SigninMail:
    """What the sign-in mail needs; its secrets are made when it leaves."""

    id: int
    email: str
    expires_at: datetime


async def signin_request(id: int) -> SigninMail | None:  # noqa: A002
    """A request that is still to be answered."""
    return await db.row(
        SigninMail, "select id, email, expires_at from signin_request where id = $1 and used_at is null", id
    )


@dataclass(frozen=True, slots=True)
class KeyView:
    """An API key without its secret."""

    id: int
    label: str
    hint: str
    organisation: str | None
    created_at: datetime
    revoked_at: datetime | None


async def api_keys() -> list[KeyView]:
    """Every key, the newest first."""
    return await db.rows(
        KeyView,
        """
        select k.id, k.label, k.hint, o.name as organisation, k.created_at, k.revoked_at
        from api_key k left join organisation o on o.id = k.organisation order by k.id desc
        """,
    )


async def staff_addresses() -> list[tuple[str, str]]:
    """(name, address) of the platform's team: who is told when something needs a person."""
    sql = """
        select distinct a.name, a.email from account a join membership m on m.account = a.id
        where a.active and num_nonnulls(m.organisation, m.partner, m.facilitator) = 0
          and m.role in ('administrator', 'adviser') order by a.email
    """
    return [(record["name"], record["email"]) for record in await db.connection().fetch(sql)]
