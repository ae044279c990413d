"""Tariffs in plain words for those who look: one organisation, several, or a visitor who may be any. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from training.catalogue.rules.tariffs import Price, TariffMode, TariffRow, price_for
from training.directory.rules import KIND_NAMES, OrganisationKind
from training.kernel.i18n import _
from training.kernel.render import euros


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What one or more kinds of organisations pay; `who` is "" when everybody pays the same."""

    who: str
    words: str
    worth: str  # what a free session is worth, or ""


@dataclass(frozen=True, slots=True)
class PriceSaid:
    """A price on one line: "350,00 €" and "pour le groupe"; between several, the least and the most of them."""

    amount: str
    basis: str

    def __str__(self) -> str:
        return f"{self.amount} {self.basis}".strip()


def price_said(tariffs: Iterable[TariffRow], kinds: Sequence[str], on: date) -> PriceSaid:
    """The price where `kinds` agree on it, else what it goes from and to."""
    known = list(tariffs)
    standing = {p for p in (price_for(known, kind, on) for kind in kinds or list(OrganisationKind)) if p is not None}
    if not standing:
        return PriceSaid(_("Prix sur demande"), "")
    least, most = (pick(standing, key=lambda p: (p.unit_price_cents, p.mode)) for pick in (min, max))
    if (least.mode, least.unit_price_cents) == (most.mode, most.unit_price_cents):
        return _one(most)
    basis = _("par personne, selon la structure") if _each(most) else _("selon la structure")
    if not least.unit_price_cents:
        return PriceSaid(_("Gratuit ou jusqu’à {amount}").format(amount=euros(most.unit_price_cents)), basis)
    span = _("{least} à {most}").format(least=euros(least.unit_price_cents), most=euros(most.unit_price_cents))
    return PriceSaid(span, basis)


def _one(price: Price) -> PriceSaid:
    if not price.unit_price_cents:
        return PriceSaid(_("Gratuit"), "")
    return PriceSaid(euros(price.unit_price_cents), _("par personne") if _each(price) else _("pour le groupe"))


def _each(price: Price) -> bool:
    return price.mode == TariffMode.PER_SEAT


def price_table(tariffs: Iterable[TariffRow], on: date) -> list[PriceLine]:
    """Every kind of organisation with its price, those that pay the same together, in the order of the kinds."""
    known = list(tariffs)
    groups: dict[tuple[str, str], list[str]] = {}
    for kind in OrganisationKind:
        price = price_for(known, kind, on)
        key = (_("prix sur demande"), "") if price is None else (_in_table(price), _worth(price))
        groups.setdefault(key, []).append(_(KIND_NAMES[kind]))
    if len(groups) == 1:
        ((words, worth),) = groups
        return [PriceLine("", words, worth)]
    return [PriceLine(_listed(names), words, worth) for (words, worth), names in groups.items()]


def _in_table(price: Price) -> str:
    said = str(_one(price))
    return said[:1].lower() + said[1:]


def _worth(price: Price) -> str:
    return euros(price.reference_cents) if price.mode == TariffMode.FREE and price.reference_cents else ""


def _listed(names: list[str]) -> str:
    first, *others = names
    return ", ".join([first, *(name[0].lower() + name[1:] for name in others)])
