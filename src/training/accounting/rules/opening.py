"""What may be taken over from the ledger that was there before ours. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from training.kernel.i18n import _

NUMBER_MAX = 35  # EN 16931 BT-1
AMOUNT_MAX = 100_000_000_00  # cents: a hundred millions is a slip of the finger


def mistakes(
    number: str, issued_on: date, due_on: date, gross_cents: int, prefixes: Iterable[str], today: date
) -> dict[str, str]:
    """Field → sentence of what cannot be; a number of our own series would be taken for one of ours."""
    found: dict[str, str] = {}
    if not 0 < len(number) <= NUMBER_MAX:
        found["number"] = _("Indiquez le numéro, {most} caractères au plus.").format(most=NUMBER_MAX)
    elif any(re.fullmatch(rf"{prefix}\d{{4}}-\d+", number.upper()) for prefix in prefixes):
        found["number"] = _("Le numéro {number} a la forme des nôtres : il désignerait deux factures.").format(
            number=number
        )
    if issued_on > today:
        found["issued_on"] = _("Cette date n’est pas encore venue.")
    elif issued_on.year < 2000:
        found["issued_on"] = _("Cette date est trop ancienne.")
    if due_on < issued_on:
        found["due_on"] = _("L’échéance vient après la date de la facture.")
    elif due_on.year > today.year + 5:
        found["due_on"] = _("Cette échéance est trop lointaine.")
    if not 0 < gross_cents <= AMOUNT_MAX:
        found["amount"] = _("Indiquez un montant de plus de zéro.")
    return found
