"""What a partner must be, and what ends with it. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.directory.rules.numbers import POSTCODE, check_email, check_siret, check_website
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _


def check_partner(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a partner is said to be, as it is kept; Invalid names every field that cannot be."""
    kept, errors = dict(values), {}
    if not str(kept.get("name", " ")).strip() and "name" in kept:
        errors["name"] = _("À remplir.")
    for name, check in (("email", check_email), ("website", check_website), ("siret", check_siret)):
        if kept.get(name):
            try:
                kept[name] = check(kept[name])
            except ValueError as error:
                errors[name] = str(error)
    if kept.get("postcode") and not POSTCODE.fullmatch(kept["postcode"]):
        errors["postcode"] = _("Un code postal a cinq chiffres.")
    if errors:
        raise Invalid(errors)
    return kept


def check_active(active: bool) -> None:
    """Conflict: it is archived, and gets nothing new."""
    if not active:
        raise Conflict(_("Ce partenaire est archivé : réactivez-le d’abord."))
