"""The catalogue of the demonstration, and what one pays for it. The offers themselves are in the two files beside."""

from __future__ import annotations

from training.demo.town.offers_moving import MOVING
from training.demo.town.offers_road import ROAD
from training.demo.town.shapes import Offer, OrganisationKind, Tariff

OFFERS: tuple[Offer, ...] = MOVING + ROAD

STORY_OFFER = "sensibilisation-velo-electrique"


def tariff_for(offer: Offer, kind: OrganisationKind) -> Tariff:
    """The tariff of that kind of organisation, or everyone else's."""
    own = [tariff for tariff in offer.tariffs if tariff.organisation_kind == kind]
    return (own or [tariff for tariff in offer.tariffs if tariff.organisation_kind is None])[0]


def price_cents(tariff: Tariff, seats: int) -> int:
    """What a booking of `seats` would cost: net, before anybody froze it."""
    return tariff.amount_cents * (seats if tariff.mode == "per_seat" else 1)
