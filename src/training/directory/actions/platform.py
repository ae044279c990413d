"""Changes to who runs this site: its row, its logo."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import anyio.to_thread

from training.directory.actions.set_up import settle_steps
from training.directory.rules.set_up import SetUpStep
from training.directory.tables import Platform
from training.kernel import pictures
from training.kernel.actor import Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.records.actions.files import keep_file

# What holds until somebody says otherwise.
AT_FIRST: Mapping[str, Any] = {
    "legal_form": "",
    "vat_regime": "out_of_scope",
    "accent": "#0e5a6e",
    "late_terms_private": "",
    "late_terms_public": "",
}


async def set_platform(
    actor: Actor, values: Mapping[str, Any], *, settles: Collection[SetUpStep] = (), seen: int | None = None
) -> None:
    """Write the platform's one row: what is given, and on the first call what nobody said yet.

    `settles`: the steps of the first day that need nothing more. Conflict: nobody said who runs the site.
    """
    async with acting(actor, "platform.edit", ("platform", 1)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        if not await change.edit(Platform, 1, values, seen=seen):
            if "name" not in values:
                raise Conflict(_("Dites d’abord qui tient ce site : c’est la première étape."))
            change.about("platform", 1, *values)
            await Platform.insert(Platform(id=1, **{**AT_FIRST, **values}))
        if settles:
            await settle_steps(settles)


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
