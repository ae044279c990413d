"""Lines with their amounts, VAT by rate, and what they add up to. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from training.kernel.errors import Invalid
from training.kernel.i18n import _
from training.kernel.money import vat_of
from training.papers.rules.lines import line_cents, plain, ten_thousandths
from training.papers.rules.vat import VatRegime, VatTreatment, treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """BG-25. `quantity` is a decimal of at most four places; a discount is a line with a negative quantity."""

    description: str
    detail: str = ""
    quantity: str = "1"
    unit: str = "C62"  # UN/ECE Rec 20: C62 piece, LS lump sum, HUR hour, DAY day, IE person
    unit_price_cents: int
    net_cents: int
    vat: VatTreatment


@dataclass(frozen=True, slots=True, kw_only=True)
class VatGroup:
    """BG-23: what one category and rate amount to."""

    vat: VatTreatment
    net_cents: int
    vat_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BG-22."""

    net_cents: int  # BT-109
    vat_cents: int  # BT-110
    gross_cents: int  # BT-112
    paid_cents: int = 0  # BT-113
    due_cents: int  # BT-115


def line(
    description: str,
    *,
    unit_price_cents: int,
    regime: VatRegime,
    rate_bp: int | None = None,
    quantity: str | int = 1,
    unit: str = "C62",
    detail: str = "",
) -> Line:
    """A line with its amount. A price is never negative (BR-FR-DEC-03): Invalid."""
    if unit_price_cents < 0:
        raise Invalid(_("Un prix ne peut pas être négatif : comptez une remise en quantité négative."), field="price")
    vat = treatment(regime) if rate_bp is None else treatment(regime, rate_bp)
    return Line(
        description=description,
        detail=detail,
        quantity=plain(ten_thousandths(quantity)),
        unit=unit,
        unit_price_cents=unit_price_cents,
        net_cents=line_cents(quantity, unit_price_cents),
        vat=vat,
    )


def breakdown(lines: Sequence[Line]) -> tuple[VatGroup, ...]:
    """VAT by category and rate, rounded once for each (BR-CO-17). Invalid when one invoice may not hold them all."""
    nets: dict[VatTreatment, int] = {}
    for item in lines:
        nets[item.vat] = nets.get(item.vat, 0) + item.net_cents
    categories = [(vat.category, vat.rate_bp) for vat in nets]
    outside = any(vat.category == "O" for vat in nets)
    if len(set(categories)) < len(categories) or (outside and len(nets) > 1):  # BR-E-01, BR-O-11
        raise Invalid(_("Des lignes de régimes de TVA différents vont sur des factures différentes."), field="lines")
    return tuple(
        VatGroup(vat=vat, net_cents=net, vat_cents=vat_of(net, vat.rate_bp or 0))
        for vat, net in sorted(nets.items(), key=lambda item: (item[0].category, -(item[0].rate_bp or 0)))
    )


def with_vat(groups: Sequence[VatGroup], vat_cents: int) -> tuple[VatGroup, ...]:
    """The same with this much VAT in all, where one rate rounded is a cent away from it.

    Several credit notes of one invoice, each rounded, must not add up to more or less than its VAT did: the last takes
    the cent. BR-S-09 allows less than one euro between the VAT of a rate and what the rate makes of its base.
    """
    wrong = vat_cents - sum(group.vat_cents for group in groups)
    if not wrong or not groups:
        return tuple(groups)
    return (*groups[:-1], replace(groups[-1], vat_cents=groups[-1].vat_cents + wrong))


def totals(groups: Sequence[VatGroup], *, paid_cents: int = 0) -> Totals:
    """What is owed. Paying more than the total is refused here: it is a credit, and kept elsewhere."""
    net = sum(group.net_cents for group in groups)
    vat = sum(group.vat_cents for group in groups)
    if paid_cents and not 0 < paid_cents <= net + vat:
        raise Invalid(_("Le montant déjà payé dépasse le total de la facture."), field="paid")
    return Totals(
        net_cents=net, vat_cents=vat, gross_cents=net + vat, paid_cents=paid_cents, due_cents=net + vat - paid_cents
    )
