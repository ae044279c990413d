"""Changes to offers: what they are called, how they are invoiced."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from training.catalogue.rules.offers import OfferKind, OfferState
from training.catalogue.rules.tariffs import TariffRow
from training.catalogue.tables import Offer, Tariff
from training.directory import queries as directory
from training.kernel import clock, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.vat import VatRegime
from training.records.actions.acting import acting


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
