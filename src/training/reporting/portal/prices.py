"""Tariffs in plain words for those who look: one organisation, several, or a visitor who may be any. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from training.catalogue.rules.tariffs import Price, TariffMode, TariffRow, price_for
from training.directory.rules.organisations import KIND_NAMES, OrganisationKind
from training.kernel.i18n import _
from training.kernel.render import euros


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What one or more kinds of organisations pay, each with its name; `yours`: who looks is one of them."""

    kinds: tuple[tuple[OrganisationKind, str], ...]
    words: str  # without « pour le groupe », which the others are
    worth: str  # what a free session is worth, or ""
    yours: bool = False

    @property
    def who(self) -> str:
        """The kinds on one line."""
        return _listed([name for _kind, name in self.kinds])


@dataclass(frozen=True, slots=True)
class PriceSaid:
    """A price on one line: "350,00 €" and "pour le groupe".

    `exact`: it is that of who looks; otherwise it goes from the least to the most, until they say what they are.
    `cents`: of the group, or of each person; None where no one price can be named. `total`: for the number asked for.
    """

    amount: str
    basis: str = ""
    exact: bool = True
    cents: int | None = None
    total: str = ""

    @property
    def free(self) -> bool:
        """Nothing to pay, for whoever looks."""
        return self.exact and self.cents == 0

    def __str__(self) -> str:
        return f"{self.amount} {self.basis}".strip()


def price_said(tariffs: Iterable[TariffRow], kinds: Sequence[str], on: date, seats: int = 1) -> PriceSaid:
    """The price where `kinds` agree on it, else what it goes from and to."""
    known = list(tariffs)
    standing = {price_for(known, kind, on, seats) for kind in kinds or list(OrganisationKind)}
    prices = [price for price in standing if price is not None]
    if not prices:
        return PriceSaid(_("Prix sur demande"))
    least, most = (pick(prices, key=lambda p: (p.unit_price_cents, p.mode)) for pick in (min, max))
    if None not in standing and (least.mode, least.unit_price_cents) == (most.mode, most.unit_price_cents):
        return _one(most, seats)
    basis = _("par personne, selon la structure") if _each(most) else _("selon la structure")
    if not least.unit_price_cents:
        span = _("De gratuit à {amount}").format(amount=euros(most.unit_price_cents))
    else:
        span = _("De {least} à {most}").format(least=euros(least.unit_price_cents), most=euros(most.unit_price_cents))
    return PriceSaid(span, basis, exact=False)


def _one(price: Price, seats: int = 1) -> PriceSaid:
    if not price.unit_price_cents:
        return PriceSaid(_("Gratuit"), cents=0)
    if not _each(price):
        return PriceSaid(euros(price.unit_price_cents), _("pour le groupe"), cents=price.unit_price_cents)
    total = euros(price.price_cents) if seats > 1 else ""
    return PriceSaid(euros(price.unit_price_cents), _("par personne"), cents=price.unit_price_cents, total=total)


def _each(price: Price) -> bool:
    return price.mode == TariffMode.PER_SEAT


def price_table(tariffs: Iterable[TariffRow], on: date, kinds: Sequence[str] = ()) -> list[PriceLine]:
    """Every kind of organisation with its price, those that pay the same together, in the order of the kinds.

    `kinds`: the one of who looks; several say that nobody knows which, and none of the lines is then theirs.
    """
    known = list(tariffs)
    groups: dict[tuple[str, str], list[OrganisationKind]] = {}
    for kind in OrganisationKind:
        price = price_for(known, kind, on)
        key = (_("prix sur demande"), "") if price is None else (_in_table(price), _worth(price))
        groups.setdefault(key, []).append(kind)
    return [
        PriceLine(tuple((k, _(KIND_NAMES[k])) for k in of), words, worth, yours=len(kinds) == 1 and kinds[0] in of)
        for (words, worth), of in groups.items()
    ]


def changes(tariffs: Iterable[TariffRow], since: date) -> set[date]:
    """The days, from one on, on which a price may be another than the day before."""
    known = list(tariffs)
    begun = (tariff.valid_from for tariff in known)
    ended = (tariff.valid_until + timedelta(days=1) for tariff in known if tariff.valid_until)
    return {since, *(day for day in (*begun, *ended) if day > since)}


def _in_table(price: Price) -> str:
    said = _one(price)
    words = str(said) if _each(price) else said.amount
    return words[:1].lower() + words[1:]


def _worth(price: Price) -> str:
    return euros(price.reference_cents) if price.mode == TariffMode.FREE and price.reference_cents else ""


def _listed(names: list[str]) -> str:
    first, *others = names
    return ", ".join([first, *(name[0].lower() + name[1:] for name in others)])
