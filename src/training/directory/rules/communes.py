"""A commune as somebody types it: its name and a postcode, without what letters add to them. No I/O."""

from __future__ import annotations

import re

from training.directory.rules.numbers import POSTCODE
from training.kernel.errors import Invalid
from training.kernel.i18n import _

LONGEST = 100  # characters of a name: Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson has 45

_CEDEX = re.compile(r"\bcedex\b.*$", re.IGNORECASE)
# Three towns have districts with postcodes of their own: « Paris 12e », « LYON 03 », « Marseille 1er arrondissement ».
_DISTRICT = re.compile(r"\b(paris|lyon|marseille)\s+0?\d{1,2}\s*(er|e|ème|eme)?(\s+arrondissement)?$", re.IGNORECASE)


def says_cedex(name: str) -> bool:
    """Whether the postcode beside this name is one for letters to companies, which no list of communes has."""
    return _CEDEX.search(name) is not None


def plain_name(typed: str) -> str:
    """The commune's own name: without « cedex 9 », without the district of a town."""
    name = _CEDEX.sub("", " ".join(typed.split())).strip(" ,-")
    return _DISTRICT.sub(r"\1", name)


def check_commune(city: str, postcode: str) -> tuple[str, str]:
    """A name and a postcode that can be those of a commune. Invalid, beside what is wrong: `city`, `postcode`."""
    name, digits, errors = plain_name(city), re.sub(r"\s", "", postcode), {}
    if not name:
        errors["city"] = _("Indiquez la commune.")
    elif len(name) > LONGEST:
        errors["city"] = _("{most} caractères au plus ; il y en a {n}.").format(most=LONGEST, n=len(name))
    elif re.search(r"\d", name) or not re.search(r"[^\W\d_]", name):
        errors["city"] = _("Le nom d’une commune n’a pas de chiffre : le code postal s’écrit à côté.")
    if not POSTCODE.fullmatch(digits):
        errors["postcode"] = _("Un code postal a cinq chiffres.")
    if errors:
        raise Invalid(errors)
    return name, digits


def department_of(postcode: str) -> str:
    """How the postcodes of its département begin: two digits, three overseas."""
    return postcode[: 3 if postcode.startswith(("97", "98")) else 2]
