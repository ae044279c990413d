"""What is changed of the catalogue in the audited year."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

import makers
from training.catalogue.actions import examples, looks, offers, publishing
from training.catalogue.actions.offers import OfferBilling
from training.catalogue.rules.looks import PictureWords, ThemeShown
from training.kernel import clock, db
from training.kernel.actor import SYSTEM


async def edit(offer: int) -> None:
    """How an offer is called and drawn, and how its theme is shown."""
    await makers.rewrite(offer, title="Vélo", summary="Essayer.")
    await looks.choose_motif(SYSTEM, offer, "roue")
    shown = ThemeShown("À vélo", "or", "velo", "bicyclette", 1)
    await looks.edit_theme(SYSTEM, await db.value("select min(id) from theme"), shown)
    await looks.set_picture(SYSTEM, offer, PictureWords("Une table", "Ana Test", clock.today(), "Classeur"), _photo())
    await looks.remove_picture(SYSTEM, offer)


async def write(offer: int) -> None:
    """Offers are copied, adopted, published, archived and brought back."""
    await examples.adopt_examples(SYSTEM, ["constat-amiable"])
    copy = await offers.duplicate_offer(SYSTEM, offer)
    await publishing.publish_offer(SYSTEM, copy)
    await publishing.archive_offer(SYSTEM, copy)
    await publishing.bring_back_offer(SYSTEM, copy)


async def bill(offer: int) -> None:
    """How it is invoiced."""
    await offers.set_offer_billing(SYSTEM, offer, OfferBilling(None, False, None, None))


def _photo() -> bytes:
    Image.new("RGB", (400, 260)).save(into := BytesIO(), "JPEG")
    return into.getvalue()
