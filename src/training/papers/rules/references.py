"""The buyer's own numbers on a paper, and what it is about: as long as Chorus Pro takes them. No I/O."""

from __future__ import annotations

from training.directory.rules import CONTRACT_MAX, ENGAGEMENT_MAX, SERVICE_CODE_MAX
from training.kernel.errors import Invalid
from training.kernel.i18n import _

SUBJECT_MAX = 200


def check_references(
    *, purchase_order: str = "", service_code: str = "", contract_reference: str = "", subject: str = ""
) -> None:
    """Invalid, field by field, where a buyer's reference is longer than Chorus Pro takes it, or does not write."""
    limits = {
        "purchase_order": (purchase_order, ENGAGEMENT_MAX),
        "service_code": (service_code, SERVICE_CODE_MAX),
        "contract_reference": (contract_reference, CONTRACT_MAX),
        "subject": (subject, SUBJECT_MAX),
    }
    errors = {}
    for field, (text, most) in limits.items():
        if len(text) > most:
            errors[field] = _("{n} caractères au plus.").format(n=most)
        elif not text.isprintable():
            errors[field] = _("Ce texte contient un caractère qui ne s’imprime pas.")
    if errors:
        raise Invalid(errors)
