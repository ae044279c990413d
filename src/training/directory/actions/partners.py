"""Changes to the bodies that deliver with us."""

from __future__ import annotations

from typing import Any

from training.directory.tables import Partner
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def add_partner(actor: Actor, **values: Any) -> int:
    """A body that delivers with us."""
    async with acting(actor, "partner.add") as change:
        actor.must(Permission.SESSIONS_PLAN)
        made = await Partner.insert(Partner(**values)).returning(Partner.id)
        change.about("partner", made[0]["id"])
        return int(made[0]["id"])
