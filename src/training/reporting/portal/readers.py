"""Who looks at the public pages: for whom prices, and private sessions, are looked up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from training.catalogue.queries import tariffs as pricing
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.directory.rules.organisations import OrganisationKind
from training.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class CatalogueReader:
    """For whom prices and private sessions are looked up; a visitor has no organisation.

    `chosen`: what they said they are. The kind of somebody's own organisation wins over it.
    """

    organisations: tuple[OrganisationView, ...] = ()
    chosen: OrganisationKind | None = None

    @property
    def ids(self) -> list[int]:
        """The organisations' ids."""
        return [o.id for o in self.organisations]

    @property
    def possible(self) -> list[OrganisationKind]:
        """What they may be: the kinds of their own organisations; any, for a visitor."""
        own = {o.kind for o in self.organisations}
        return [kind for kind in OrganisationKind if not own or kind in own]

    @property
    def kinds(self) -> list[str]:
        """What they are, as far as is known: one kind, or each that they may be."""
        possible = self.possible
        return [str(kind) for kind in possible if self.chosen not in possible or kind == self.chosen]

    @property
    def kind(self) -> OrganisationKind | None:
        """What they are; None while nobody knows."""
        return OrganisationKind(self.kinds[0]) if len(self.kinds) == 1 else None


def kinds_asked(who: CatalogueReader, named: Collection[str | None]) -> tuple[OrganisationKind, ...]:
    """What they are asked whether they are it: kinds that pay different prices; none when nobody has to ask.

    `named`: the kinds that tariffs name; None among them is a tariff for any other.
    """
    if len(who.possible) == 1 or not any(named):
        return ()
    own = bool(who.organisations)
    return tuple(kind for kind in who.possible if own or None in named or kind in named)


def kinds_differing(who: CatalogueReader, prices: Sequence[object]) -> tuple[OrganisationKind, ...]:
    """The same where the prices of one offer are known, each with the kinds that pay it."""
    return tuple(who.possible) if len(who.possible) > 1 and len(prices) > 1 else ()


VISITOR = CatalogueReader()


async def asked_of(who: CatalogueReader) -> tuple[OrganisationKind, ...]:
    """What they are asked whether they are it: one statement, none when they have one kind of organisation."""
    return () if len(who.possible) == 1 else kinds_asked(who, await pricing.kinds_priced())


async def reader(actor: Actor | None, chosen: OrganisationKind | None = None) -> CatalogueReader:
    """The organisations behind who looks: no statement for a visitor."""
    if actor is None or not actor.scope.organisations:
        return CatalogueReader(chosen=chosen)
    return CatalogueReader(tuple(await directory.organisations(list(actor.scope.organisations))), chosen)
