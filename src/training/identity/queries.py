"""Who is at the door: the actor behind a session's cookie or an API key, and where a role leads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from training.identity import rules
from training.identity.rules import Ending, Origin, Role
from training.kernel import clock, db
from training.kernel.actor import Actor, Scope
from training.kernel.clauses import Clauses
from training.kernel.i18n import _
from training.kernel.links import digest
from training.kernel.searching import SearchedList, SearchPlace, words_of


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


async def following_link(token: str) -> str:
    """Where somebody wanted to go who asked for this link, good or not; "" when nowhere, or when it is unknown."""
    return str(await db.value("select next_path from signin_request where token_hash = $1", digest(token)) or "")


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
    """What the sign-in mail needs; its secrets are made when it leaves. `name`: "" of an address we do not know."""

    id: int
    email: str
    name: str
    locale: str
    expires_at: datetime
    minted: bool


async def signin_request(id: int) -> SigninMail | None:  # noqa: A002
    """A request that is still to be answered."""
    return await db.row(
        SigninMail,
        """
        select r.id, r.email, coalesce(known.name, '') as name, coalesce(known.locale, 'fr') as locale, r.expires_at,
               r.code_hash is not null as minted
        from signin_request r
        left join lateral (
            select name, locale, 1 as rank from facilitator where lower(email) = lower(r.email) and active
            union all select name, locale, 2 from contact where lower(email) = lower(r.email) and active
            union all select name, locale, 3 from account where lower(email) = lower(r.email) and active
            order by rank limit 1
        ) known on true
        where r.id = $1 and r.used_at is null
        """,
        id,
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


async def is_managed(organisation: int) -> bool:
    """Whether somebody manages an organisation's space, or will at their first sign-in."""
    sql = """
        select exists (select from membership m join account a on a.id = m.account and a.active
                       where m.organisation = $1 and m.role = 'manager')
            or exists (select from contact c where c.organisation = $1 and c.active and c.for_booking and not exists (
                select from account a where lower(a.email) = lower(c.email) and (
                    exists (select from membership m where m.account = a.id and m.organisation = $1)
                    or 'removed' = (select f.why from former_membership f
                                    where f.account = a.id and f.organisation = $1 order by f.id desc limit 1))))
    """
    return bool(await db.value(sql, organisation))


async def keys_of(organisation: int) -> int:
    """How many live API keys an organisation has: whoever managed it may have seen them."""
    sql = "select count(*) from api_key where organisation = $1 and revoked_at is null"
    return int(await db.value(sql, organisation))


async def staff_addresses() -> list[tuple[str, str]]:
    """(name, address) of the platform's team: who is told when something needs a person."""
    sql = """
        select distinct a.name, a.email from account a join membership m on m.account = a.id
        where a.active and num_nonnulls(m.organisation, m.partner, m.facilitator) = 0
          and m.role in ('administrator', 'adviser') order by a.email
    """
    return [(record["name"], record["email"]) for record in await db.connection().fetch(sql)]


@dataclass(frozen=True, slots=True)
class AccountView:
    """Somebody with an account, as mails are written to them."""

    id: int
    name: str
    email: str
    locale: str


async def administrators() -> list[AccountView]:
    """Who administers the platform now."""
    sql = """
        select distinct a.id, a.name, a.email, a.locale from account a join membership m on m.account = a.id
        where a.active and m.role = 'administrator' and num_nonnulls(m.organisation, m.partner, m.facilitator) = 0
        order by a.id
    """
    return await db.rows(AccountView, sql)


async def account(id: int) -> AccountView | None:  # noqa: A002
    """An account by id."""
    return await db.row(AccountView, "select id, name, email, locale from account where id = $1", id)


@dataclass(frozen=True, slots=True)
class MembershipView:
    """A role that somebody holds, with the name of its place; none: the platform's team. `since`: when it began."""

    id: int
    account: int
    name: str
    email: str
    locale: str
    role: Role
    origin: Origin
    since: datetime
    organisation: str | None
    slug: str | None
    partner: str | None
    facilitator: str | None

    @property
    def of_team(self) -> bool:
        """Whether it is on the platform's team."""
        return self.organisation is None and self.partner is None and self.facilitator is None

    @property
    def changeable(self) -> bool:
        """Whether there are other roles in its place."""
        return self.partner is None and self.facilitator is None

    @property
    def role_name(self) -> str:
        """The role in words."""
        return _(rules.ROLE_NAMES[self.role])

    @property
    def role_help(self) -> str:
        """What it allows, in words."""
        return _(rules.ROLE_HELP[self.role])


_COLUMNS = """
    m.id, m.account, m.name, m.email, m.locale, m.role, m.origin, m.created_at as since, o.name as organisation,
    o.slug, p.name as partner, f.name as facilitator
"""
_HELD = "(select n.*, a.name, a.email, a.locale from membership n join account a on a.id = n.account) m"
_JOINED = """
    left join organisation o on o.id = m.organisation
    left join partner p on p.id = m.partner
    left join facilitator f on f.id = m.facilitator
"""
_MEMBERSHIP = f"select {_COLUMNS} from {_HELD} {_JOINED}"


