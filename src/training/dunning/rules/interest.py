"""What the law adds to an amount that is paid late: computed and shown, never added by itself. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from training.directory.rules.organisations import Buyer
from training.kernel.errors import Invalid
from training.kernel.i18n import N_, _
from training.kernel.money import interest_of

RECOVERY_CENTS = 4_000  # C. com. art. D441-5; CCP art. D2192-35
RATE_MAX_BP = 5_000  # no law of ours ever gave half of it
STALE = timedelta(days=200)  # rates change with the half-year: one that is older may be out of date


class Law(StrEnum):
    """Which rate holds. A consumer owes neither interest of this kind nor the 40 €."""

    PRIVATE = "private"  # C. com. art. L441-10 II
    PUBLIC = "public"  # CCP art. R2192-31


LAW_NAMES: dict[Law, str] = {Law.PRIVATE: N_("Entreprises et associations"), Law.PUBLIC: N_("Organismes publics")}


@dataclass(frozen=True, slots=True)
class Rate:
    """A yearly rate in basis points, since a day."""

    since: date
    rate_bp: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which the same amount was late at the same rate; `rate_bp` None: nobody has said the rate."""

    first: date
    last: date
    principal_cents: int
    rate_bp: int | None
    cents: int

    @property
    def days(self) -> int:
        """Both ends counted."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Late:
    """What being late costs so far. `complete` is False when the rate of some day is not known."""

    stretches: tuple[Stretch, ...]
    interest_cents: int
    recovery_cents: int
    complete: bool

    @property
    def total_cents(self) -> int:
        """Interest and the lump sum."""
        return self.interest_cents + self.recovery_cents


def law_of(buyer: Buyer) -> Law | None:
    """The law that holds for a buyer; None for a consumer (C. com. art. L441-10 binds professionals)."""
    return {Buyer.PUBLIC: Law.PUBLIC, Buyer.PERSON: None}.get(buyer, Law.PRIVATE)


def late(
    buyer: Buyer,
    gross_cents: int,
    due_on: date | None,
    settled: Sequence[tuple[date, int]],
    rates: Sequence[Rate],
    today: date,
) -> Late | None:
    """What is owed for being late up to today; None when nothing is, or ever was. `settled`: (day, cents), signed.

    Simple interest on what was still due each day, actual days over 365, from the day after the due date.
    """
    if law_of(buyer) is None or due_on is None or due_on >= today:
        return None
    spans = _stretches(gross_cents, due_on + timedelta(days=1), today, settled, sorted(rates, key=lambda r: r.since))
    if not spans:
        return None
    known = all(span.rate_bp is not None for span in spans)
    return Late(tuple(spans), sum(span.cents for span in spans), RECOVERY_CENTS, known)


def _stretches(
    gross_cents: int, first: date, today: date, settled: Sequence[tuple[date, int]], rates: Sequence[Rate]
) -> list[Stretch]:
    changes = {day for day, _cents in settled} | {rate.since for rate in rates}
    starts = [first, *sorted(day for day in changes if first < day <= today)]
    found = []
    for start, following in zip(starts, [*starts[1:], today + timedelta(days=1)], strict=True):
        principal = gross_cents - sum(cents for day, cents in settled if day <= start)
        rate = next((r.rate_bp for r in reversed(rates) if r.since <= start), None)
        if principal > 0:
            days = (following - start).days
            cents = interest_of(principal * days, rate or 0)
            found.append(Stretch(start, following - timedelta(days=1), principal, rate, cents))
    return found


def is_stale(rates: Sequence[Rate], today: date) -> bool:
    """Whether somebody should look for a newer rate. `rates` of one law, oldest first."""
    return not rates or rates[-1].since < today - STALE


def half_year(today: date) -> date:
    """The first day of the present half-year: rates change with it."""
    return today.replace(month=1 if today.month < 7 else 7, day=1)


def checked_rate(since: date, rate_bp: int, today: date) -> Rate:
    """Invalid: a rate that no law ever gave, or of a day too far away."""
    if not 0 <= rate_bp <= RATE_MAX_BP:
        raise Invalid(_("Indiquez un taux annuel de 0 à 50 %."), field="rate")
    if not date(2000, 1, 1) <= since <= today + timedelta(days=366):
        raise Invalid(_("Indiquez le jour où ce taux commence, au plus un an à l’avance."), field="since")
    return Rate(since, rate_bp)
