"""What kinds of organisations there are, what makes a good SIRET, and how names become addresses. No I/O."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from stdnum.exceptions import ValidationError
from stdnum.fr import siret

from training.kernel.i18n import N_, _


class OrganisationKind(StrEnum):
    """What an organisation is to the catalogue: tariffs are by kind."""

    COMMUNE = "commune"
    INTERCOMMUNALITY = "intercommunality"
    DEPARTEMENT = "departement"
    OTHER_PUBLIC = "other_public"
    INSERTION = "insertion"
    ASSOCIATION = "association"
    COMPANY = "company"
    SCHOOL = "school"


class Buyer(StrEnum):
    """What an organisation is to the law of payment and to VAT."""

    PUBLIC = "public"  # pays by mandat administratif, invoiced through Chorus Pro
    COMPANY = "company"
    ASSOCIATION = "association"
    PERSON = "person"


class OrganisationState(StrEnum):
    """`pending` until somebody of the platform has looked at it."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    ARCHIVED = "archived"


KIND_NAMES: dict[OrganisationKind, str] = {
    OrganisationKind.COMMUNE: N_("Commune"),
    OrganisationKind.INTERCOMMUNALITY: N_("Intercommunalité"),
    OrganisationKind.DEPARTEMENT: N_("Département"),
    OrganisationKind.OTHER_PUBLIC: N_("Autre organisme public"),
    OrganisationKind.INSERTION: N_("Structure d’insertion"),
    OrganisationKind.ASSOCIATION: N_("Association"),
    OrganisationKind.COMPANY: N_("Entreprise"),
    OrganisationKind.SCHOOL: N_("Établissement scolaire"),
}

# Who registers says what they are; what they are to the law follows, and staff may correct it.
USUAL_BUYER: dict[OrganisationKind, Buyer] = {
    OrganisationKind.COMMUNE: Buyer.PUBLIC,
    OrganisationKind.INTERCOMMUNALITY: Buyer.PUBLIC,
    OrganisationKind.DEPARTEMENT: Buyer.PUBLIC,
    OrganisationKind.OTHER_PUBLIC: Buyer.PUBLIC,
    OrganisationKind.INSERTION: Buyer.ASSOCIATION,
    OrganisationKind.ASSOCIATION: Buyer.ASSOCIATION,
    OrganisationKind.COMPANY: Buyer.COMPANY,
    OrganisationKind.SCHOOL: Buyer.PUBLIC,
}


def check_siret(text: str) -> str:
    """The 14 digits of a SIRET as typed, with or without spaces. ValueError, with a sentence, when it is none.

    The check digit is Luhn's, La Poste's own rule included (stdnum knows both).
    """
    digits = re.sub(r"[\s\u00a0\u202f.]", "", text)
    if not digits.isdigit() or len(digits) != 14:
        raise ValueError(
            _("Un numéro SIRET a 14 chiffres ; celui-ci en a {n}.").format(n=sum(map(str.isdigit, digits)))
        )
    try:
        return str(siret.validate(digits))
    except ValidationError:
        raise ValueError(_("Ce numéro SIRET a une faute de frappe : sa clé ne tombe pas juste.")) from None


_EMAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\]{1,64}@[^@\s<>\"(),:;\[\]\\]{1,190}\.[^@\s<>\"(),:;\[\]\\.]{2,63}")


def check_email(text: str) -> str:
    """A mail address as typed, its domain in lower case. ValueError, with a sentence, when it cannot be one."""
    address = text.strip()
    if len(address) > 200 or not _EMAIL.fullmatch(address) or ".." in f".{address.replace('@', '.')}":  # RFC 5321 4.1.2
        raise ValueError(_("Cette adresse n’est pas complète. Exemple : prenom.nom@mairie.example.org"))
    local, domain = address.rsplit("@", 1)
    return f"{local}@{domain.lower()}"


def slug(text: str) -> str:
    """A name as an address can carry it: "Commune d'Alençon" → "commune-d-alencon"."""
    plain = (
        unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe").replace("’", "'"))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-") or "sans-nom"
