"""Offers are written: begun, edited, copied; how they are invoiced. Whether they are seen: `publishing`."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from piccolo.table import Table

from training.catalogue.actions.publishing import lock_offer
from training.catalogue.actions.skills import set_deliverers
from training.catalogue.queries import deliverers as delivering
from training.catalogue.queries.offers import offer_fields
from training.catalogue.rules.changing import check_apart
from training.catalogue.rules.offers import (
    RESERVED,
    SLUG_MOST,
    TITLE_MOST,
    OfferFields,
    OfferState,
    ProgrammeStep,
    check_fields,
    steps_as_text,
)
from training.catalogue.rules.tariffs import TariffRow
from training.catalogue.tables import Offer, OfferFacilitator, OfferPicture, OfferStep, Tariff
from training.directory import queries as directory
from training.directory.rules import slugs
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.vat import VatRegime
from training.records.actions.acting import acting

# Nobody who asks for a name first can meet these.
db.refuse("offer_slug_once", lambda: Conflict(_("Cette adresse est prise."), field="slug"))
db.refuse("offer_former_slug_slug_once", lambda: Conflict(_("Cette adresse est prise."), field="slug"))


@dataclass(frozen=True, slots=True)
class NewOffer(OfferFields):
    """An offer to begin, a draft unless it says otherwise. No `motif`: its theme's; no `vat_regime`: the platform's."""

    tariffs: tuple[TariffRow, ...] = ()
    vat_regime: VatRegime | None = None
    state: OfferState = OfferState.DRAFT
    motif: str | None = None


@dataclass(frozen=True, slots=True)
class OfferBilling:
    """How an offer is invoiced; `vat_regime` None is the platform's."""

    vat_regime: VatRegime | None
    bill_present: bool
    analytic_code: str | None
    sales_account: str | None


async def set_offer_billing(actor: Actor, offer: int, facts: OfferBilling, *, seen: int | None = None) -> None:
    """Write how an offer is invoiced: for what becomes billable from now on. Invalid: VAT without a number."""
    async with acting(actor, "offer.set-billing", ("offer", offer)) as change:
        actor.must(Permission.INVOICES_PREPARE)
        if facts.vat_regime == VatRegime.NORMAL and not (await directory.the_platform()).vat_number:
            # EN 16931 BR-S-02: whoever charges VAT says under which number
            words = _("La plateforme n’a pas de numéro de TVA : elle ne peut pas en facturer. Complétez son identité.")
            raise Invalid(words, field="vat_regime")
        if not await change.edit(Offer, offer, asdict(facts), seen=seen):
            raise NotFound(_("Cette offre n’existe pas."))


async def add_offer(actor: Actor, new: NewOffer) -> int:
    """Begin an offer. Invalid names the fields that cannot be; Conflict: the address is another’s."""
    async with acting(actor, "offer.add") as change:
        actor.must(Permission.CATALOGUE_EDIT)
        check_fields(new, new.state)
        values = {**_columns(new), "vat_regime": new.vat_regime, "state": new.state, "motif": new.motif}
        slug, now = await _slug_of(new), clock.now()
        row = Offer(slug=slug, created_at=now, updated_at=now, **values)
        offer = int((await Offer.insert(row).returning(Offer.id))[0]["id"])
        change.about("offer", offer)
        await _write_steps(offer, new.steps)
        if new.tariffs:
            check_apart(new.tariffs)
            await Tariff.insert(*(Tariff(offer=offer, **asdict(tariff)) for tariff in new.tariffs))
    return offer


