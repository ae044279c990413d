"""Who looks at the public pages: for whom prices, and private sessions, are looked up."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.directory.rules import OrganisationKind
from training.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class CatalogueReader:
    """For whom prices and private sessions are looked up; a visitor has no organisation."""

    organisations: tuple[OrganisationView, ...] = ()

    @property
    def ids(self) -> list[int]:
        """The organisations' ids."""
        return [o.id for o in self.organisations]

    @property
    def kinds(self) -> list[str]:
        """The organisations' kinds, each once; every kind for a visitor, who may be any."""
        return sorted({str(o.kind) for o in self.organisations}) or [str(kind) for kind in OrganisationKind]


VISITOR = CatalogueReader()


async def reader(actor: Actor | None) -> CatalogueReader:
    """The organisations behind who looks: no statement for a visitor."""
    if actor is None or not actor.scope.organisations:
        return VISITOR
    return CatalogueReader(tuple(await directory.organisations(list(actor.scope.organisations))))
