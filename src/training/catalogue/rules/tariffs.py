"""What a tariff makes a number of seats cost. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class TariffMode(StrEnum):
    """Flat is one price whatever the head-count."""

    FREE = "free"
    FLAT = "flat"
    PER_SEAT = "per_seat"


@dataclass(frozen=True, slots=True)
class TariffRow:
    """A tariff of an offer. Cents are net; `organisation_kind` None is for any."""

    organisation_kind: str | None
    mode: TariffMode
    amount_cents: int
    reference_cents: int | None
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Price:
    """What a number of seats costs, net, in cents. `reference_cents`: what a free booking is worth."""

    mode: TariffMode
    unit_price_cents: int
    price_cents: int
    reference_cents: int | None


def price_for(tariffs: Iterable[TariffRow], organisation_kind: str | None, on: date, seats: int = 1) -> Price | None:
    """What an organisation of a kind pays for seats on a day; None: no tariff is set. Whoever says a price asks here.

    A kind of None is somebody of no organisation: the tariff for any.
    """
    tariff = tariff_for(tariffs, organisation_kind, on)
    return None if tariff is None else price(tariff, seats)


def tariff_for(tariffs: Iterable[TariffRow], organisation_kind: str | None, on: date) -> TariffRow | None:
    """The tariff that holds on a day: that kind of organisation's before the one for any, the latest first."""
    theirs = [t for t in standing(tariffs, on) if t.organisation_kind in (None, organisation_kind)]
    return max(theirs, key=lambda t: (t.organisation_kind is not None, t.valid_from), default=None)


def standing(tariffs: Iterable[TariffRow], on: date) -> list[TariffRow]:
    """Those that hold on a day, whoever asks."""
    return [t for t in tariffs if t.valid_from <= on and (t.valid_until is None or on <= t.valid_until)]


def price(tariff: TariffRow, seats: int) -> Price:
    """The price of `seats` seats (positive)."""
    if seats < 1:
        raise ValueError("a price is of one seat or more")
    times = seats if tariff.mode == TariffMode.PER_SEAT else 1
    return Price(tariff.mode, tariff.amount_cents, tariff.amount_cents * times, tariff.reference_cents)
