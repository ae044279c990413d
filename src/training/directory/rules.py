"""What kinds of organisations there are, what a SIRET or an IBAN must be, who answers, names as addresses. No I/O."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from stdnum import iban
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siret, tva

from training.kernel.actor import Actor
from training.kernel.characters import unstacked
from training.kernel.countries import HOME, in_union, vat_prefix
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


class ChorusNeeds(StrEnum):
    """What a public buyer wants on an invoice besides its SIRET, as its page in the Chorus Pro directory says."""

    NONE = "none"
    SERVICE = "service"
    ENGAGEMENT = "engagement"
    EITHER = "either"
    BOTH = "both"


class VatAbroad(StrEnum):
    """Which VAT a buyer abroad is invoiced under: its accountant chooses (CGI art. 259, 259 A, 283)."""

    AS_HERE = "as_here"  # the service is located in France: the platform's own regime
    REVERSE_CHARGE = "reverse_charge"  # a taxable buyer of the European Union owes the VAT of its own country
    OUTSIDE = "outside"  # located outside of the Union: no French VAT, and none for the buyer to declare here


class BillingMoment(StrEnum):
    """When a booking of an organisation becomes billable."""

    HELD = "held"
    CONFIRMED = "confirmed"
    MONTHLY = "monthly"


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


SERVICE_CODE_MAX = 100  # Chorus Pro, annexe A
ENGAGEMENT_MAX = 50  # BR-FR-CPRO-15
CONTRACT_MAX = 50  # BR-FR-CPRO-14


PUBLIC_DAYS = 30  # CCP art. R2192-10
PRIVATE_DAYS = 60  # C. com. art. L441-10 I


@dataclass(frozen=True, slots=True)
class Service:
    """A service of a public buyer, as the Chorus Pro directory names it."""

    code: str
    label: str
    engagement_required: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class BillingFacts:
    """What staff keep of an organisation for its invoices; `services` is the whole list."""

    name: str
    buyer: Buyer
    siret: str | None
    vat_number: str | None
    address: str
    postcode: str
    city: str
    service_code: str | None
    chorus_needs: ChorusNeeds
    contract_reference: str | None
    billing_moment: BillingMoment
    early_billing_reason: str | None
    online_payment_reason: str | None
    payment_days: int | None
    client_account: str | None
    services: tuple[Service, ...] = ()
    rna: str | None = None
    taxable: bool | None = None
    country: str = HOME
    billing_address: str = ""
    vat_abroad: VatAbroad | None = None


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What an organisation says of itself for its invoices; None, or nothing, where it does not say."""

    siret: str | None = None
    rna: str | None = None
    taxable: bool | None = None
    vat_number: str | None = None
    billing_address: str = ""

    @property
    def given(self) -> dict[str, str | bool]:
        """What it does say, by column."""
        said = {name: getattr(self, name) for name in ("siret", "rna", "taxable", "vat_number", "billing_address")}
        return {name: value for name, value in said.items() if value not in (None, "")}


def asked_of(
    buyer: Buyer, country: str, *, siret: object, rna: object, taxable: object, vat_number: object, billed_at: object
) -> frozenset[str]:
    """Which of its own facts an organisation is asked for: those that it could have and nobody knows."""
    here, person = country == HOME, buyer == Buyer.PERSON
    could = {
        "siret": here and not person and not siret,
        "rna": here and buyer == Buyer.ASSOCIATION and not rna,
        "taxable": buyer in (Buyer.ASSOCIATION, Buyer.COMPANY) and taxable is None,
        "vat_number": not here and not person and in_union(country) and not vat_number,
        "billing_address": not billed_at,
    }
    return frozenset(name for name, asks in could.items() if asks)


def needs_siret(buyer: Buyer, country: str) -> bool:
    """Whether a buyer is invoiced with a SIRET (EN 16931 BT-47): a small association may have none."""
    return country == HOME and buyer in (Buyer.PUBLIC, Buyer.COMPANY)


def billing_faults(facts: BillingFacts) -> dict[str, str]:
    """What cannot be among an organisation's billing facts, field by field; empty when all can."""
    errors = {
        name: _("À remplir.") for name in ("name", "address", "postcode", "city") if not getattr(facts, name).strip()
    }
    if facts.country == HOME:
        if "postcode" not in errors and not POSTCODE.fullmatch(facts.postcode):
            errors["postcode"] = _("Un code postal a cinq chiffres.")
        if facts.vat_number and not facts.vat_number.startswith("FR"):
            errors["vat_number"] = _("Ce numéro de TVA est d’un autre pays que l’adresse.")
    else:
        errors.pop("postcode", None)  # not every country has them
        if facts.buyer == Buyer.PUBLIC:
            errors["buyer"] = _("Un organisme public étranger se facture comme une entreprise : Chorus Pro ne l’a pas.")
        errors |= _vat_abroad_faults(facts)
    public = facts.buyer == Buyer.PUBLIC
    if public and facts.billing_moment == BillingMoment.CONFIRMED and not facts.early_billing_reason:
        # décret 2012-1246 art. 33: a public accountant pays after the service
        errors["early_billing_reason"] = _(
            "Un organisme public paie après le service fait : donnez le motif pour le facturer avant, ou choisissez "
            "« après la séance »."
        )
    most = PUBLIC_DAYS if public else PRIVATE_DAYS
    if facts.payment_days is not None and not 0 <= facts.payment_days <= most:
        errors["payment_days"] = _("{most} jours au plus pour cette structure.").format(most=most)
    if len({service.code for service in facts.services}) < len(facts.services):
        errors["services"] = _("Le même code service est écrit deux fois.")
    return errors


