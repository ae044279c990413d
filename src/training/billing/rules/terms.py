"""The words on late payment that the law wants on every invoice, by kind of buyer. Percentages change: none is here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.directory.rules.organisations import Buyer


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """When and how to pay, and what happens otherwise. The last three travel as coded notes (BR-FR-05)."""

    due: str  # BT-20
    penalty: str  # PMD
    recovery: str  # PMT
    discount: str  # AAB


DUE_DAYS = 30  # C. com. art. L441-10 I; CCP art. R2192-10

CREDIT_TERMS = "Avoir à déduire ou à rembourser."

_DISCOUNT = "Pas d’escompte pour paiement anticipé."  # C. com. art. L441-9

_PRIVATE = PaymentTerms(
    due="Paiement à {days} jours à compter de la date de facture.",
    # C. com. art. L441-10 II
    penalty="Pénalités de retard : trois fois le taux d’intérêt légal, exigibles sans rappel.",
    # C. com. art. D441-5
    recovery="Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 €.",
    discount=_DISCOUNT,
)

_PUBLIC = PaymentTerms(
    due="Paiement par mandat administratif sous {days} jours à compter de la réception de la facture "
    "(art. R2192-10 du Code de la commande publique).",
    # CCP art. R2192-31
    penalty="Intérêts moratoires de plein droit en cas de retard : taux directeur de la Banque centrale européenne "
    "majoré de huit points (art. R2192-31 du Code de la commande publique).",
    # CCP art. D2192-35
    recovery="Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 €.",
    discount=_DISCOUNT,
)

# C. com. art. L441-10 binds professionals between themselves: a consumer owes neither penalty nor 40 €
_PERSON = PaymentTerms(
    due="Paiement à {days} jours à compter de la date de facture, par virement, par chèque ou en espèces.",
    penalty="Aucune pénalité de retard n’est appliquée aux particuliers.",
    recovery="Aucune indemnité forfaitaire de recouvrement n’est appliquée aux particuliers.",
    discount=_DISCOUNT,
)


# Nor does an association that is in no register of firms: it is no professional (C. com. art. L441-10)
_ASSOCIATION = replace(
    _PERSON,
    penalty="Aucune pénalité de retard n’est appliquée aux associations non professionnelles.",
    recovery="Aucune indemnité forfaitaire de recouvrement n’est appliquée aux associations non professionnelles.",
)


def is_professional(buyer: Buyer, registered: str | None) -> bool:
    """Whether the law of late payment between professionals holds; `registered`: the buyer's SIRET or VAT number."""
    return buyer != Buyer.PERSON and not (buyer == Buyer.ASSOCIATION and not registered)


def default_terms(buyer: Buyer, days: int = DUE_DAYS, *, professional: bool = True) -> PaymentTerms:
    """The words that hold when the platform has not set its own; `days` is its delay of payment."""
    terms = {Buyer.PUBLIC: _PUBLIC, Buyer.PERSON: _PERSON}.get(buyer, _PRIVATE)
    if buyer == Buyer.ASSOCIATION and not professional:
        terms = _ASSOCIATION
    return replace(terms, due=terms.due.format(days=days))
