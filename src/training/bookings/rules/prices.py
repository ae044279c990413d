"""A price is a promise: what was said when the seats were asked for is the most that they will cost. No I/O.

Which tariff makes it, of which kind of organisation on which day, is chosen by `tariffs.price_for` alone.
"""

from __future__ import annotations

from dataclasses import replace

from training.catalogue.rules.tariffs import Price, TariffMode
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.render import euros


class PriceRisen(Conflict):
    """It costs more than whoever asks accepted; `price_cents` travels with it."""

    slug = "price-risen"


def check_accepted(accepted_cents: int | None, now: Price) -> None:
    """PriceRisen when today's price is above what was accepted; None accepts whatever it is."""
    if accepted_cents is not None and now.price_cents > accepted_cents:
        words = _("Le prix est maintenant de {amount} : acceptez-le, ou renoncez.")
        raise PriceRisen(words.format(amount=euros(now.price_cents)), price_cents=now.price_cents)


def promised(said: Price, now: Price | None) -> Price:
    """What a confirmation charges: the lower of what was said and of now. None: no tariff is set any more."""
    return now if now is not None and now.price_cents < said.price_cents else said


def merged(kept: Price, joining: Price, had: int, seats: int, now: Price | None) -> Price:
    """What two bookings cost as one of `seats` seats: by the one or the other tariff that was promised, the lower."""
    return min((resized(said, had, seats, now) for said in (kept, joining)), key=lambda cost: cost.price_cents)


def resized(said: Price, before: int, seats: int, now: Price | None) -> Price:
    """What another number of seats costs, by the tariff that was promised; `now`: what so many cost today, if anything.

    A flat or free price stays, whoever comes along. By the seat, fewer cost what each was promised at; more cost as
    much, or today's price where that is lower.
    """
    if said.mode != TariffMode.PER_SEAT:
        return said
    kept = replace(said, price_cents=said.unit_price_cents * seats)
    return promised(kept, now) if seats > before else kept
