"""What invoices need to know of an organisation, and what can be among it. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.directory.rules.numbers import POSTCODE
from training.directory.rules.organisations import Buyer
from training.kernel.countries import HOME, in_union, vat_prefix
from training.kernel.i18n import _


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
    """What staff keep of an organisation, most of it for its invoices; `services` is the whole list."""

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
    phone: str | None = None
    website: str | None = None


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
    # Without an address an organisation books; its invoices wait for one (`billing.rules.issuing`).
    errors = {name: _("À remplir.") for name in ("name", "postcode", "city") if not getattr(facts, name).strip()}
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
