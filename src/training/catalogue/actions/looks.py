"""Changes to how offers look: themes, drawings, pictures."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from typing import Any

import anyio.to_thread

from training.catalogue.rules.looks import PictureWords, ThemeShown, check_motif, check_picture_words, check_shown
from training.catalogue.tables import Offer, OfferPicture, Theme
from training.kernel import clock, pictures
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.pictures import Photo
from training.records.actions.acting import acting
from training.records.actions.files import keep_file, tombstone_file


async def choose_motif(actor: Actor, offer: int, motif: str | None, *, seen: int | None = None) -> None:
    """The drawing of an offer; None is its theme's. Invalid: there is no such drawing."""
    async with acting(actor, "offer.choose-motif", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        if motif is not None:
            check_motif(motif)
        if not await change.edit(Offer, offer, {"motif": motif}, seen=seen):
            raise NotFound(_("Cette offre n’existe pas."))


async def edit_theme(actor: Actor, theme: int, shown: ThemeShown, *, seen: int | None = None) -> None:
    """How a theme is shown. Its text stays what offers, the API and the feeds say. Invalid names the field."""
    async with acting(actor, "theme.edit", ("theme", theme)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        check_shown(shown)
        if not await change.edit(Theme, theme, asdict(shown), seen=seen):
            raise NotFound(_("Ce thème n’existe pas."))


async def set_picture(
    actor: Actor, offer: int, words: PictureWords, content: bytes | None = None, *, seen: int | None = None
) -> None:
    """Show a picture in place of an offer's drawing, or (None) say something else of the one that it has.

    The one before goes, with its bytes. Invalid: no picture, or no word of who agreed. `seen`: as `Change.edit`.
    """
    async with acting(actor, "offer.set-picture", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        check_picture_words(words, clock.today())
        photo = await anyio.to_thread.run_sync(pictures.photo, content) if content else None
        known = await _lock_picture(offer)
        change.about("offer", offer, *(["picture"] if photo else []), *asdict(words))
        for name, value in asdict(words).items():
            change.edited(name, known and known[name], value)
        await change.check_seen(seen, {edit.field for edit in change.edits})
        if photo is not None:
            await OfferPicture.delete().where(OfferPicture.offer == offer)
            await OfferPicture.insert(await _picture(offer, photo, words))
            await _forget(known)
        elif known is None:
            raise Invalid(_("Choisissez une image."), field="picture")
        else:
            values = {getattr(OfferPicture, name): value for name, value in asdict(words).items()}
            await OfferPicture.update(values).where(OfferPicture.offer == offer)


async def remove_picture(actor: Actor, offer: int) -> None:
    """The drawing comes back, and the picture's bytes go: who does not agree any more is seen no longer."""
    async with acting(actor, "offer.remove-picture", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        change.about("offer", offer, "picture")
        known = await _lock_picture(offer)
        for name in PictureWords.__dataclass_fields__ if known else ():
            change.edited(name, known and known[name], None)
        await OfferPicture.delete().where(OfferPicture.offer == offer)
        await _forget(known)


async def _lock_picture(offer: int) -> dict[str, Any] | None:
    """The offer's picture; whoever else changes it waits. NotFound: no such offer."""
    if not await Offer.select(Offer.id).where(Offer.id == offer).first().lock_rows("NO KEY UPDATE"):
        raise NotFound(_("Cette offre n’existe pas."))
    return await OfferPicture.select().where(OfferPicture.offer == offer).first()


async def _picture(offer: int, photo: Photo, words: PictureWords) -> OfferPicture:
    return OfferPicture(
        offer=offer,
        address=pictures.address(photo.wide),
        wide=await keep_file(photo.wide, pictures.WEBP),
        narrow=await keep_file(photo.narrow, pictures.WEBP),
        created_at=clock.now(),
        **asdict(words),
    )


async def _forget(picture: dict[str, Any] | None) -> None:
    for file in (picture["wide"], picture["narrow"]) if picture else ():
        with contextlib.suppress(Conflict):  # another offer shows the same, or this one still does
            await tombstone_file(file, "picture removed")