async def edit_offer(
    actor: Actor,
    offer: int,
    fields: OfferFields,
    deliverers: Collection[int] | None = None,
    *,
    seen: int | None = None,
) -> None:
    """Write all of an offer. Whoever is invited to its coming sessions is told what they would read otherwise.

    `deliverers`: who may deliver it; None leaves them. Its former address goes on leading to it. Invalid names the
    fields; Conflict: the address is another’s; EditedMeanwhile: somebody wrote over the same after `seen`.
    """
    async with acting(actor, "offer.edit", ("offer", offer)) as change:
        actor.must(Permission.CATALOGUE_EDIT)
        check_fields(fields, await lock_offer(offer))
        values = {**_columns(fields), "slug": await _slug_of(fields, offer)}
        was = await offer_fields(offer)
        also = ["steps"] if was.steps != fields.steps else []
        if deliverers is not None and (await delivering.deliverers([offer]))[offer] != set(deliverers):
            also.append("deliverers")
        await change.edit(Offer, offer, values, seen=seen, also=also)
        change.edited("steps", steps_as_text(was.steps), steps_as_text(fields.steps))
        if was.steps != fields.steps:
            await OfferStep.delete().where(OfferStep.offer == offer)
            await _write_steps(offer, fields.steps)
        if deliverers is not None:
            await set_deliverers(actor, offer, deliverers)
        if change.edits:
            await outbox.put("offer.edited", ("offer", offer))


async def duplicate_offer(actor: Actor, offer: int) -> int:
    """A draft with everything of an offer but its address: tariffs and picture too, no session."""
    async with acting(actor, "offer.duplicate") as change:
        actor.must(Permission.CATALOGUE_EDIT)
        await lock_offer(offer)
        was = await offer_fields(offer)
        title = _("{title} (copie)").format(title=was.title[: TITLE_MOST - 20])
        slug, now = await _slug_of(OfferFields(title)), clock.now()
        changed = {"slug": slug, "title": title, "state": OfferState.DRAFT, "created_at": now, "updated_at": now}
        (copy,) = await _copy(Offer, "id", offer, changed)
        for table in (OfferStep, Tariff, OfferPicture, OfferFacilitator):
            await _copy(table, "offer", offer, {"offer": copy})
        change.about("offer", copy)
    return copy


async def _copy(table: type[Table], key: str, value: int, changed: dict[str, Any]) -> list[int]:
    """Rows once more, but for the columns that are given."""
    names = [column._meta.name for column in table._meta.columns if column._meta.name != "id"]
    given = {name: f"${n}" for n, name in enumerate(changed, 2)}
    kept = ", ".join(given.get(name, name) for name in names)
    tablename = table._meta.tablename
    sql = f"insert into {tablename} ({', '.join(names)}) select {kept} from {tablename} where {key} = $1 returning id"
    return [record["id"] for record in await db.connection().fetch(sql, value, *changed.values())]


def _columns(fields: OfferFields) -> dict[str, Any]:
    """What is written in the offer's own row, but for its address."""
    names = [field.name for field in dataclasses.fields(OfferFields) if field.name not in ("slug", "steps")]
    values = {name: getattr(fields, name) for name in names}
    return {name: value.strip() if type(value) is str else value for name, value in values.items()}


async def _write_steps(offer: int, steps: tuple[ProgrammeStep, ...]) -> None:
    rows = [OfferStep(offer=offer, position=n, **asdict(step)) for n, step in enumerate(steps, 1)]
    if rows:
        await OfferStep.insert(*rows)


async def _slug_of(fields: OfferFields, offer: int | None = None) -> str:
    """Its address: what was typed if nobody else has or had it, or the title with a number if it has to be."""
    # one at a time: of two offers at once, the second must see the address that the first took
    await db.execute("select pg_advisory_xact_lock(hashtextextended('offer.slug', 0))")
    wanted = slugs.slug(fields.slug or fields.title)[:SLUG_MOST]
    sql = """
        select slug from (select id, slug from offer union all select offer, slug from offer_former_slug) known
        where starts_with(slug, $1) and id is distinct from $2
    """
    taken = {record["slug"] for record in await db.connection().fetch(sql, wanted, offer)} | RESERVED
    if fields.slug and wanted in taken:
        words = _("Cette adresse est, ou était, celle d’une autre offre : choisissez-en une autre.")
        raise Conflict(words, field="slug")
    free, n = wanted, 2
    while free in taken:
        free, n = f"{wanted}-{n}", n + 1
    return free
