"""Changes to who funds an offer, and how much of it."""

from __future__ import annotations

from typing import Any

from training.catalogue.queries import funding as supporting
from training.catalogue.rules.funding import check_fundable, check_shares
from training.catalogue.rules.offers import OfferState
from training.catalogue.rules.supporters import SupporterKind
from training.catalogue.tables import Offer, OfferFunding, Supporter
from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def fund(actor: Actor, offer: int, funding: int, share_bp: int | None, *, seen: int | None = None) -> None:
    """Say that a funder pays a share of an offer, or (None) that it stands behind it; said again, it is corrected.

    Invalid: together they would pay more than all of it, on some day. Conflict: the offer or the funder is archived.
    """
    async with acting(actor, "offer.fund", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        await _lock_offer(offer)
        its = await _lock_funder(funding)
        await change.check_seen(seen, ["funding"])
        check_fundable(its["active"], its["valid_until"], clock.today())
        this = (OfferFunding.offer == offer) & (OfferFunding.funding == funding)
        known = await OfferFunding.select().where(this).first()
        if known is None:
            await OfferFunding.insert(OfferFunding(offer=offer, funding=funding, share_bp=share_bp))
        else:
            await OfferFunding.update({OfferFunding.share_bp: share_bp}).where(this)
        change.edited("funding", _said(its["name"], known["share_bp"]) if known else None, _said(its["name"], share_bp))
        check_shares((await supporting.shares([offer])).get(offer, []), field="share")


async def stop_funding(actor: Actor, offer: int, funding: int) -> None:
    """The offer no longer has this funder, as if it never had: for what was said by mistake.

    What ends in time is the funder's own period. NotFound: it does not fund it.
    """
    async with acting(actor, "offer.stop-funding", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        await _lock_offer(offer)
        its = await _lock_funder(funding)
        this = (OfferFunding.offer == offer) & (OfferFunding.funding == funding)
        known = await OfferFunding.delete().where(this).returning(OfferFunding.share_bp)
        if not known:
            raise NotFound(_("Ce financement n’est pas celui de cette offre."))
        change.edited("funding", _said(its["name"], known[0]["share_bp"]), None)


def _said(name: str, share_bp: int | None) -> str:
    """As "Région, 40 %", of no language."""
    return name if share_bp is None else f"{name}, {share_bp / 100:g} %"


async def _lock_offer(offer: int) -> None:
    found = await Offer.select(Offer.state).where(Offer.id == offer).first().lock_rows("NO KEY UPDATE")
    if found is None:
        raise NotFound(_("Cette offre n’existe pas."))
    if found["state"] == OfferState.ARCHIVED:
        raise Conflict(_("Cette offre est archivée : son financement ne change plus."))


async def _lock_funder(funding: int) -> dict[str, Any]:
    this = (Supporter.id == funding) & (Supporter.kind == SupporterKind.FUNDER)
    known: dict[str, Any] | None = await Supporter.select().where(this).first().lock_rows("UPDATE")
    if known is None:
        raise Invalid(_("Choisissez un financement."), field="funding")
    return known


async def lock_funded(funding: int) -> None:
    """The offers that a funder pays for, before itself: as whoever changes their shares locks them."""
    its = OfferFunding.select(OfferFunding.offer).where(OfferFunding.funding == funding)
    await Offer.select(Offer.id).where(Offer.id.is_in(its)).order_by(Offer.id).lock_rows("NO KEY UPDATE")


async def check_funded(funding: int, field: str) -> None:
    """Invalid, beside the field, when an offer of a funder whose days changed is now paid more than once over."""
    titles = await supporting.funded_by(funding)
    for offer, shares in (await supporting.shares(list(titles))).items():
        check_shares(shares, field=field, offer=titles[offer])
