"""Offers come into the catalogue and leave it; who plans or books locks theirs here."""

from __future__ import annotations

from training.catalogue.queries import offers as catalogue
from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.offers import OfferState, check_move, check_publish, lacks
from training.catalogue.tables import Offer
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def publish_offer(actor: Actor, offer: int) -> None:
    """Put a draft in the catalogue. Invalid: something is missing without which nobody could choose or book it."""
    async with acting(actor, "offer.publish", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        check_move(await lock_offer(offer), OfferState.PUBLISHED)
        has_tariff = bool((await pricing.tariffs([offer]))[offer])
        fields = await catalogue.offer_fields(offer)
        check_publish(lacks(fields, has_tariff=has_tariff, has_steps=bool(fields.steps)))
        await change.edit(Offer, offer, {"state": OfferState.PUBLISHED})


async def archive_offer(actor: Actor, offer: int) -> None:
    """Take it out of the catalogue. What is planned takes place, what is booked stands; nothing more is.

    Who is booking at this moment either was first, and has the seats, or waits here and is told (OfferWithdrawn).
    """
    async with acting(actor, "offer.archive", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        check_move(await lock_offer(offer), OfferState.ARCHIVED)
        await change.edit(Offer, offer, {"state": OfferState.ARCHIVED})


async def bring_back_offer(actor: Actor, offer: int) -> None:
    """It is a draft again, to be read once more and published."""
    async with acting(actor, "offer.bring-back", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        check_move(await lock_offer(offer), OfferState.DRAFT)
        await change.edit(Offer, offer, {"state": OfferState.DRAFT})


async def lock_offer(offer: int, *, share: bool = False) -> OfferState:
    """Lock an offer's row and say its state; `share`: only against its being changed. NotFound when there is none."""
    state = await db.value(f"select state from offer where id = $1 for {'share' if share else 'update'}", offer)
    if state is None:
        raise NotFound(_("Cette offre n’existe pas."))
    return OfferState(state)