def _vat_abroad_faults(facts: BillingFacts) -> dict[str, str]:
    """What speaks against the accountant's choice for a buyer abroad."""
    union, number = in_union(facts.country), facts.vat_number or ""
    if number and union and not number.startswith(("FR", vat_prefix(facts.country))):
        return {"vat_number": _("Ce numéro de TVA est d’un autre pays que l’adresse.")}
    if facts.vat_abroad == VatAbroad.REVERSE_CHARGE:
        if not union:
            words = _("L’autoliquidation vaut dans l’Union européenne : choisissez une autre réponse.")
            return {"vat_abroad": words}
        if facts.buyer == Buyer.PERSON:
            return {"vat_abroad": _("Un particulier n’autoliquide pas : choisissez une autre réponse.")}
        if not number or number.startswith("FR"):
            # CGI art. 283-2: who is registered in France, or nowhere, does not owe the VAT in our place
            words = _("L’autoliquidation demande le numéro de TVA du client dans son pays. Exemple : BE0428759497.")
            return {"vat_number": words}
    if facts.vat_abroad == VatAbroad.OUTSIDE and union:
        return {"vat_abroad": _("Cette réponse vaut hors de l’Union européenne : choisissez-en une autre.")}
    return {}


POSTCODE = re.compile(r"[0-9]{5}")  # French addresses: it is printed, and frozen, on invoices


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


def check_iban(text: str) -> str:
    """An IBAN as banks write it, without spaces. ValueError, with a sentence, when its check digits are wrong."""
    try:
        return str(iban.validate(text))
    except ValidationError:
        raise ValueError(_("Cet IBAN a une faute de frappe : sa clé ne tombe pas juste.")) from None


def check_bic(text: str) -> str:
    """A BIC: 8 or 11 characters (ISO 9362)."""
    return _code(text, r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", _("Un BIC a 8 ou 11 caractères, par exemple AGRIFRPP."))


def check_vat_number(text: str) -> str:
    """A French VAT number with its country code."""
    try:
        return "FR" + str(tva.validate(text))
    except ValidationError:
        raise ValueError(_("Ce numéro de TVA n’est pas juste. Exemple : FR40303265045.")) from None


def check_buyer_vat_number(text: str) -> str:
    """The VAT number of a buyer: of any country of the European Union, which its first two letters name."""
    number = re.sub(r"[\s\u00a0\u202f.-]", "", text).upper()
    if number.startswith("FR") or not number[:2].isalpha():
        return check_vat_number(text)
    try:
        return str(eu_vat.validate(number))
    except ValidationError:
        raise ValueError(_("Ce numéro de TVA n’est pas juste. Exemple : BE0428759497.")) from None


def check_rna(text: str) -> str:
    """An association's number in the national register: W and nine characters."""
    wrong = _("Un numéro RNA commence par W et a dix caractères, par exemple W611002345.")
    return _code(text, r"W[0-9A-Z]{9}", wrong)


def check_account(text: str) -> str:
    """An account's number: it begins with three figures of the plan comptable général (FEC, CompteNum)."""
    wrong = _("Un numéro de compte commence par trois chiffres, par exemple 706000.")
    return _code(text, r"[1-9][0-9]{2}[0-9A-Z]{0,17}", wrong)


def check_analytic_code(text: str) -> str:
    """A code of the analytic plan: short, without spaces."""
    return _code(text, r"[0-9A-Z._/-]{1,20}", _("Vingt lettres, chiffres ou tirets au plus, par exemple ATELIER-2."))


def _code(text: str, pattern: str, wrong: str) -> str:
    """A code as it is written: without spaces, in capitals. ValueError, in the words given, when it is none."""
    code = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(pattern, code):
        raise ValueError(wrong)
    return code


def check_website(text: str) -> str:
    """The address of another site: https or http, with a host."""
    if not re.fullmatch(r"https?://[^\s/?#@]+\.[^\s/?#@]+([/?#]\S*)?", text):
        raise ValueError(_("L’adresse commence par https://"))
    return text


PEOPLE_MAX = 12  # who answers fits on a page


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Somebody who answers, as pages name them."""

    name: str
    role: str = ""


def people_of(text: str) -> tuple[TeamMember, ...]:
    """Who answers, one a line: « Prénom Nom, rôle »."""
    lines = (line.partition(",") for line in text.splitlines() if line.strip())
    return tuple(TeamMember(name.strip(), role.strip()) for name, _comma, role in lines)


def check_people(text: str) -> str:
    """The lines as they are kept. ValueError says which one does not name somebody and what they do."""
    people = people_of(text)
    if len(people) > PEOPLE_MAX:
        raise ValueError(_("Nommez {most} personnes au plus.").format(most=PEOPLE_MAX))
    for number, person in enumerate(people, start=1):
        if not person.name or not person.role:
            raise ValueError(_("Ligne {n} : écrivez « Prénom Nom, rôle », avec la virgule.").format(n=number))
        if len(person.name) > 80 or len(person.role) > 100:
            raise ValueError(_("Ligne {n} : 80 caractères au plus pour le nom, 100 pour le rôle.").format(n=number))
    return "\n".join(f"{person.name}, {person.role}" for person in people)


def slug(text: str) -> str:
    """A name as an address can carry it: "Commune d'Alençon" → "commune-d-alencon"."""
    plain = (
        unicodedata.normalize("NFKD", unstacked(text).replace("œ", "oe").replace("Œ", "oe").replace("’", "'"))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-") or "sans-nom"
