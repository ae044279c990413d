"""Who may come in, with which role, since when and from what; what would end with one of these roles."""

from __future__ import annotations

from dataclasses import dataclass

from training.identity import queries as identity
from training.identity.queries import FormerView, MembershipFilter, MembershipView
from training.identity.rules import ORGANISATION_ROLES, PLATFORM_ROLES, Role
from training.kernel import clock, db
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.reporting.paging import cut


@dataclass(frozen=True, slots=True)
class OfficeAccess:
    """A page of roles by their holders' names. `following`: the id of its last one when there are more."""

    memberships: list[MembershipView]
    following: int | None
    unmatched: int


async def access_page(asked: MembershipFilter, *, after: int | None, limit: int) -> OfficeAccess:
    """What the page of roles shows, in two statements."""
    shown, last = cut(await identity.memberships(asked, after=after, limit=limit + 1), limit)
    return OfficeAccess(shown, last.id if last else None, await identity.unmatched())


@dataclass(frozen=True, slots=True)
class OfficeFormerAccess:
    """A page of roles that ended, the last first. `following`: the id of its last one when there are more."""

    former: list[FormerView]
    following: int | None
    unmatched: int


async def former_page(asked: MembershipFilter, *, after: int | None, limit: int) -> OfficeFormerAccess:
    """What the page of former roles shows, in two statements."""
    found = await identity.former_memberships(asked, before=after, limit=limit + 1)
    shown, last = cut(found, limit)
    return OfficeFormerAccess(shown, last.id if last else None, await identity.unmatched())


@dataclass(frozen=True, slots=True)
class Ends:
    """What ends with a role: browsers signed out if it is the last one, calendar addresses, keys; dates that stay.

    `only`: nobody else administers the platform, or manages that organisation. `contact`: they are written to there.
    `theirs`: live API keys of the organisation, which they may have seen.
    """

    others: int
    sessions: int
    feeds: int
    keys: int
    theirs: int
    dates: int
    contact: bool
    only: bool


@dataclass(frozen=True, slots=True)
class OfficeRemoval:
    """A role that somebody is about to remove."""

    held: MembershipView
    ends: Ends


async def removal_page(membership: int) -> OfficeRemoval:
    """What the page that asks shows, in two statements; NotFound when the role is not held (any more)."""
    held = await identity.membership(membership)
    ends = await db.row(Ends, _ENDS, membership, clock.now())
    if held is None or ends is None:
        raise NotFound(_("Cet accès n’existe pas, ou a déjà pris fin."))
    return OfficeRemoval(held, ends)


@dataclass(frozen=True, slots=True)
class OfficeRoleChange:
    """A role that somebody is about to change, and those it may become."""

    held: MembershipView
    ends: Ends
    roles: tuple[Role, ...]


async def role_page(membership: int) -> OfficeRoleChange:
    """What the page that asks for another role shows, in two statements; NotFound when there is no other there."""
    found = await removal_page(membership)
    if not found.held.changeable:
        raise NotFound(_("Ce rôle n’en a pas d’autre à côté de lui : retirez-le s’il ne sert plus."))
    return OfficeRoleChange(found.held, found.ends, tuple(PLATFORM_ROLES if found.held.of_team else ORGANISATION_ROLES))


_ENDS = """
    select (select count(*) from membership n where n.account = m.account and n.id <> m.id) as others,
           (select count(*) from signin_session s
            where s.account = m.account and s.revoked_at is null and least(s.expires_at, s.ends_at) > $2) as sessions,
           (select count(*) from feed_token t where t.account = m.account and t.revoked_at is null and (
                t.organisation = m.organisation or t.partner = m.partner or t.facilitator = m.facilitator
                or num_nonnulls(m.organisation, m.partner, m.facilitator) = 0 and t.kind = 'staff')) as feeds,
           (select count(*) from api_key k where k.account = m.account and k.revoked_at is null) as keys,
           (select count(*) from api_key k where k.organisation = m.organisation and k.revoked_at is null) as theirs,
           (select count(*) from assignment g join slot t on t.id = g.slot
            where g.facilitator = m.facilitator and g.state = 'confirmed' and t.starts_at > $2) as dates,
           exists (select from contact c join account a on a.id = m.account
                   where c.organisation = m.organisation and c.active and lower(c.email) = lower(a.email)) as contact,
           m.role in ('administrator', 'manager') and not exists (
               select from membership n join account a on a.id = n.account and a.active
               where n.account <> m.account and n.role = m.role and n.organisation = m.organisation
           ) and not (m.organisation is null and exists (
               select from membership n join account a on a.id = n.account and a.active
               where n.account <> m.account and n.role = m.role
                 and num_nonnulls(n.organisation, n.partner, n.facilitator) = 0
           )) as only
    from membership m where m.id = $1
"""
