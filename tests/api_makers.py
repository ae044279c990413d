"""Programs with keys: the town hall's, its neighbour's and the platform's, each with the header that it sends."""

from __future__ import annotations

from dataclasses import dataclass

import makers
from training.identity.actions import keys
from training.kernel.actor import SYSTEM

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Programs:
    """The usual town, and the headers of three programs."""

    town: makers.Town
    own: dict[str, str]
    other: dict[str, str]
    staff: dict[str, str]


async def header(organisation: int | None) -> dict[str, str]:
    """The header of a new key: an organisation's, or (None) the platform's."""
    return {"Authorization": "Bearer " + await keys.create(SYSTEM, "essai", organisation=organisation)}


async def make_programs(**platform: object) -> Programs:
    town = await makers.make_town(**platform)
    neighbour = await makers.make_organisation("Commune Voisine", siret="00009999400022", domain="voisine.example.org")
    return Programs(town, await header(town.organisation), await header(neighbour), await header(None))
