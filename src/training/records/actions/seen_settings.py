"""What a start saw of the environment is remembered: a change of it is told."""

from __future__ import annotations

from collections.abc import Mapping

from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.records.tables import SeenSetting


async def see_settings(actor: Actor, found: Mapping[str, str]) -> None:
    """A start saw these settings of the environment, without their secrets; what is not as last seen was changed."""
    actor.must(Permission.PLATFORM_RUN)
    if found.items() <= {row["name"]: row["value"] for row in await SeenSetting.select()}.items():
        return  # as the last start saw them
    async with acting(actor, "setting.see") as change:
        # one at a time: of several processes that start at once, one tells
        await db.execute("select pg_advisory_xact_lock(hashtextextended('settings.seen', 0))")
        for name, value in found.items():
            known = await SeenSetting.select().where(SeenSetting.name == name).first()
            if known is None:
                await SeenSetting.insert(SeenSetting(name=name, value=value, seen_at=clock.now()))
            elif known["value"] != value:
                change.about("setting", known["id"])
                change.edited(name, known["value"], value)
                await SeenSetting.update({SeenSetting.value: value, SeenSetting.seen_at: clock.now()}).where(
                    SeenSetting.name == name
                )
