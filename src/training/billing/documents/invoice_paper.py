"""What an invoice's page says: the document as the French texts that `invoice.typ` lays out. No layout, no decision.

The mentions are those of CGI ann. II art. 242 nonies A and C. com. art. L441-9.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from training.billing.documents.invoice import CARD, TRANSFER, Earlier, InvoiceDocument, payment_label
from training.billing.formats import epc
from training.billing.rules.states import DocumentKind
from training.directory.rules.organisations import Buyer
from training.kernel import pdf
from training.papers.documents.figures import day, euros, grouped, percent, quantity, span
from training.papers.documents.layout import declaration, sheet
from training.papers.documents.talon import stub
from training.papers.rules.totals import Line, VatGroup
from training.papers.rules.vat import REGIMES

NAMES = {
    DocumentKind.INVOICE: "Facture",
    DocumentKind.DEPOSIT: "Facture d’acompte",
    DocumentKind.CREDIT_NOTE: "Avoir",
}


def _facts(document: InvoiceDocument) -> list[tuple[str, str]]:
    credit = document.kind is DocumentKind.CREDIT_NOTE
    order = "N° d’engagement" if document.buyer_kind is Buyer.PUBLIC else "Bon de commande"
    one_day = document.service_from == document.service_to
    owed = not credit and bool(document.totals.due_cents)
    due = day(document.due_on) if owed and document.due_on else ""
    if due and document.buyer_kind is Buyer.PUBLIC:
        due = _delay(document)
    return [
        ("Date d’émission", day(document.issued_on)),
        ("Échéance", due),
        ("Date de la prestation" if one_day else "Période", span(document.service_from, document.service_to)),
        ("Catégorie d’opération", "Prestations de services"),  # décret 2022-1299
        (order, document.order_reference),
        ("Code service", document.service_code),
        ("N° de marché", document.contract_reference),
        ("Notre référence", document.booking),
    ]


def _reference(earlier: Earlier) -> str:
    return f"{earlier.number} du {day(earlier.issued_on)}"


def _headline(document: InvoiceDocument) -> tuple[str, str]:
    totals, earlier = document.totals, document.earlier
    if document.kind is DocumentKind.CREDIT_NOTE:
        of = f"à déduire de la facture {_reference(earlier)}" if earlier else "à déduire"
        return euros(totals.gross_cents), of
    if totals.gross_cents and not totals.due_cents:
        by = " par carte" if document.payment and document.payment.means == CARD else ""
        when = f" le {day(document.paid_on)}" if document.paid_on else ""
        return euros(totals.gross_cents), f"acquittés{when}{by}"
    if not totals.due_cents:
        return euros(0), "rien à régler"
    if document.due_on is None:
        return euros(totals.due_cents), "à régler à réception"
    by_then = f"à régler au plus tard le {day(document.due_on)}"
    when = f"à régler sous {_delay(document)}" if document.buyer_kind is Buyer.PUBLIC else by_then
    return euros(totals.due_cents), when


def _delay(document: InvoiceDocument) -> str:
    """A public buyer's delay runs from the day that it got the invoice (CCP art. R2192-12): nobody knows it yet."""
    days = (document.due_on - document.issued_on).days if document.due_on else 0
    return f"{days} jours à compter de sa mise à disposition sur Chorus Pro"


def _row(item: Line, *, vat: bool) -> list[str]:
    amounts = [euros(item.unit_price_cents), euros(item.net_cents)]
    if vat:
        amounts.insert(1, percent(item.vat.rate_bp or 0))
    return [item.description, item.detail, quantity(item.quantity, item.unit), *amounts]


def _total_rows(document: InvoiceDocument) -> list[list[str]]:
    totals = document.totals
    rows = [["Total HT", euros(totals.net_cents)], *(_vat_row(group, document) for group in document.vat)]
    if totals.vat_cents:
        rows.append(["Total TTC", euros(totals.gross_cents)])
    if totals.paid_cents:
        rows.append(["Déjà réglé", euros(-totals.paid_cents)])
    return rows


def _vat_row(group: VatGroup, document: InvoiceDocument) -> list[str]:
    if group.vat.category == "S":
        rate = percent(group.vat.rate_bp or 0)
        base = f" sur {euros(group.net_cents)}" if len(document.vat) > 1 else ""
        return [f"TVA {rate}{base}", euros(group.vat_cents)]
    return ["TVA", REGIMES[document.regime].in_total or "exonérée"]


def _due_label(document: InvoiceDocument) -> str:
    return "Net à déduire" if document.kind is DocumentKind.CREDIT_NOTE else "Net à payer"


