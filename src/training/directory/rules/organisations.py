"""What kinds of organisations there are, their states, what they are to the law. No I/O."""

from __future__ import annotations

from enum import StrEnum

from training.kernel.actor import Actor
from training.kernel.countries import HOME
from training.kernel.errors import Conflict, Forbidden, Invalid, allows
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


S = OrganisationState

# Who is known and may act; who was refused or is archived only reads, pays and is written to about what was.
CURRENT = frozenset({S.PENDING, S.APPROVED})  # as organisation_current() in SQL


class OrganisationClosed(Forbidden):
    """The organisation was refused, or is archived: nothing new is done with it, by whatever door."""

    slug = "organisation-closed"


def check_current(state: OrganisationState, name: str, see: str | None = None) -> None:
    """OrganisationClosed unless something new may be done with an organisation; `see`: which one it is archived for."""
    if state in CURRENT:
        return
    if state == S.REFUSED:
        raise OrganisationClosed(
            _("L’inscription de « {name} » n’a pas été acceptée : appelez-nous.").format(name=name)
        )
    if see:
        words = _("« {name} » est archivée : voir « {see} ».")
        raise OrganisationClosed(words.format(name=name, see=see))
    words = _("« {name} » est archivée : plus rien de nouveau ne s’y fait. Appelez-nous.")
    raise OrganisationClosed(words.format(name=name))


def check_approve(state: OrganisationState) -> None:
    """Conflict unless somebody has still to look at an organisation, or had refused it."""
    if state == S.APPROVED:
        raise Conflict(_("Cette structure est déjà validée."))
    if state == S.ARCHIVED:
        raise Conflict(_("Cette structure est archivée : rétablissez-la plutôt."))


def check_refuse(state: OrganisationState) -> None:
    """Conflict unless an organisation waits to be let in: whoever is second is told what the first one did."""
    if state == S.APPROVED:
        raise Conflict(_("Cette structure vient d’être validée : archivez-la si c’est une erreur."))
    if state != S.PENDING:
        raise Conflict(_("Cette structure n’attend plus de réponse."))


def check_archive(state: OrganisationState) -> None:
    """Conflict unless an organisation is one that books: a request is refused, or attached to another."""
    if state == S.PENDING:
        raise Conflict(_("Cette structure attend une réponse : validez-la, refusez-la, ou rattachez-la à une autre."))
    if state != S.APPROVED:
        raise Conflict(_("Cette structure n’est plus en activité."))


def check_attach(state: OrganisationState) -> None:
    """Conflict unless an organisation waits to be let in."""
    if state == S.APPROVED:
        raise Conflict(_("Cette structure vient d’être validée : elle ne se rattache plus, elle s’archive."))
    check_refuse(state)


def check_bring_back(state: OrganisationState) -> None:
    """Conflict unless it is archived."""
    if state != S.ARCHIVED:
        raise Conflict(_("Cette structure n’est pas archivée."))


def check_one(siret: str | None, other: str | None) -> None:
    """Conflict when they are two for sure: two SIRETs are two establishments."""
    if siret and other and siret != other:
        words = _("Ces deux structures ont des numéros SIRET différents : ce n’est pas la même.")
        raise Conflict(words, field="see")


def check_reason(reason: str) -> str:
    """The words for who is refused. Invalid: none."""
    if not reason.strip():
        raise Invalid(_("Donnez le motif : ce texte part dans le courriel à la structure."), field="reason")
    return reason.strip()


def may_approve(actor: Actor, state: OrganisationState) -> bool:
    """Whether the page offers to vouch for an organisation."""
    return actor.may(Permission.ORGANISATIONS_APPROVE) and allows(check_approve, state)


def may_refuse(actor: Actor, state: OrganisationState) -> bool:
    """Whether the page offers to refuse an organisation, or to attach it to another."""
    return actor.may(Permission.ORGANISATIONS_APPROVE) and allows(check_refuse, state)


def may_archive(actor: Actor, state: OrganisationState) -> bool:
    """Whether the page offers to archive an organisation."""
    return actor.may(Permission.ORGANISATIONS_APPROVE) and allows(check_archive, state)


def may_bring_back(actor: Actor, state: OrganisationState) -> bool:
    """Whether the page offers to bring an organisation back."""
    return actor.may(Permission.ORGANISATIONS_APPROVE) and allows(check_bring_back, state)


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
