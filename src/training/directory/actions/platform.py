"""Changes to who runs this site: its row, its logo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio.to_thread

from training.directory.tables import Platform
from training.kernel import pictures
from training.kernel.actor import Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.records.actions.files import keep_file


async def set_platform(actor: Actor, values: Mapping[str, Any], *, seen: int | None = None) -> None:
    """Write the platform's one row: every column on the first call, those given afterwards."""
    async with acting(actor, "platform.edit", ("platform", 1)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        if not await change.edit(Platform, 1, values, seen=seen):
            change.about("platform", 1, *values)
            await Platform.insert(Platform(id=1, **values))


async def set_logo(actor: Actor, content: bytes, media_type: str) -> None:
    """The picture at the head of pages and papers. Invalid: no PNG or JPEG, or too large. Conflict: no platform yet."""
    async with acting(actor, "platform.set-logo", ("platform", 1)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        kept = await anyio.to_thread.run_sync(pictures.logo, content, media_type)
        change.about("platform", 1, "logo")
        await _put_logo(await keep_file(kept, media_type))


async def remove_logo(actor: Actor) -> None:
    """Pages and papers carry the name alone again. What was issued keeps its logo."""
    async with acting(actor, "platform.remove-logo", ("platform", 1)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        change.about("platform", 1, "logo")
        await _put_logo(None)


async def _put_logo(file: int | None) -> None:
    if not await Platform.update({Platform.logo: file}).where(Platform.id == 1).returning(Platform.id):
        raise Conflict(_("Enregistrez d’abord l’identité de la plateforme."), field="logo")
