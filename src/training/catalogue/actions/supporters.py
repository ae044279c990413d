"""Changes to who stands behind the platform: partners, and funders with the days over which they fund."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import anyio.to_thread

from training.catalogue.actions.funding import check_funded, lock_funded
from training.catalogue.rules.supporters import NewSupporter, check_named, check_supporter
from training.catalogue.tables import Supporter
from training.kernel import clock, pictures
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.records.actions.files import keep_file


async def add_supporter(actor: Actor, new: NewSupporter, logo: tuple[bytes, str] | None = None) -> int:
    """Name a partner or a funder. `logo`: its bytes and their media type. Invalid names the field."""
    async with acting(actor, "supporter.add") as change:
        actor.must(Permission.CATALOGUE_EDIT)
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
    """Write over it; without a new logo, the one that it has stays. Invalid: with these days, an offer is overpaid.

    `seen`, EditedMeanwhile: as `Change.edit`.
    """
    async with acting(actor, "supporter.edit", ("supporter", supporter)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        known = await _lock(supporter)
        check_named(known["active"])
        shown = logo is not None or known["logo"] is not None
        check_supporter(new, has_logo=shown)
        values = {**asdict(new), "alt": new.alt if shown else None, **await _emblem(logo)}
        await change.edit(Supporter, supporter, values, seen=seen)
        await check_funded(supporter, "valid_until")


async def archive_supporter(actor: Actor, supporter: int) -> None:
    """From tomorrow on nothing names it, and it funds nothing; what it funded stays its own."""
    async with acting(actor, "supporter.archive", ("supporter", supporter)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        check_named((await _lock(supporter))["active"])
        await change.edit(Supporter, supporter, {"active": False, "archived_on": clock.today()})


async def name_again(actor: Actor, supporter: int) -> None:
    """It is named again, and funds what it funded. Invalid: meanwhile others pay for that."""
    async with acting(actor, "supporter.name-again", ("supporter", supporter)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        await _lock(supporter)
        await change.edit(Supporter, supporter, {"active": True, "archived_on": None})
        await check_funded(supporter, "")


async def _lock(supporter: int) -> dict[str, Any]:
    await lock_funded(supporter)
    this = Supporter.id == supporter
    known: dict[str, Any] | None = await Supporter.select().where(this).first().lock_rows("UPDATE")
    if known is None:
        raise NotFound(_("Ce soutien n’existe pas."))
    return known


async def _emblem(logo: tuple[bytes, str] | None) -> dict[str, Any]:
    """The columns of a logo that is given."""
    if logo is None:
        return {}
    small = await anyio.to_thread.run_sync(pictures.emblem, *logo)
    return {"logo": await keep_file(small, pictures.WEBP), "address": pictures.address(small)}
