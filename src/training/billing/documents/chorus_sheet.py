"""The sheet that a person copies from when an invoice is deposited on the portal of Chorus Pro, field by field."""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.documents.invoice import InvoiceDocument
from training.billing.rules.states import DocumentKind
from training.kernel.i18n import _
from training.kernel.money import decimal
from training.papers.rules.references import References
from training.papers.rules.vat import REGIMES, VatRegime

INVOICED, PAID_ALREADY = "A1_FACTURE_FOURNISSEUR", "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE"
TYPES = {DocumentKind.INVOICE: "FACTURE", DocumentKind.DEPOSIT: "ACOMPTE", DocumentKind.CREDIT_NOTE: "AVOIR"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the portal and what is typed there; `help` says where it is or what it means."""

    key: str
    label: str
    value: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that the portal shows together."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom the deposit goes to: the invoice's own data, or what was corrected since on the deposit."""

    siret: str
    references: References


def recipient(document: InvoiceDocument) -> Recipient:
    """As the invoice says."""
    return Recipient(document.buyer.siret or "", document.references)


def amount(cents: int) -> str:
    """As it is typed on the portal: "1250,00"."""
    return decimal(cents).replace(".", ",")


def vat_type(regime: VatRegime, *, on_debits: bool) -> str:
    """The portal’s « type de TVA ». Services are taxed when they are paid for, unless the seller chose debits."""
    category = REGIMES[regime].treatment.category
    if category == "S":
        return "TVA_SUR_DEBIT" if on_debits else "TVA_SUR_ENCAISSEMENT"
    return "SANS_TVA" if category == "O" else "EXONERATION"


def sheet(document: InvoiceDocument, to: Recipient | None = None) -> list[Group]:
    """Everything the portal asks, in its own order. A field without a value is left out: leave it empty there."""
    to = to or recipient(document)
    groups = [
        Group(_("Cadre de facturation"), (_frame(document),)),
        Group(_("Destinataire"), _buyer(document, to)),
        Group(_("Références"), _references(document)),
        Group(_("Montants"), _amounts(document)),
        Group(_("Paiement"), _payment(document)),
    ]
    shown = (Group(group.title, tuple(f for f in group.fields if f.value)) for group in groups)
    return [group for group in shown if group.fields]


def _frame(document: InvoiceDocument) -> Field:
    paid = document.totals.gross_cents > 0 and not document.totals.due_cents
    if paid:
        return Field("cadre", _("Cadre"), PAID_ALREADY, _("Facture d’un fournisseur, déjà payée."))
    return Field("cadre", _("Cadre"), INVOICED, _("Facture d’un fournisseur, à payer."))


def _buyer(document: InvoiceDocument, to: Recipient) -> tuple[Field, ...]:
    own = recipient(document)
    service, order = _("Code service"), _("Numéro d’engagement")
    return (
        _corrected("siret", _("SIRET du destinataire"), to.siret, own.siret),
        Field(
            "nom", _("Nom du destinataire"), document.buyer.name, _("Le portail l’affiche d’après le SIRET : vérifiez.")
        ),
        _corrected("service", service, to.references.service_code, own.references.service_code),
        _corrected("engagement", order, to.references.purchase_order, own.references.purchase_order),
        Field("marche", _("Numéro de marché"), document.contract_reference),
    )


def _corrected(key: str, label: str, now: str | None, own: str | None) -> Field:
    """What the invoice says is told beside what was corrected since."""
    words = _("Corrigé sur le dépôt ; la facture dit {text}.").format(text=own or "–")
    return Field(key, label, now or "", "" if now == own else words)


def _references(document: InvoiceDocument) -> tuple[Field, ...]:
    earlier = document.earlier
    credit = document.kind == DocumentKind.CREDIT_NOTE
    return (
        Field("numero", _("Numéro de la facture"), document.number),
        Field("date", _("Date d’émission"), f"{document.issued_on:%d/%m/%Y}"),
        Field("type", _("Type"), TYPES[document.kind]),
        Field("origine", _("Facture d’origine"), earlier.number if earlier and credit else ""),
        Field("fournisseur", _("SIRET du fournisseur"), document.seller.siret or "", _("Le vôtre : déjà rempli.")),
        Field("devise", _("Devise"), "EUR"),
    )


def _amounts(document: InvoiceDocument) -> tuple[Field, ...]:
    totals, regime = document.totals, REGIMES[document.regime]
    rates = [
        Field(f"taux-{n}", _("Taux de TVA"), amount(group.vat.rate_bp or 0).rstrip("0").rstrip(","), "%")
        for n, group in enumerate(document.vat, 1)
        if regime.charges_vat
    ]
    return (
        Field("type-tva", _("Type de TVA"), vat_type(document.regime, on_debits=document.vat_on_debits)),
        Field("motif", _("Motif d’exonération"), "" if regime.charges_vat else regime.mention or ""),
        Field("ht", _("Montant HT"), amount(totals.net_cents)),
        *rates,
        Field("tva", _("Montant de la TVA"), amount(totals.vat_cents)),
        Field("ttc", _("Montant TTC"), amount(totals.gross_cents)),
        Field("a-payer", _("Montant à payer"), amount(totals.due_cents)),
    )


def _payment(document: InvoiceDocument) -> tuple[Field, ...]:
    payment = document.payment
    if document.kind == DocumentKind.CREDIT_NOTE or payment is None:  # the portal refuses a credit note that says how
        return ()
    return (
        Field("mode", _("Mode de paiement"), "VIREMENT"),
        Field("iban", _("IBAN"), (payment.iban or "").replace(" ", ""), _("Les coordonnées bancaires du fournisseur.")),
        Field("bic", _("BIC"), payment.bic or ""),
        Field("titulaire", _("Titulaire du compte"), payment.account_name or document.seller.name),
    )


def text(document: InvoiceDocument, groups: list[Group]) -> bytes:
    """The sheet as a text that any program opens: UTF-8 with its mark, lines ended as Windows does."""
    lines = [_("Dépôt de {number} sur Chorus Pro, champ par champ").format(number=document.number), ""]
    for group in groups:
        lines += [group.title.upper(), *(f"{field.label} : {field.value}" for field in group.fields), ""]
    return "\r\n".join(lines).encode("utf-8-sig")
