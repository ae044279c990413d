"""Changes to the catalogue: offers, their pictures and tariffs, how themes are shown, who supports them."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass
from typing import Any

import anyio.to_thread

from training.catalogue.rules.looks import PictureWords, ThemeShown, check_motif, check_picture_words, check_shown
from training.catalogue.rules.offers import OfferKind, OfferState
from training.catalogue.rules.supporters import NewSupporter, check_supporter
from training.catalogue.rules.tariffs import TariffRow
from training.catalogue.tables import Offer, OfferPicture, Supporter, Tariff, Theme
from training.directory import queries as directory
from training.kernel import clock, outbox, pictures
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.pictures import Photo
from training.papers.rules.vat import VatRegime
from training.records.actions.acting import acting
from training.records.actions.files import keep_file, tombstone_file


@dataclass(frozen=True, slots=True)
class NewOffer:
    """An offer with its tariffs. `objectives`: one a line. `description`: Markdown. `motif` None is its theme's."""

    slug: str
    title: str
    summary: str
    description: str
    objectives: str
    audience: str
    prerequisites: str
    theme: str
    kind: OfferKind
    duration_minutes: int
    group_min: int
    group_max: int
    partner: int | None
    tariffs: tuple[TariffRow, ...]
    vat_regime: VatRegime | None = None
    state: OfferState = OfferState.PUBLISHED
    motif: str | None = None


@dataclass(frozen=True, slots=True)
class OfferBilling:
    """How an offer is invoiced; `vat_regime` None is the platform's."""

    vat_regime: VatRegime | None
    bill_present: bool
    analytic_code: str | None
    sales_account: str | None


async def set_offer_billing(actor: Actor, offer: int, facts: OfferBilling) -> None:
    """Write how an offer is invoiced: for what becomes billable from now on. Invalid: VAT without a number."""
    async with acting(actor, "offer.set-billing", ("offer", offer)) as change:
        actor.must(Permission.INVOICES_PREPARE)
        if facts.vat_regime == VatRegime.NORMAL and not (await directory.the_platform()).vat_number:
            # EN 16931 BR-S-02: whoever charges VAT says under which number
            words = _("La plateforme n’a pas de numéro de TVA : elle ne peut pas en facturer. Complétez son identité.")
            raise Invalid(words, field="vat_regime")
        if not await change.edit(Offer, offer, asdict(facts)):
            raise NotFound(_("Cette offre n’existe pas."))


async def add_offer(actor: Actor, new: NewOffer) -> int:
    """Put an offer in the catalogue."""
    async with acting(actor, "offer.add") as change:
        actor.must(Permission.CATALOGUE_EDIT)
        values = asdict(new)
        tariffs = values.pop("tariffs")
        now = clock.now()
        made = await Offer.insert(Offer(created_at=now, updated_at=now, **values)).returning(Offer.id)
        offer = int(made[0]["id"])
        change.about("offer", offer)
        if tariffs:
            await Tariff.insert(*(Tariff(offer=offer, **tariff) for tariff in tariffs))
    return offer


async def edit_words(actor: Actor, offer: int, *, title: str, summary: str) -> None:
    """How an offer is called and summed up. Whoever is invited to its coming sessions is told, with their answers kept.

    Invalid: nothing, or too long.
    """
    async with acting(actor, "offer.edit-words", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        for name, text, most in (("title", title, 200), ("summary", summary, 400)):
            if not 0 < len(text.strip()) <= most:
                raise Invalid(_("Écrivez de 1 à {most} caractères.").format(most=most), field=name)
        if not await change.edit(Offer, offer, {"title": title.strip(), "summary": summary.strip()}):
            raise NotFound(_("Cette offre n’existe pas."))
        await outbox.put("offer.edited", ("offer", offer))


async def choose_motif(actor: Actor, offer: int, motif: str | None) -> None:
    """The drawing of an offer; None is its theme's. Invalid: there is no such drawing."""
    async with acting(actor, "offer.choose-motif", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        if motif is not None:
            check_motif(motif)
        if not await change.edit(Offer, offer, {"motif": motif}):
            raise NotFound(_("Cette offre n’existe pas."))


async def edit_theme(actor: Actor, theme: int, shown: ThemeShown) -> None:
    """How a theme is shown. Its text stays what offers, the API and the feeds say. Invalid names the field."""
    async with acting(actor, "theme.edit", ("theme", theme)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        check_shown(shown)
        if not await change.edit(Theme, theme, asdict(shown)):
            raise NotFound(_("Ce thème n’existe pas."))


async def set_picture(actor: Actor, offer: int, words: PictureWords, content: bytes | None = None) -> None:
    """Show a picture in place of an offer's drawing, or (None) say something else of the one that it has.

    The one before goes, with its bytes. Invalid: no picture, or no word of who agreed.
    """
    async with acting(actor, "offer.set-picture", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        check_picture_words(words, clock.today())
        photo = await anyio.to_thread.run_sync(pictures.photo, content) if content else None
        known = await _lock_picture(offer)
        change.about("offer", offer, *(["picture"] if photo else []), *asdict(words))
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
    actor: Actor, supporter: int, new: NewSupporter, logo: tuple[bytes, str] | None = None
) -> None:
    """Write over it; without a new logo, the one that it has stays."""
    async with acting(actor, "supporter.edit", ("supporter", supporter)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        known = await Supporter.select().where(Supporter.id == supporter).first().lock_rows("UPDATE")
        if known is None:
            raise NotFound(_("Ce soutien n’existe pas."))
        shown = logo is not None or known["logo"] is not None
        check_supporter(new, has_logo=shown)
        await change.edit(
            Supporter, supporter, {**asdict(new), "alt": new.alt if shown else None, **await _emblem(logo)}
        )


async def remove_supporter(actor: Actor, supporter: int) -> None:
    """The home no longer names it."""
    async with acting(actor, "supporter.remove", ("supporter", supporter)):
        actor.must(Permission.PLATFORM_EDIT)
        if not await Supporter.delete().where(Supporter.id == supporter).returning(Supporter.id):
            raise NotFound(_("Ce soutien n’existe pas."))


async def _emblem(logo: tuple[bytes, str] | None) -> dict[str, Any]:
    """The columns of a logo that is given."""
    if logo is None:
        return {}
    small = await anyio.to_thread.run_sync(pictures.emblem, *logo)
    return {"logo": await keep_file(small, pictures.WEBP), "address": pictures.address(small)}
