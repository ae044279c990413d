"""Who does something: a person, a mailed link, an API key, or the system itself. Every change names one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ActorKind = Literal["user", "link", "apikey", "system"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an actor may look at. `everything` is the platform's own team."""

    everything: bool = False
    organisations: Mapping[int, frozenset[str]] = field(default_factory=dict)  # id → permissions there
    partners: Mapping[int, frozenset[str]] = field(default_factory=dict)
    facilitators: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """`label` is what the audit shows; `permissions` are those that hold everywhere the scope reaches."""

    kind: ActorKind
    id: int | None
    label: str
    permissions: frozenset[str] = frozenset()
    scope: Scope = field(default_factory=Scope)
    email: str | None = None

    def may(self, permission: str, *, organisation: int | None = None) -> bool:
        """Whether the actor holds `permission`, at large or in that organisation. The system holds them all."""
        if self.kind == "system" or permission in self.permissions:
            return True
        return organisation is not None and permission in self.scope.organisations.get(organisation, frozenset())

    def may_anywhere(self, permission: str) -> bool:
        """Whether the actor holds `permission` at large or in any of its organisations or partners."""
        held = (*self.scope.organisations.values(), *self.scope.partners.values())
        return self.may(permission) or any(permission in there for there in held)


SYSTEM = Actor("system", None, "système", scope=Scope(everything=True))
