"""What an invoice cannot be issued without, as checks that a page shows in green or in words. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from training.billing.rules.states import InvoiceState
from training.directory.rules.billing_facts import ChorusNeeds
from training.directory.rules.organisations import Buyer, OrganisationState
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, allows
from training.kernel.i18n import N_, _, ngettext
from training.kernel.permissions import Permission
from training.papers.rules.references import LONGEST, NO_REFERENCES, References, chorus_lacking


class CheckKey(StrEnum):
    """What is looked at, in the order in which a page shows it."""

    SIRET = "siret"
    TAXABLE = "taxable"
    ABROAD = "abroad"
    SERVICE = "service"
    ENGAGEMENT = "engagement"
    CONTRACT = "contract"
    CONTACT = "contact"
    ADDRESS = "address"
    HEAD_COUNT = "head_count"
    TOTAL = "total"
    APPROVED = "approved"
    SPLIT = "split"
    SELLER_SIRET = "seller_siret"
    SELLER_IBAN = "seller_iban"
    SELLER_VAT = "seller_vat"


ASKABLE = frozenset({CheckKey.SIRET, CheckKey.SERVICE, CheckKey.ENGAGEMENT})  # what the client alone knows


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: fine, with what was found, or not, with what to do."""

    key: CheckKey
    ok: bool
    words: str
    warns: bool = False  # fine, and yet somebody should look: it never blocks


# Of whom somebody of the team has said that they know it; what an archived one had booked is still invoiced.
_VOUCHED_FOR = frozenset({OrganisationState.APPROVED, OrganisationState.ARCHIVED})


@dataclass(frozen=True, slots=True)
class Seller:
    """What counts of the platform."""

    siret: str | None
    iban: str | None
    lacks_vat_number: bool = False  # the regime wants one of the platform, which has none


@dataclass(frozen=True, slots=True)
class Payer:
    """What counts of who pays. `reached`: somebody there receives the invoices."""

    name: str
    siret: str | None
    buyer: Buyer
    state: OrganisationState
    reached: bool
    needs: ChorusNeeds = ChorusNeeds.NONE
    taxable: bool | None = None
    abroad: bool = False
    vat_chosen: bool = False  # by the accountant, for a buyer abroad
    addressed: bool = True  # who was made while on the telephone has no address yet


@dataclass(frozen=True, slots=True)
class CheckedReferences:
    """The buyer's own numbers on the invoice, and what its directory says of the chosen service.

    `known` is False for a service that the buyer's list does not have, or has no more.
    """

    said: References = NO_REFERENCES
    engagement_required: bool = False
    known: bool = True


@dataclass(frozen=True, slots=True)
class Counted:
    """The head-count of one booking on the invoice; `present` None: nobody has counted.

    `split`: its several payers make the whole, which they do not any more when its seats changed.
    """

    seats: int
    present: int | None
    held: bool
    split: bool = True


def checks(
    seller: Seller,
    payer: Payer,
    references: CheckedReferences = CheckedReferences(),
    counts: Sequence[Counted] = (),
    gross_cents: int = 0,
) -> list[Check]:
    """Everything that is looked at before an invoice is issued. `gross_cents`: its total."""
    found, long = [_siret(payer), *_vat_of(payer)], _lengths(references.said)
    if payer.buyer == Buyer.PUBLIC:
        found += [check for check in _chorus(payer, references) if check.key not in {c.key for c in long}]
    found += long
    found.append(_contact(payer))
    if not payer.addressed:  # CGI ann. II art. 242 nonies A, I 1°
        words = _("L’adresse de {name} manque : elle figure sur la facture.")
        found.append(Check(CheckKey.ADDRESS, False, words.format(name=payer.name)))
    if counts:
        found += [_head_count(counts), *_split(counts)]
    if gross_cents < 0:
        words = _("Le total est négatif : retirez une remise, ou faites un avoir.")
        found.append(Check(CheckKey.TOTAL, False, words))
    return [*found, *_parties(seller, payer)]


def missing(
    seller: Seller,
    payer: Payer,
    references: CheckedReferences = CheckedReferences(),
    counts: Sequence[Counted] = (),
    gross_cents: int = 0,
) -> list[str]:
    """What keeps an invoice from being issued, each thing in a sentence; empty when nothing does."""
    return said(checks(seller, payer, references, counts, gross_cents))


def said(found: Iterable[Check]) -> list[str]:
    """The words of what is not as it should be."""
    return [check.words for check in found if not check.ok]


def check_issue(state: InvoiceState, found: Iterable[Check]) -> None:
    """Conflict unless a document is a draft that lacks nothing; the sentences say what."""
    if state != InvoiceState.DRAFT:
        raise Conflict(_("Cette facture est déjà émise : elle ne change plus."))
    if lacking := said(found):
        raise Conflict(" ".join(lacking))


def may_issue(actor: Actor, state: InvoiceState, found: Iterable[Check]) -> bool:
    """Whether the page offers to number a draft for ever."""
    return actor.may(Permission.INVOICES_ISSUE) and allows(check_issue, state, found)


def askable(found: Iterable[Check]) -> bool:
    """Whether something is missing that the client can say."""
    return any(not check.ok and check.key in ASKABLE for check in found)


def may_be_asked(found: Sequence[Check]) -> bool:
    """Whether something is missing that the client can say, and somebody there reads it."""
    return askable(found) and any(check.ok for check in found if check.key == CheckKey.CONTACT)


