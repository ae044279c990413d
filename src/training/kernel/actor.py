"""Who does something: a person, a mailed link, an API key, or the system itself. Every change names one and asks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Literal, TypedDict, Unpack

from training.kernel.errors import Forbidden, NotFound
from training.kernel.i18n import _

ActorKind = Literal["user", "link", "apikey", "system"]
PEOPLE: frozenset[ActorKind] = frozenset({"user", "link"})  # who clicks, and may be mistaken
Thing = tuple[str, int]  # kind and id, as ("invoice", 7)


class Place(TypedDict, total=False):
    """Where a permission is asked for; several when each of them is enough. None: there is no such place."""

    account: int | None  # oneself
    organisation: int | None
    partner: int | None
    facilitator: int | None
    session: int | None
    link: Thing | None  # the one thing that a mailed link is about


@dataclass(frozen=True, slots=True)
class Scope:
    """What an actor may look at, and the permissions held there. `everything` is the platform's own team."""

    everything: bool = False
    accounts: Mapping[int, frozenset[str]] = field(default_factory=dict)  # their own, if they signed in
    organisations: Mapping[int, frozenset[str]] = field(default_factory=dict)  # id → permissions there
    partners: Mapping[int, frozenset[str]] = field(default_factory=dict)
    facilitators: Mapping[int, frozenset[str]] = field(default_factory=dict)
    sessions: Mapping[int, frozenset[str]] = field(default_factory=dict)  # those that they facilitate
    links: Mapping[Thing, frozenset[str]] = field(default_factory=dict)  # what the link in their hand gives

    @property
    def narrowed_to(self) -> list[int] | None:
        """The organisations whose things are seen, and no others; None: everybody's."""
        return None if self.everything else list(self.organisations)

    def sees(self, organisation: int | None) -> bool:
        """Whether what belongs to that organisation is seen; None: it belongs to nobody but the team."""
        return self.everything or organisation in self.organisations

    def held(self, place: Place) -> list[frozenset[str]]:
        """The permissions held in each of those places that the actor belongs to."""
        found = (
            self.accounts.get(place.get("account") or 0),
            self.organisations.get(place.get("organisation") or 0),
            self.partners.get(place.get("partner") or 0),
            self.facilitators.get(place.get("facilitator") or 0),
            self.sessions.get(place.get("session") or 0),
            self.links.get(place.get("link") or ("", 0)),
        )
        return [permissions for permissions in found if permissions is not None]


@dataclass(frozen=True, slots=True)
class Actor:
    """`label` is what the audit shows; `permissions` are those that hold everywhere: the platform's own team's."""

    kind: ActorKind
    id: int | None
    label: str
    permissions: frozenset[str] = frozenset()
    scope: Scope = field(default_factory=Scope)
    email: str | None = None

    @property
    def is_person(self) -> bool:
        """Whether somebody clicked: no program's key, nor the system."""
        return self.kind in PEOPLE

    def may(self, permission: str, **place: Unpack[Place]) -> bool:
        """Whether the actor holds `permission`, at large or in that place. The system holds them all."""
        if self.kind == "system" or permission in self.permissions:
            return True
        return any(permission in there for there in self.scope.held(place))

    def must(self, permission: str, **place: Unpack[Place]) -> None:
        """As `may`, for actions. NotFound to a stranger of that place, Forbidden to a role that may not."""
        if self.may(permission, **place):
            return
        sees = self.scope.everything and "account" not in place  # a person's own is nobody else's, not even the team's
        if place and not sees and not self.scope.held(place):
            raise NotFound(_("Cela n’existe pas, ou ne vous concerne pas."))
        if place.get("organisation") in self.scope.organisations:
            raise Forbidden(_("Vous ne pouvez pas faire cela ici. Demandez-le à la personne qui gère cet espace."))
        raise Forbidden(_("Votre rôle ne le permet pas."))

    def holds_somewhere(self, permission: str) -> bool:
        """Whether `permission` is held at large or in any place: enough to keep strangers out early, and no more."""
        scope = self.scope
        places = (scope.accounts, scope.organisations, scope.partners, scope.facilitators, scope.sessions, scope.links)
        return self.may(permission) or any(permission in there for there in chain(*(p.values() for p in places)))

    def facilitating(self, sessions: Iterable[int]) -> Actor:
        """The same, knowing which sessions they facilitate: what a facilitator may holds in these."""
        there = frozenset[str]().union(*self.scope.facilitators.values())
        return replace(self, scope=replace(self.scope, sessions=dict.fromkeys(sessions, there)))


SYSTEM = Actor("system", None, "système", scope=Scope(everything=True))
