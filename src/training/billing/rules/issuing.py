"""What an invoice cannot be issued without. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory.rules import Buyer, OrganisationState
from training.kernel.i18n import _


@dataclass(frozen=True, slots=True)
class Seller:
    """What counts of the platform."""

    siret: str | None
    iban: str | None


@dataclass(frozen=True, slots=True)
class Payer:
    """What counts of who pays. `reached`: somebody there receives the invoices."""

    name: str
    siret: str | None
    buyer: Buyer
    state: OrganisationState
    reached: bool


def missing(seller: Seller, payer: Payer) -> list[str]:
    """What keeps an invoice from being issued, each thing in a sentence; empty when nothing does."""
    identified = bool(payer.siret) or payer.buyer == Buyer.PERSON
    checks = (
        (seller.siret, _("La plateforme n’a pas encore de numéro SIRET : complétez son identité.")),
        (seller.iban, _("La plateforme n’a pas encore d’IBAN : complétez son identité.")),
        (identified, _("Il manque le numéro SIRET de {name}.").format(name=payer.name)),
        (payer.reached, _("Personne ne reçoit les factures de {name}.").format(name=payer.name)),
        (payer.state == OrganisationState.APPROVED, _("{name} n’est pas encore validée.").format(name=payer.name)),
    )
    return [words for good, words in checks if not good]