async def membership(id: int) -> MembershipView | None:  # noqa: A002
    """A role that is held, by id."""
    return await db.row(MembershipView, f"{_MEMBERSHIP} where m.id = $1", id)


async def memberships_of(email: str) -> list[MembershipView]:
    """What an address may, where, since when and from what."""
    return await db.rows(MembershipView, f"{_MEMBERSHIP} where lower(m.email) = lower($1) order by m.id", email)


async def colleagues(organisation: int) -> list[MembershipView]:
    """Who has which role in an organisation, by name."""
    sql = f"{_MEMBERSHIP} where m.organisation = $1 order by fold(m.name), m.name, m.account, m.id"
    return await db.rows(MembershipView, sql, organisation)


@dataclass(frozen=True, slots=True)
class MembershipFilter:
    """Which roles a list shows: `team` alone or all but it, those to decide about, one organisation's, or by words."""

    team: bool | None = None
    unmatched: bool = False
    organisation: str = ""
    search: str = ""


async def memberships(asked: MembershipFilter, *, after: int | None = None, limit: int = 50) -> list[MembershipView]:
    """Roles by their holders' names; `after` is the id of the last one of the page before."""
    where = Clauses()
    if asked.team is not None:
        where.add(f"num_nonnulls(m.organisation, m.partner, m.facilitator) {'=' if asked.team else '>'} 0")
    if asked.unmatched:
        where.add("m.origin = 'unmatched'")
    if asked.organisation:
        where.add("m.organisation = (select id from organisation where slug = {})", asked.organisation)
    if after is not None:
        last = "select fold(b.name), b.name, n.id from membership n join account b on b.id = n.account where n.id = {}"
        where.add(f"(fold(m.name), m.name, m.id) > ({last})", after)
    return await _BY_NAME.page(MembershipView, _COLUMNS, where, asked.search, limit)


_WORDS = "' ' || a.name || ' ' || a.email"  # as the index account_words has them
_BY_NAME = SearchedList(
    _HELD,
    _JOINED,
    "fold(m.name), m.name, m.id",
    (
        SearchPlace(
            _WORDS,
            "(select {} from (values (m.name, m.email)) a(name, email))",
            "m.account = any(array(select a.id from account a where {}))",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class FormerView:
    """A role that somebody had, until when, and why it ended. `by`: who ended it; None: the platform itself."""

    id: int
    name: str
    email: str
    role: Role
    since: datetime
    ended_at: datetime
    why: Ending
    by: str | None
    organisation: str | None
    slug: str | None
    partner: str | None
    facilitator: str | None

    @property
    def role_name(self) -> str:
        """The role in words."""
        return _(rules.ROLE_NAMES[self.role])

    @property
    def why_said(self) -> str:
        """Why it ended, in words."""
        return _(rules.ENDING_NAMES[self.why])


_FORMER_COLUMNS = """
    m.id, a.name, a.email, m.role, m.since, m.ended_at, m.why, b.name as by, o.name as organisation, o.slug,
    p.name as partner, f.name as facilitator
"""
_FORMER_JOINED = """
    join account a on a.id = m.account
    left join account b on m.actor_kind = 'user' and b.id = m.actor_id
    left join organisation o on o.id = m.organisation
    left join partner p on p.id = m.partner
    left join facilitator f on f.id = m.facilitator
"""
_FORMER = SearchedList(
    "former_membership m",
    _FORMER_JOINED,
    "m.id desc",
    (words_of("' ' || n.name || ' ' || n.email", "account n", "former_membership m", "account"),),
)


async def former_memberships(
    asked: MembershipFilter, *, before: int | None = None, limit: int = 50
) -> list[FormerView]:
    """Roles that ended, the last first; `before` is the id of the last one of the page before."""
    where = Clauses()
    if asked.team is not None:
        where.add(f"num_nonnulls(m.organisation, m.partner, m.facilitator) {'=' if asked.team else '>'} 0")
    if asked.organisation:
        where.add("m.organisation = (select id from organisation where slug = {})", asked.organisation)
    if before is not None:
        where.add("m.id < {}", before)
    return await _FORMER.page(FormerView, _FORMER_COLUMNS, where, asked.search, limit)


async def former_of(email: str) -> list[FormerView]:
    """What an address might once, the last first."""
    rows = f"from former_membership m {_FORMER_JOINED} where lower(a.email) = lower($1)"
    sql = f"select {_FORMER_COLUMNS} {rows} order by m.id desc"
    return await db.rows(FormerView, sql, email)


async def role_before(membership: int) -> Role | None:
    """The role that a held one took the place of; None: it was given anew."""
    sql = """
        select f.role from membership m join former_membership f
        on f.account = m.account and f.ended_at = m.created_at and f.why = 'changed'
        and (f.organisation, f.partner, f.facilitator) is not distinct from (m.organisation, m.partner, m.facilitator)
        where m.id = $1 order by f.id limit 1
    """
    found = await db.value(sql, membership)
    return None if found is None else Role(found)


async def unmatched() -> int:
    """How many roles nobody knows the origin of: somebody decides about them."""
    return int(await db.value("select count(*) from membership where origin = 'unmatched'"))
