"""What a line of an invoice can be: its kind, its unit, its quantity and its price. No I/O."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum

from training.kernel.errors import Invalid
from training.kernel.i18n import N_, _
from training.kernel.money import BASIS, amount_of


class LineKind(StrEnum):
    """The service is what a booking makes; the others are written by hand."""

    SERVICE = "service"
    TRAVEL = "travel"
    EXTRA = "extra"
    DISCOUNT = "discount"


BY_HAND = (LineKind.EXTRA, LineKind.TRAVEL, LineKind.DISCOUNT)
LINE_KIND_NAMES: dict[LineKind, str] = {
    LineKind.SERVICE: N_("Prestation"),
    LineKind.EXTRA: N_("Supplément"),
    LineKind.TRAVEL: N_("Déplacement"),
    LineKind.DISCOUNT: N_("Remise"),
}
# UN/ECE Recommendation 20, as EN 16931 BT-130 writes units
UNIT_NAMES: dict[str, str] = {
    "LS": N_("forfait"),
    "C62": N_("unité"),
    "HUR": N_("heure"),
    "DAY": N_("jour"),
    "KMT": N_("kilomètre"),
}

DESCRIPTION_MAX = 400
DETAIL_MAX = 1_000
QUANTITY_MAX = Decimal(99_999)
PRICE_MAX_CENTS = 99_999_999


def check_line(kind: LineKind, description: str, quantity: Decimal, unit: str, unit_price_cents: int) -> Decimal:
    """The quantity as the line bears it: below zero for a discount. Invalid, field by field, when it cannot be a line.

    A price is never negative (BR-FR-DEC-03); a quantity has four decimals at the most (BR-FR-DEC-02).
    """
    finest = Decimal("0.0001")
    errors = {}
    if kind not in BY_HAND:
        errors["kind"] = _("Une prestation vient d’une réservation : choisissez supplément, déplacement ou remise.")
    if not description.strip():
        errors["description"] = _("Dites ce qui est compté : ce texte est imprimé sur la facture.")
    elif len(description.strip()) > DESCRIPTION_MAX:
        errors["description"] = _("{n} caractères au plus.").format(n=DESCRIPTION_MAX)
    if not quantity.is_finite() or quantity == 0 or abs(quantity) > QUANTITY_MAX:
        errors["quantity"] = _("Une quantité est de plus de zéro.")
    elif quantity != quantity.quantize(finest):
        errors["quantity"] = _("Une quantité a quatre décimales au plus.")
    elif quantity < 0 and kind != LineKind.DISCOUNT:
        errors["quantity"] = _("Pour retirer un montant, choisissez une remise.")
    if not 0 <= unit_price_cents <= PRICE_MAX_CENTS:
        errors["price"] = _("Un prix est entre zéro et 999 999,99 €.")
    if unit not in UNIT_NAMES:
        errors["unit"] = _("Choisissez une unité de la liste.")
    if errors:
        raise Invalid(errors)
    return -abs(quantity) if kind == LineKind.DISCOUNT else quantity


def line_cents(quantity: Decimal | str | int, unit_price_cents: int) -> int:
    """What a line amounts to, on the draft and on its paper. ValueError: a quantity finer than four decimals."""
    return amount_of(unit_price_cents, ten_thousandths(quantity))


def ten_thousandths(quantity: Decimal | str | int) -> int:
    """A quantity counted in its finest step (BR-FR-DEC-02: four decimals). ValueError on anything else."""
    try:
        scaled = Decimal(quantity) * BASIS
        whole = int(scaled)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise ValueError(quantity) from error
    if whole != scaled:
        raise ValueError(quantity)
    return whole


def plain(steps: int) -> str:
    """Ten-thousandths as a machine writes them, without idle zeros: "1", "-2.5"."""
    sign, size = ("-", -steps) if steps < 0 else ("", steps)
    return f"{sign}{size // BASIS}.{size % BASIS:04d}".rstrip("0").rstrip(".")