def _siret(payer: Payer) -> Check:
    if payer.siret:
        return Check(CheckKey.SIRET, True, _("SIRET {siret}").format(siret=payer.siret))
    if payer.buyer == Buyer.PERSON:
        return Check(CheckKey.SIRET, True, _("Particulier : pas de SIRET"))
    if payer.abroad:
        return Check(CheckKey.SIRET, True, _("À l’étranger : pas de SIRET"))
    if payer.buyer == Buyer.ASSOCIATION:
        return Check(CheckKey.SIRET, True, _("Association sans SIRET"))
    return Check(CheckKey.SIRET, False, _("Il manque le numéro SIRET de {name}.").format(name=payer.name))


def _vat_of(payer: Payer) -> list[Check]:
    """What VAT wants to know of who pays: which circuit of e-invoicing, which country's tax."""
    found = []
    if payer.abroad:
        words = _(
            "{name} est à l’étranger : demandez à votre comptable quelle TVA porte cette facture (art. 259 du CGI), "
            "puis dites sa réponse dans sa facturation."
        ).format(name=payer.name)
        if payer.vat_chosen:
            words = _("À l’étranger : votre comptable a choisi la TVA de cette facture")
        found.append(Check(CheckKey.ABROAD, payer.vat_chosen, words))
    if payer.taxable is None and payer.buyer in (Buyer.ASSOCIATION, Buyer.COMPANY):
        words = _("On ne sait pas si {name} est assujettie à la TVA : demandez-le-lui, la facture part quand même.")
        found.append(Check(CheckKey.TAXABLE, True, words.format(name=payer.name), warns=True))
    return found


def _chorus(payer: Payer, references: CheckedReferences) -> list[Check]:
    """What Chorus Pro asks of this buyer: nothing that it does not need is asked for."""
    service, engagement = references.said.service_code, references.said.purchase_order
    found = []
    if service and references.known:
        found.append(Check(CheckKey.SERVICE, True, _("Code service {code}").format(code=service)))
    elif service:
        words = _("Le code service {code} n’est pas dans la liste de {name} : corrigez-le, ou complétez sa fiche.")
        found.append(Check(CheckKey.SERVICE, False, words.format(code=service, name=payer.name)))
    if engagement:
        found.append(Check(CheckKey.ENGAGEMENT, True, _("Engagement {number}").format(number=engagement)))
    lacking = chorus_lacking(payer.needs, references.said, references.engagement_required)
    keys = {"service_code": CheckKey.SERVICE, "purchase_order": CheckKey.ENGAGEMENT}
    return [*found, *(Check(keys[field], False, words) for field, words in lacking.items())]


_TOO_LONG = {
    "service_code": (CheckKey.SERVICE, N_("Le code service est trop long : {n} au plus.")),
    "purchase_order": (CheckKey.ENGAGEMENT, N_("Le numéro d’engagement est trop long : {n} au plus.")),
    "contract_reference": (CheckKey.CONTRACT, N_("Le numéro de marché est trop long : {n} au plus.")),
}


def _lengths(said: References) -> list[Check]:
    return [
        Check(key, False, _(words).format(n=LONGEST[name]))
        for name, (key, words) in _TOO_LONG.items()
        if len(said.given.get(name, "")) > LONGEST[name]
    ]


def _contact(payer: Payer) -> Check:
    if payer.reached:
        return Check(CheckKey.CONTACT, True, _("Un contact reçoit la facture"))
    return Check(CheckKey.CONTACT, False, _("Personne ne reçoit les factures de {name}.").format(name=payer.name))


def _head_count(counts: Sequence[Counted]) -> Check:
    if any(count.held and count.present is None for count in counts):
        return Check(CheckKey.HEAD_COUNT, False, _("Les présents ne sont pas comptés : donnez leur nombre."))
    if any(not count.held for count in counts):
        return Check(CheckKey.HEAD_COUNT, True, _("Facturée avant la séance : les présents seront comptés après"))
    present, seats = sum(count.present or 0 for count in counts), sum(count.seats for count in counts)
    words = ngettext("{n} présent pour {seats} réservés", "{n} présents pour {seats} réservés", present)
    return Check(CheckKey.HEAD_COUNT, True, words.format(n=present, seats=seats))


def _split(counts: Sequence[Counted]) -> list[Check]:
    words = _("Les places ont changé depuis le partage entre clients : dites qui paie combien.")
    return [] if all(count.split for count in counts) else [Check(CheckKey.SPLIT, False, words)]


def _parties(seller: Seller, payer: Payer) -> list[Check]:
    """Shown when they are wrong only: they are the same on every invoice."""
    approved = _("{name} n’est pas encore validée.").format(name=payer.name)
    asked = (
        (CheckKey.APPROVED, payer.state in _VOUCHED_FOR, approved),
        (
            CheckKey.SELLER_SIRET,
            bool(seller.siret),
            _("La plateforme n’a pas encore de numéro SIRET : complétez son identité."),
        ),
        (CheckKey.SELLER_IBAN, bool(seller.iban), _("La plateforme n’a pas encore d’IBAN : complétez son identité.")),
        (
            CheckKey.SELLER_VAT,
            not seller.lacks_vat_number,
            _("Cette facture porte notre numéro de TVA, que la plateforme n’a pas encore : complétez son identité."),
        ),
    )
    return [Check(key, False, words) for key, good, words in asked if not good]