def _payment(document: InvoiceDocument) -> dict[str, Any] | None:
    payment = document.payment
    if payment is None or document.kind is DocumentKind.CREDIT_NOTE or not document.totals.due_cents:
        return None
    rows = [
        ("IBAN", grouped(payment.iban or "", 4)),
        ("BIC", payment.bic or ""),
        ("Titulaire", (payment.account_name or document.seller.name) if payment.iban else ""),
        ("Référence à indiquer", document.number),
    ]
    return {
        "title": f"Règlement : {payment_label(document).lower()}",
        "rows": [list(row) for row in rows if row[1]],
        "code": _code(document),
    }


def _code(document: InvoiceDocument) -> str | None:
    """The transfer as a code to scan. Never to a public buyer: its accountant pays what the mayor ordered."""
    payment = document.payment
    if payment is None or not payment.iban or payment.means != TRANSFER or document.buyer_kind is Buyer.PUBLIC:
        return None
    if not document.number or not 0 < document.totals.due_cents <= epc.CENTS_MAX:
        return None
    name = payment.account_name or document.seller.name
    cents = document.totals.due_cents
    return epc.picture(epc.payload(name=name, iban=payment.iban, bic=payment.bic, cents=cents, text=document.number))


def _mentions(document: InvoiceDocument) -> list[str]:
    """The sentences of the law, in the order a reader looks for them."""
    reasons = {group.vat.exemption_reason for group in document.vat if group.vat.exemption_reason}
    mentions = sorted(reasons)
    if document.vat_on_debits and document.totals.vat_cents:
        mentions.append("Option pour le paiement de la taxe d’après les débits.")
    named = "\n".join(item.description for item in document.lines)  # most often the line that takes it off says it
    untold = [deposit for deposit in document.deposits if deposit.number not in named]
    mentions += [f"Acompte déduit : facture {_reference(deposit)}." for deposit in untold]
    if document.earlier and document.kind is not DocumentKind.CREDIT_NOTE:
        mentions.append(f"Annule et remplace la facture {_reference(document.earlier)}{_cancelled(document)}.")
    return mentions


def _cancelled(document: InvoiceDocument) -> str:
    notes = [_reference(note) for note in document.cancelled_by]
    if not notes:
        return ""
    return f", annulée par {'les avoirs' if len(notes) > 1 else 'l’avoir'} {' et '.join(notes)}"


def _terms(document: InvoiceDocument) -> list[str]:
    terms = document.terms
    owed = [terms.due, terms.discount, terms.penalty, terms.recovery]
    spoken = [] if document.kind is DocumentKind.CREDIT_NOTE else owed
    return [text for text in (*spoken, declaration(document.seller)) if text]


def data(document: InvoiceDocument, logo: bytes | None = None, *, draft: bool = False) -> dict[str, Any]:
    """What `invoice.typ` lays out. A draft is marked as such on every page and shows no number."""
    if draft:
        document = replace(document, number="")
    name = NAMES[document.kind]
    subject = document.subject or (document.session.title if document.session else "")
    taxed = any(group.vat.category == "S" for group in document.vat)
    return {
        **sheet(
            name=name,
            number=document.number,
            title=f"{name} (brouillon)" if draft else f"{name} {document.number}",
            sender=document.seller,
            receiver=document.buyer,
            receiver_label="Client",
            headline=_headline(document),
            facts=_facts(document),
            accent=document.accent,
            dated=day(document.issued_on),
            subject=subject,
            talon=stub(document.session, "place", "places", heading=subject) if document.session else None,
            logo=logo,
            with_vat=REGIMES[document.regime].shows_vat_numbers,
            draft=draft,
        ),
        "taxed": taxed,
        "rows": [_row(item, vat=taxed) for item in document.lines],
        "totals": _total_rows(document),
        "due": [_due_label(document), euros(document.totals.due_cents)],
        "payment": _payment(document),
        "mentions": _mentions(document),
        "notes": list(document.notes),
        "terms": _terms(document),
    }


def build(document: InvoiceDocument, logo: bytes | None = None) -> bytes:
    """The page alone: what the portal of Chorus Pro takes without reading (and rejecting) an XML inside."""
    return pdf.compile("invoice.typ", data(document, logo), on=document.issued_on)


def preview(document: InvoiceDocument, logo: bytes | None = None) -> bytes:
    """A draft: no number, no XML, marked on every page."""
    return pdf.compile("invoice.typ", data(document, logo, draft=True), on=document.issued_on)
