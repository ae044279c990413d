"""What the API answers about offers."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from training.catalogue.queries.offers import OfferView
from training.catalogue.rules.offers import OfferKind, ProgrammeStep
from training.catalogue.rules.tariffs import TariffMode, TariffRow, price_for
from training.kernel import addresses, clock
from training.web.api.outputs import CURRENCY


class OfferItem(Struct):
    """Une offre du catalogue. Le tarif est celui du jour ; nul s’il n’est pas fixé."""

    slug: str
    title: str
    summary: str
    kind: OfferKind
    theme: str
    duration_minutes: int
    group_min: int
    group_max: int
    partner: str | None
    tariff: TariffMode | None
    unit_price_cents: int | None
    currency: str
    url: str


class OfferList(Struct):
    """Une page d’offres."""

    items: list[OfferItem]
    next: str | None


class OfferProgrammeStep(Struct):
    """Une étape du programme ; `minutes` est nul si la durée n’est pas dite."""

    title: str
    minutes: int | None
    text: str


class OfferDetail(OfferItem):
    """Une offre, avec tout ce que sa page dit ; `description` est en Markdown.

    `host_provides` : à prévoir par la structure qui accueille ; `equipment` : apporté par l’équipe.
    """

    description: str
    objectives: list[str]
    audience: str
    prerequisites: str
    programme: list[OfferProgrammeStep]
    host_provides: list[str]
    equipment: list[str]
    accessibility: str


def offer_item(view: OfferView, tariffs: Iterable[TariffRow], kind: str | None) -> OfferItem:
    """An offer of a list; `kind` is the asking organisation's."""
    price = price_for(tariffs, kind, clock.today())
    return OfferItem(
        slug=view.slug,
        title=view.title,
        summary=view.summary,
        kind=view.kind,
        theme=view.theme,
        duration_minutes=view.duration_minutes,
        group_min=view.group_min,
        group_max=view.group_max,
        partner=view.partner,
        tariff=price.mode if price else None,
        unit_price_cents=price.unit_price_cents if price else None,
        currency=CURRENCY,
        url=addresses.absolute(addresses.offer(view.slug)),
    )


def offer_detail(
    view: OfferView, steps: Iterable[ProgrammeStep], tariffs: Iterable[TariffRow], kind: str | None
) -> OfferDetail:
    """An offer with all that its page says."""
    item = offer_item(view, tariffs, kind)
    return OfferDetail(
        **{name: getattr(item, name) for name in item.__struct_fields__},
        description=view.description,
        objectives=view.goals,
        audience=view.audience,
        prerequisites=view.prerequisites,
        programme=[OfferProgrammeStep(step.title, step.minutes, step.text) for step in steps],
        host_provides=view.to_provide,
        equipment=view.brought,
        accessibility=view.accessibility,
    )
