"""Who may deliver what: an offer's people, a person's offers. It orders what planning proposes, and forbids nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from training.catalogue.queries import deliverers as delivering
from training.catalogue.tables import Offer, OfferFacilitator
from training.directory.actions.facilitators import add_facilitator, edit_facilitator
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def set_deliverers(actor: Actor, offer: int, facilitators: Collection[int], *, seen: int | None = None) -> None:
    """These people may deliver an offer, and nobody else. NotFound: no such offer, or no such person."""
    async with acting(actor, "offer.set-deliverers", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        if not await Offer.select(Offer.id).where(Offer.id == offer).first().lock_rows("NO KEY UPDATE"):
            raise NotFound(_("Cette offre n’existe pas."))
        before = await _names("f.name", "o.offer = $1", offer)
        await OfferFacilitator.delete().where(
            (OfferFacilitator.offer == offer) & OfferFacilitator.facilitator.not_in([*facilitators, 0])
        )
        known = "select $1::bigint, id from facilitator where id = any($2)"
        await _add(known, offer, facilitators, _("Cette personne n’existe pas."))
        after = await _names("f.name", "o.offer = $1", offer)
        await change.check_seen(seen, ["deliverers"] if after != before else [])
        change.edited("deliverers", before, after)


async def set_skills(actor: Actor, facilitator: int, offers: Collection[int], *, seen: int | None = None) -> None:
    """A person may deliver these offers, and no other. NotFound: no such person, or no such offer."""
    async with acting(actor, "facilitator.set-skills", ("facilitator", facilitator)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        if not await db.value("select id from facilitator where id = $1 for no key update", facilitator):
            raise NotFound(_("Cette personne n’existe pas."))
        before = await _names("t.title", "o.facilitator = $1", facilitator)
        await OfferFacilitator.delete().where(
            (OfferFacilitator.facilitator == facilitator) & OfferFacilitator.offer.not_in([*offers, 0])
        )
        known = "select id, $1::bigint from offer where id = any($2)"
        await _add(known, facilitator, offers, _("Cette offre n’existe pas."))
        after = await _names("t.title", "o.facilitator = $1", facilitator)
        await change.check_seen(seen, ["skills"] if after != before else [])
        change.edited("skills", before, after)


async def _add(known: str, whose: int, wanted: Collection[int], none: str) -> None:
    """Link what exists of what is wanted; NotFound, with the sentence, when something of it does not."""
    sql = f"with k as ({known}), n as ({_LINK}) select count(*) from k"
    if await db.value(sql, whose, sorted(set(wanted))) != len(set(wanted)):
        raise NotFound(none)


_LINK = "insert into offer_facilitator (offer, facilitator) select * from k on conflict do nothing"


async def _names(name: str, where: str, whose: int) -> list[str]:
    """What the change says of a list: its names, in their order."""
    sql = f"""
        select {name} as name
        from offer_facilitator o join offer t on t.id = o.offer join facilitator f on f.id = o.facilitator
        where {where} order by fold({name}), {name}
    """
    return [record["name"] for record in await db.connection().fetch(sql, whose)]


async def add_deliverer(actor: Actor, offers: Collection[int], **values: Any) -> int:
    """A person who delivers, with what they may deliver; see `directory.actions.facilitators.add_facilitator`."""
    async with acting(actor, "facilitator.add-skilled") as change:
        actor.must(Permission.SESSIONS_PLAN)
        facilitator = await add_facilitator(actor, **values)
        change.about("facilitator", facilitator)
        await set_skills(actor, facilitator, offers)
    return facilitator


async def edit_deliverer(
    actor: Actor, facilitator: int, values: Mapping[str, Any], offers: Collection[int], *, seen: int | None = None
) -> None:
    """What is known of a person, and what they may deliver, in one form."""
    async with acting(actor, "facilitator.edit-skilled", ("facilitator", facilitator)):
        actor.must(Permission.SESSIONS_PLAN)
        held = (await delivering.skills([facilitator]))[facilitator]
        also = ["skills"] if held != set(offers) else []
        await edit_facilitator(actor, facilitator, values, seen=seen, also=also)
        await set_skills(actor, facilitator, offers, seen=seen)
