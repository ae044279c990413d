"""Who comes into an organisation's space, and what follows when one of them leaves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.identity import queries as identity
from training.identity.queries import FormerView, MembershipFilter, MembershipView
from training.identity.rules import Role
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.reporting.paging import cut


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the organisation, with all that they may there. `only`: nobody else manages the space."""

    account: int
    name: str
    email: str
    roles: tuple[MembershipView, ...]
    only: bool


@dataclass(frozen=True, slots=True)
class Colleagues:
    """The page of colleagues: everybody, and a page of the roles that ended here, the last first."""

    colleagues: list[Colleague]
    former: list[FormerView]
    following: int | None


async def colleagues_page(organisation: OrganisationView, *, after: int | None, limit: int) -> Colleagues:
    """What the page of colleagues shows, in two statements."""
    asked = MembershipFilter(organisation=organisation.slug)
    shown, last = cut(await identity.former_memberships(asked, before=after, limit=limit + 1), limit)
    return Colleagues(await colleagues(organisation.id), shown, last.id if last else None)


async def colleague(organisation: int, account: int) -> Colleague:
    """One of them; NotFound when they have no access (any more)."""
    found = next((one for one in await colleagues(organisation) if one.account == account), None)
    if found is None:
        raise NotFound(_("Cette personne n’a pas, ou n’a plus, d’accès à cet espace."))
    return found


async def colleagues(organisation: int) -> list[Colleague]:
    """Everybody of an organisation by name, in one statement."""
    held = await identity.colleagues(organisation)
    managers = {one.account for one in held if one.role is Role.MANAGER}
    people = [tuple(roles) for _account, roles in groupby(held, key=lambda one: one.account)]
    return [
        Colleague(roles[0].account, roles[0].name, roles[0].email, roles, managers == {roles[0].account})
        for roles in people
    ]


@dataclass(frozen=True, slots=True)
class ColleagueLeaving:
    """Somebody about to be removed. `contact`: they are written to; `left`: the names of those who still will be.

    `keys`: live API keys of the organisation, which they may have seen.
    """

    colleague: Colleague
    contact: bool
    left: list[str]
    keys: int


async def leaving(organisation: int, account: int) -> ColleagueLeaving:
    """What the page that asks shows, in three statements; NotFound when they have no access (any more)."""
    found = await colleague(organisation, account)
    contacts = await directory.contacts(organisation)
    left = [one.name for one in contacts if (one.email or "").lower() != found.email.lower()]
    return ColleagueLeaving(found, len(left) < len(contacts), left, await identity.keys_of(organisation))
