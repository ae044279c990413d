"""Changes to who stands behind the platform."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import anyio.to_thread

from training.catalogue.rules.supporters import NewSupporter, check_supporter
from training.catalogue.tables import Supporter
from training.kernel import clock, pictures
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.records.actions.files import keep_file


async def add_supporter(actor: Actor, new: NewSupporter, logo: tuple[bytes, str] | None = None) -> int:
    """Name a partner or a funder on the home. `logo`: its bytes and their media type. Invalid names the field."""
    async with acting(actor, "supporter.add") as change:
        actor.must(Permission.PLATFORM_EDIT)
        check_supporter(new, has_logo=logo is not None)
        values = {**asdict(new), "alt": new.alt if logo else None, **await _emblem(logo)}
        row = Supporter(created_at=clock.now(), **values)
        made = int((await Supporter.insert(row).returning(Supporter.id))[0]["id"])
        change.about("supporter", made)
    return made


async def edit_supporter(
    actor: Actor,
    supporter: int,
    new: NewSupporter,
    logo: tuple[bytes, str] | None = None,
    *,
    seen: int | None = None,
) -> None:
    """Write over it; without a new logo, the one that it has stays."""
    async with acting(actor, "supporter.edit", ("supporter", supporter)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        known = await Supporter.select().where(Supporter.id == supporter).first().lock_rows("UPDATE")
        if known is None:
            raise NotFound(_("Ce soutien n’existe pas."))
        shown = logo is not None or known["logo"] is not None
        check_supporter(new, has_logo=shown)
        values = {**asdict(new), "alt": new.alt if shown else None, **await _emblem(logo)}
        await change.edit(Supporter, supporter, values, seen=seen)


async def archive_supporter(actor: Actor, supporter: int) -> None:
    """The home no longer names it, and its logo has no public address; it may be named again."""
    async with acting(actor, "supporter.archive", ("supporter", supporter)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        if not await change.edit(Supporter, supporter, {"active": False}):
            raise NotFound(_("Ce soutien n’existe pas."))


async def name_again(actor: Actor, supporter: int) -> None:
    """The home names it again, as it was."""
    async with acting(actor, "supporter.name-again", ("supporter", supporter)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        if not await change.edit(Supporter, supporter, {"active": True}):
            raise NotFound(_("Ce soutien n’existe pas."))


async def _emblem(logo: tuple[bytes, str] | None) -> dict[str, Any]:
    """The columns of a logo that is given."""
    if logo is None:
        return {}
    small = await anyio.to_thread.run_sync(pictures.emblem, *logo)
    return {"logo": await keep_file(small, pictures.WEBP), "address": pictures.address(small)}
