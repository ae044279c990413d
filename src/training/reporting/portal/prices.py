"""Tariffs in plain words for those who look: one organisation, several, or a visitor who may be any. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from training.catalogue.rules import TariffMode, TariffRow, tariff_for
from training.directory.rules import KIND_NAMES, OrganisationKind
from training.kernel.i18n import _
from training.kernel.render import euros

MOST_PRICES = 3  # more of them in one line are not read


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What one or more kinds of organisations pay; `who` is "" when everybody pays the same."""

    who: str
    words: str
    worth: str  # what a free session is worth, or ""


def tariff_words(tariff: TariffRow) -> str:
    """As "gratuit", "350,00 € pour le groupe", "250,00 € par personne"."""
    if tariff.mode == TariffMode.FREE or not tariff.amount_cents:
        return _("gratuit")
    amount = euros(tariff.amount_cents)
    if tariff.mode == TariffMode.PER_SEAT:
        return _("{amount} par personne").format(amount=amount)
    return _("{amount} pour le groupe").format(amount=amount)


def price_words(tariffs: Iterable[TariffRow], kinds: Sequence[str], on: date) -> str:
    """One line for a list: the price where `kinds` agree on it, else the few prices there are; "" when none is set."""
    known = list(tariffs)
    standing = {tariff_for(known, kind, on) for kind in kinds or list(OrganisationKind)} - {None}
    ordered = sorted((t for t in standing if t is not None), key=lambda t: t.amount_cents)
    words = list(dict.fromkeys(map(tariff_words, ordered)))
    if not words:
        return ""
    if len(words) == 1:
        return _first_upper(words[0])
    if len(words) > MOST_PRICES:
        words = [words[0], words[-1]]
        return _("De {least} à {most}, selon la structure").format(least=words[0], most=words[1])
    joined = _(" ou ").join(words)
    return _("{prices}, selon la structure").format(prices=_first_upper(joined))


def price_table(tariffs: Iterable[TariffRow], on: date) -> list[PriceLine]:
    """Every kind of organisation with its price, those that pay the same together, in the order of the kinds."""
    known = list(tariffs)
    groups: dict[tuple[str, str], list[str]] = {}
    for kind in OrganisationKind:
        tariff = tariff_for(known, kind, on)
        key = (_("prix sur demande"), "") if tariff is None else (tariff_words(tariff), _worth(tariff))
        groups.setdefault(key, []).append(_(KIND_NAMES[kind]))
    if len(groups) == 1:
        ((words, worth),) = groups
        return [PriceLine("", words, worth)]
    return [PriceLine(_listed(names), words, worth) for (words, worth), names in groups.items()]


def _worth(tariff: TariffRow) -> str:
    return euros(tariff.reference_cents) if tariff.mode == TariffMode.FREE and tariff.reference_cents else ""


def _listed(names: list[str]) -> str:
    first, *others = names
    return ", ".join([first, *(name[0].lower() + name[1:] for name in others)])


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]
