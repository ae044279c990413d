"""Pictures that pages show by an address made of their bytes: those of offers, and the logos of supporters."""

from __future__ import annotations

from dataclasses import dataclass

from training.catalogue.rules.offers import OfferState
from training.kernel import db


@dataclass(frozen=True, slots=True)
class PublicImage:
    """Its bytes; and of an offer's picture the offer's state: before it is published, not everybody sees it."""

    content: bytes
    media_type: str
    state: OfferState | None


async def image(address: str, *, wide: bool) -> PublicImage | None:
    """A picture by its address, in one statement. `wide`: the larger of an offer's two."""
    sql = f"""
        select f.content, f.media_type, shown.state from (
            select {"wide" if wide else "narrow"} as file, o.state
            from offer_picture pic join offer o on o.id = pic.offer where pic.address = $1
            union all
            select logo, null from supporter where address = $1 and active
        ) shown join file f on f.id = shown.file where f.content is not null
        order by shown.state is not distinct from 'draft' limit 1
    """
    return await db.row(PublicImage, sql, address)
