"""Changes to the people who deliver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.directory.tables import Facilitator
from training.kernel import outbox
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def add_facilitator(actor: Actor, **values: Any) -> int:
    """A person who delivers; `partner` None is the platform's own team."""
    async with acting(actor, "facilitator.add") as change:
        actor.must(Permission.SESSIONS_PLAN)
        made = await Facilitator.insert(Facilitator(**values)).returning(Facilitator.id)
        change.about("facilitator", made[0]["id"])
        return int(made[0]["id"])


async def edit_facilitator(actor: Actor, facilitator: int, values: Mapping[str, Any]) -> None:
    """Correct a facilitator, or say that they are not active any more: their keys end with it."""
    async with acting(actor, "facilitator.edit", ("facilitator", facilitator)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        await change.sign()
        if not await change.edit(Facilitator, facilitator, values):
            raise NotFound(_("Cette personne n’existe pas."))
        if any(edit.field == "email" for edit in change.edits):
            await outbox.put("facilitator.readdressed", ("facilitator", facilitator))
