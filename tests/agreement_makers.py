"""For tests that a page offers what its action does: people, and whether an action would go through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from training.identity.rules import ORGANISATION_ROLES, PLATFORM_ROLES, Role
from training.kernel import db
from training.kernel.actor import Actor, Scope
from training.kernel.errors import DomainError


def staff(role: Role) -> Actor:
    return Actor("user", None, role, PLATFORM_ROLES[role], Scope(everything=True))


def member(role: Role, organisation: int) -> Actor:
    return Actor("user", None, role, scope=Scope(organisations={organisation: ORGANISATION_ROLES[role]}))


class Undone(Exception):
    """Takes back what was tried."""


async def does(action: Callable[[], Awaitable[object]]) -> bool:
    """Whether an action goes through; whatever it changed is undone."""
    try:
        async with db.atomic():
            await action()
            raise Undone
    except Undone:
        return True
    except DomainError:
        return False
