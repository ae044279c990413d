"""Offers of a spreadsheet come in as drafts, all of them or none; run again, what is known stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from training.catalogue.actions.offers import NewOffer, add_offer
from training.catalogue.formats.offers_sheet import OfferRow
from training.catalogue.rules.offers import OfferFields
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def import_offers(actor: Actor, rows: Sequence[OfferRow]) -> int:
    """Those whose title no offer has, in whatever state. Invalid names the fields that cannot be."""
    async with acting(actor, "offer.import") as change:
        actor.must(Permission.CATALOGUE_EDIT)
        change.about("platform", 1, "offer")
        made = 0
        for row in rows:
            sql = "select exists (select from offer where fold(title) = fold($1))"
            if not await db.value(sql, row.fields.title):
                said = {field.name: getattr(row.fields, field.name) for field in fields(OfferFields)}
                await add_offer(actor, NewOffer(**said))
                made += 1
    return made
