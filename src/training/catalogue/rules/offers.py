"""Kinds of offers, and their states. No I/O."""

from __future__ import annotations

from enum import StrEnum

from training.kernel.i18n import N_


class OfferKind(StrEnum):
    """Only `vocational` is an action de formation (C. trav. art. L6313-2) with all its paper."""

    AWARENESS = "awareness"
    WORKSHOP = "workshop"
    VOCATIONAL = "vocational"


class OfferState(StrEnum):
    """Only published offers are seen."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


OFFER_KIND_NAMES: dict[OfferKind, str] = {
    OfferKind.AWARENESS: N_("Sensibilisation"),
    OfferKind.WORKSHOP: N_("Atelier"),
    OfferKind.VOCATIONAL: N_("Formation professionnelle"),
}
