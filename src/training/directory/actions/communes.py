"""Changes to the municipalities that are known."""

from __future__ import annotations

from typing import Any

from training.directory.queries import commune_typed
from training.directory.rules.communes import check_commune
from training.directory.tables import Commune
from training.kernel import db
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


async def commune_named(actor: Actor, name: str, postcode: str) -> int:
    """The commune that somebody typed: the one we know, or a new row without an INSEE code and a place on the map.

    Invalid, beside `city` and `postcode`: neither can be those of a commune.
    """
    async with acting(actor, "commune.name") as change:
        actor.must(Permission.OFFICE_SEE)
        plain, digits = check_commune(name, postcode)
        commune = await commune_typed(name, digits)
        if commune is None:
            commune = await db.value(_TYPED, plain, digits)
        change.about("commune", commune)
        return int(commune)


# Two who type it at once make one row: the second is told of the first's.
_TYPED = """
    insert into commune (name, postcode) values ($1, $2)
    on conflict (commune_key(name), postcode) where insee is null do update set postcode = excluded.postcode
    returning coalesce(same_as, id)
"""
