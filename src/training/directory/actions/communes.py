"""Changes to the municipalities that are known."""

from __future__ import annotations

from typing import Any

from training.directory.tables import Commune
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def add_commune(actor: Actor, **values: Any) -> int:
    """A commune by its INSEE code; known already, its facts are brought up to date."""
    async with acting(actor, "commune.add") as change:
        actor.must(Permission.PLATFORM_EDIT)
        facts = [Commune.name, Commune.postcode, Commune.latitude, Commune.longitude, Commune.population]
        made = (
            await Commune.insert(Commune(**values))
            .on_conflict(target=Commune.insee, action="DO UPDATE", values=facts)
            .returning(Commune.id)
        )
        change.about("commune", made[0]["id"])
        return int(made[0]["id"])
