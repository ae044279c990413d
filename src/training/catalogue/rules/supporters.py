"""Who stands behind what is offered: partners, and who pays for it. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import N_, _

NAME_MOST, LINK_MOST, SENTENCE_MOST, ALT_MOST, POSITION_MOST = 100, 300, 200, 200, 999


class SupporterKind(StrEnum):
    """How somebody supports the platform."""

    PARTNER = "partner"
    FUNDER = "funder"


SUPPORTER_KIND_NAMES: dict[SupporterKind, str] = {
    SupporterKind.PARTNER: N_("Partenaire"),
    SupporterKind.FUNDER: N_("Financeur"),
}


@dataclass(frozen=True, slots=True)
class NewSupporter:
    """A supporter as staff write it. `alt`: what the logo shows; without a logo, the name stands in its place.

    A funder's days are those of its agreement, both ends included; None is for ever.
    """

    kind: SupporterKind
    name: str
    link: str | None
    sentence: str
    position: int
    alt: str | None
    valid_from: date | None = None
    valid_until: date | None = None


def check_supporter(new: NewSupporter, *, has_logo: bool) -> None:
    """Invalid names the field: a name, a safe address, and words for the logo where there is one."""
    errors = {}
    if not 0 < len(new.name) <= NAME_MOST:
        errors["name"] = _("Écrivez de 1 à {most} caractères.").format(most=NAME_MOST)
    if new.link is not None and not re.fullmatch(r"https://[^\s/?#@]+\.[^\s/?#@]+([/?#]\S*)?", new.link):
        errors["link"] = _("L’adresse commence par https://")
    if has_logo and not new.alt:
        errors["alt"] = _("Dites ce que le logo montre : son nom suffit souvent.")
    if new.valid_from and new.valid_until and new.valid_until < new.valid_from:
        errors["valid_until"] = _("La fin vient avant le début.")
    if errors:
        raise Invalid(errors=errors)


def check_named(active: bool) -> None:
    """Conflict: who is archived is read, and no longer written."""
    if not active:
        raise Conflict(_("C’est archivé : rouvrez-le d’abord."))
