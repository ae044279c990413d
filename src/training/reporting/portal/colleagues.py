"""Who comes into an organisation's space, and what follows when one of them leaves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from training.directory import queries as directory
from training.identity import queries as identity
from training.identity.queries import MembershipView
from training.identity.rules import Role
from training.kernel.errors import NotFound
from training.kernel.i18n import _


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the organisation, with all that they may there. `only`: nobody else manages the space."""

    account: int
    name: str
    email: str
    roles: tuple[MembershipView, ...]
    only: bool


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
    """Somebody about to be removed. `contact`: they are written to; `left`: the names of those who still will be."""

    colleague: Colleague
    contact: bool
    left: list[str]


async def leaving(organisation: int, account: int) -> ColleagueLeaving:
    """What the page that asks shows, in two statements; NotFound when they have no access (any more)."""
    found = next((one for one in await colleagues(organisation) if one.account == account), None)
    if found is None:
        raise NotFound(_("Cette personne n’a pas, ou n’a plus, d’accès à cet espace."))
    contacts = await directory.contacts(organisation)
    left = [one.name for one in contacts if one.email.lower() != found.email.lower()]
    return ColleagueLeaving(found, len(left) < len(contacts), left)
