"""What is changed of the catalogue in the audited year."""

from __future__ import annotations

from training.catalogue import actions
from training.catalogue.actions import OfferBilling
from training.catalogue.rules.looks import ThemeShown
from training.kernel import db
from training.kernel.actor import SYSTEM


async def edit(offer: int) -> None:
    """How an offer is called and drawn, and how its theme is shown."""
    await actions.edit_words(SYSTEM, offer, title="Vélo", summary="Essayer.")
    await actions.choose_motif(SYSTEM, offer, "roue")
    shown = ThemeShown("À vélo", "or", "velo", "bicyclette", 1)
    await actions.edit_theme(SYSTEM, await db.value("select min(id) from theme"), shown)


async def bill(offer: int) -> None:
    """How it is invoiced."""
    await actions.set_offer_billing(SYSTEM, offer, OfferBilling(None, False, None, None))
