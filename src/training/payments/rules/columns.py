"""What the columns of a bank's CSV may mean, and which of them a statement needs. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from training.kernel.i18n import N_, _


class Meaning(StrEnum):
    """What a column holds."""

    IGNORED = "ignored"
    DATE = "date"
    AMOUNT = "amount"
    DEBIT = "debit"
    CREDIT = "credit"
    LABEL = "label"
    PAYER = "payer"
    IBAN = "iban"
    REFERENCE = "reference"
    CURRENCY = "currency"
    STATUS = "status"
    ACCOUNT = "account"


MEANING_NAMES: dict[Meaning, str] = {
    Meaning.IGNORED: N_("Ne pas lire"),
    Meaning.DATE: N_("Date de l’opération"),
    Meaning.AMOUNT: N_("Montant, signé"),
    Meaning.DEBIT: N_("Débit (sorties)"),
    Meaning.CREDIT: N_("Crédit (entrées)"),
    Meaning.LABEL: N_("Libellé"),
    Meaning.PAYER: N_("Nom du donneur d’ordre"),
    Meaning.IBAN: N_("IBAN du donneur d’ordre"),
    Meaning.REFERENCE: N_("Référence du donneur d’ordre"),
    Meaning.CURRENCY: N_("Devise"),
    Meaning.STATUS: N_("État : faite, en attente, refusée"),
    Meaning.ACCOUNT: N_("Notre propre compte"),
}
SEVERAL = (Meaning.IGNORED, Meaning.LABEL)  # the others: one column at most


def check_mapping(mapping: Sequence[Meaning]) -> str | None:
    """What is wrong with what a person said of the columns, in words; None when nothing is."""
    twice = [m for m in Meaning if m not in SEVERAL and list(mapping).count(m) > 1]
    if twice:
        return _("Deux colonnes ne peuvent pas être « {name} ».").format(name=_(MEANING_NAMES[twice[0]]))
    if Meaning.DATE not in mapping:
        return _("Dites quelle colonne porte la date de l’opération.")
    signed, split = Meaning.AMOUNT in mapping, Meaning.CREDIT in mapping
    if signed == split or (signed and Meaning.DEBIT in mapping):
        return _("Choisissez soit une colonne de montants signés, soit des colonnes de débit et de crédit.")
    if Meaning.LABEL not in mapping:
        return _("Dites quelle colonne porte le libellé : c’est là que se lisent les numéros de facture.")
    return None
