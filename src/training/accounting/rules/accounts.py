"""Journals and accounts of the entries (plan comptable général), until the accountant sets others. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from training.billing.rules.payments import Way
from training.kernel.errors import Invalid
from training.kernel.i18n import N_, _


@dataclass(frozen=True, slots=True)
class Accounts:
    """The codes that entries carry. Names are those of the table `accounting`."""

    sales_journal: str = "VE"
    bank_journal: str = "BQ"
    cash_journal: str = "CA"
    other_journal: str = "OD"
    sales_account: str = "706000"
    client_account: str = "411000"
    deposit_account: str = "419100"
    vat_account: str = "445710"
    vat_waiting_account: str = "445740"
    bank_account: str = "512000"
    cash_account: str = "530000"
    card_account: str = "511500"
    loss_account: str = "654000"
    waiting_account: str = "471000"


JOURNALS = ("sales_journal", "bank_journal", "cash_journal", "other_journal")
ACCOUNTS = tuple(f.name for f in fields(Accounts) if f.name not in JOURNALS)

# As the page asks for them. What an entry's CompteLib and JournalLib say is French, whoever reads: see `LABELS`.
NAMES: dict[str, str] = {
    "sales_journal": N_("Journal des ventes"),
    "bank_journal": N_("Journal de banque"),
    "cash_journal": N_("Journal de caisse"),
    "other_journal": N_("Journal des opérations diverses"),
    "sales_account": N_("Ventes de prestations"),
    "client_account": N_("Clients"),
    "deposit_account": N_("Acomptes reçus, jusqu’à la facture finale"),
    "vat_account": N_("TVA collectée"),
    "vat_waiting_account": N_("TVA en attente du paiement"),
    "bank_account": N_("Banque (virements, chèques)"),
    "cash_account": N_("Caisse (espèces)"),
    "card_account": N_("Paiements en ligne à encaisser"),
    "loss_account": N_("Créances irrécouvrables"),
    "waiting_account": N_("Compte d’attente"),
}
LABELS: dict[str, str] = {
    "sales_journal": "Ventes",
    "bank_journal": "Banque",
    "cash_journal": "Caisse",
    "other_journal": "Opérations diverses",
    "sales_account": "Prestations de services",
    "client_account": "Clients",
    "deposit_account": "Clients, avances et acomptes reçus",
    "vat_account": "TVA collectée",
    "vat_waiting_account": "TVA collectée en attente",
    "bank_account": "Banque",
    "cash_account": "Caisse",
    "card_account": "Paiements en ligne à encaisser",
    "loss_account": "Pertes sur créances irrécouvrables",
    "waiting_account": "Compte d’attente",
}
_JOURNAL = re.compile(r"[A-Z0-9]{1,5}")
# the first digits are the class: an entry of sales does not go to the bank by a slip of the finger
_CLASSES = {
    "sales_account": "7",
    "client_account": "4",
    "deposit_account": "4",
    "vat_account": "4",
    "vat_waiting_account": "4",
    "bank_account": "5",
    "cash_account": "5",
    "card_account": "45",
    "loss_account": "6",
    "waiting_account": "4",
}


def treasury(way: Way, accounts: Accounts) -> tuple[str, str]:
    """(journal, account), as names of `Accounts`, where money of a way stands."""
    if way == Way.CASH:
        return "cash_journal", "cash_account"
    return "bank_journal", "card_account" if way in (Way.CARD, Way.SEPA) else "bank_account"


def checked(wanted: Accounts) -> Accounts:
    """Invalid: a code that no journal or account of its class has. All of them, not the first."""
    errors: dict[str, str] = {}
    for name in JOURNALS:
        if not _JOURNAL.fullmatch(getattr(wanted, name)):
            errors[name] = _("Un journal a de une à cinq lettres majuscules ou chiffres.")
    for name in ACCOUNTS:
        classes = _CLASSES[name]
        if not re.fullmatch(rf"[{classes}][0-9]{{2,11}}[A-Z0-9]{{0,8}}", getattr(wanted, name)):
            words = _("Un compte commence par {classes} et a au moins trois chiffres.")
            errors[name] = words.format(classes=_(" ou ").join(classes))
    if errors:
        raise Invalid(errors)
    return wanted
