"""What kinds of organisations there are, their states, what they are to the law. No I/O."""

from __future__ import annotations

from enum import StrEnum

from training.kernel.actor import Actor
from training.kernel.countries import HOME
from training.kernel.errors import Conflict, allows
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission


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
    PERSON = "person"


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


def check_approve(state: OrganisationState) -> None:
    """Conflict unless somebody has still to look at an organisation."""
    if state == OrganisationState.APPROVED:
        raise Conflict(_("Cette structure est déjà validée."))
    if state != OrganisationState.PENDING:
        raise Conflict(_("Cette structure n’attend pas d’être validée."))


def may_approve(actor: Actor, state: OrganisationState) -> bool:
    """Whether the page offers to vouch for an organisation."""
    return actor.may(Permission.ORGANISATIONS_APPROVE) and allows(check_approve, state)


KIND_NAMES: dict[OrganisationKind, str] = {
    OrganisationKind.COMMUNE: N_("Commune"),
    OrganisationKind.INTERCOMMUNALITY: N_("Intercommunalité"),
    OrganisationKind.DEPARTEMENT: N_("Département"),
    OrganisationKind.OTHER_PUBLIC: N_("Autre organisme public"),
    OrganisationKind.INSERTION: N_("Structure d’insertion"),
    OrganisationKind.ASSOCIATION: N_("Association"),
    OrganisationKind.COMPANY: N_("Entreprise"),
    OrganisationKind.SCHOOL: N_("Établissement scolaire"),
    OrganisationKind.PERSON: N_("Particulier"),
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
    OrganisationKind.PERSON: Buyer.PERSON,
}


def usual_buyer(kind: OrganisationKind, country: str) -> Buyer:
    """What a kind of organisation is to the law; Chorus Pro has no public body of another country."""
    buyer = USUAL_BUYER[kind]
    return Buyer.COMPANY if buyer == Buyer.PUBLIC and country != HOME else buyer
