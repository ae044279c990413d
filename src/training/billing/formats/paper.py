"""What the pages say: a document as the French texts that `templates/documents` lays out. No layout here, no decision.

The mentions are those of CGI ann. II art. 242 nonies A and C. com. art. L441-9.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from training.billing.documents import (
    CARD,
    TRANSFER,
    DocumentKind,
    Earlier,
    FreeConfirmation,
    InvoiceDocument,
    Line,
    Occurrence,
    Party,
    VatGroup,
    payment_label,
)
from training.billing.formats import epc
from training.directory.rules import Buyer
from training.kernel.clock import local
from training.kernel.money import decimal
from training.kernel.pdf import framed
from training.papers.rules.vat import REGIMES

NAMES = {
    DocumentKind.INVOICE: "Facture",
    DocumentKind.DEPOSIT: "Facture d’acompte",
    DocumentKind.CREDIT_NOTE: "Avoir",
}
LOGO = (600, 160)  # the frame of the logo: layout.typ gives it 52.5 × 14 mm
UNITS = {  # UN/ECE Rec 20 → singular, plural
    "LS": ("forfait", "forfaits"),
    "HUR": ("heure", "heures"),
    "DAY": ("jour", "jours"),
    "MON": ("mois", "mois"),
    "KMT": ("km", "km"),
    "IE": ("personne", "personnes"),
}
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def number(text: str) -> str:
    """A machine's decimal as French paper writes it: "1 234,5", with a true minus."""
    sign, digits = ("\N{MINUS SIGN}", text[1:]) if text.startswith("-") else ("", text)
    whole, _point, rest = digits.partition(".")
    grouped = f"{int(whole):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{sign}{grouped},{rest}" if rest else f"{sign}{grouped}"


def euros(cents: int) -> str:
    """As "1 250,00 €"."""
    return f"{number(decimal(cents))}\N{NO-BREAK SPACE}€"


def percent(rate_bp: int) -> str:
    """As "5,5 %"."""
    return f"{number(decimal(rate_bp).rstrip('0').rstrip('.'))}\N{NO-BREAK SPACE}%"


def day(on: date) -> str:
    """As "1er mars 2026", never cut at the end of a line."""
    first = "1er" if on.day == 1 else str(on.day)
    return "\N{NO-BREAK SPACE}".join((first, MONTHS[on.month - 1], str(on.year)))


def span(first: date, last: date) -> str:
    """One day, or from one to another."""
    return day(first) if first == last else f"du {day(first)} au {day(last)}"


def grouped(text: str, size: int) -> str:
    """An identifier in groups, as people read it over the telephone; never cut."""
    bare = text.replace(" ", "")
    return "\N{NO-BREAK SPACE}".join(bare[i : i + size] for i in range(0, len(bare), size))


def siret(text: str) -> str:
    """The SIREN by three, then the NIC."""
    return f"{grouped(text[:9], 3)}\N{NO-BREAK SPACE}{text[9:]}"


def _identity(party: Party, *, with_vat: bool) -> list[str]:
    ids = []
    if party.legal_id:
        ids.append(f"SIREN {grouped(party.legal_id, 3)}")
    if party.siret:
        ids.append(f"SIRET {siret(party.siret)}")
    if with_vat and party.vat_number:
        ids.append(f"TVA {party.vat_number}")
    if party.registration:
        ids.append(f"RNA {party.registration}")
    return ids


def party_of(party: Party, *, with_vat: bool) -> dict[str, Any]:
    """Seller or buyer as `person` of layout.typ shows them."""
    place = " ".join(part for part in (party.postcode, party.city) if part)
    foreign = [party.country] if party.country != "FR" else []
    return {
        "name": party.name,
        "form": party.legal_form,
        "address": [*party.address_lines, *([place] if place else []), *foreign],
        "ids": _identity(party, with_vat=with_vat),
        "contact": [part for part in (party.contact, party.phone, party.email or "") if part],
    }


def _declaration(party: Party) -> str:
    """C. trav. art. L6352-12: the number may be shown with these words, and no others."""
    if not party.training_declaration:
        return ""
    region = f" auprès du préfet de région {party.training_region}" if party.training_region else ""
    return (
        f"Déclaration d’activité enregistrée sous le numéro {party.training_declaration}{region}. "
        "Cet enregistrement ne vaut pas agrément de l’État."
    )


def footer_of(party: Party, *, with_vat: bool) -> list[str]:
    """Who issues the page, at the foot of each sheet."""
    shown = party_of(party, with_vat=with_vat)
    name = " · ".join(part for part in (party.name, party.legal_form) if part)
    ids = " · ".join(shown["ids"][1:] or shown["ids"])
    return [part for part in (f"{name} · {', '.join(shown['address'])}", ids) if part]


def _facts(document: InvoiceDocument) -> list[list[str]]:
    credit = document.kind is DocumentKind.CREDIT_NOTE
    order = "N° d’engagement" if document.buyer_kind is Buyer.PUBLIC else "Bon de commande"
    one_day = document.service_from == document.service_to
    owed = not credit and bool(document.totals.due_cents)
    due = day(document.due_on) if owed and document.due_on else ""
    if due and document.buyer_kind is Buyer.PUBLIC:
        due = _delay(document)
    facts = [
        ("Date d’émission", day(document.issued_on)),
        ("Échéance", due),
        ("Date de la prestation" if one_day else "Période", span(document.service_from, document.service_to)),
        ("Catégorie d’opération", "Prestations de services"),  # décret 2022-1299
        (order, document.order_reference),
        ("Code service", document.service_code),
        ("N° de marché", document.contract_reference),
        ("Notre référence", document.booking),
    ]
    return [[label, value] for label, value in facts if value]


def _reference(earlier: Earlier) -> str:
    return f"{earlier.number} du {day(earlier.issued_on)}"


def _headline(document: InvoiceDocument) -> dict[str, str]:
    totals, earlier = document.totals, document.earlier
    if document.kind is DocumentKind.CREDIT_NOTE:
        of = f"à déduire de la facture {_reference(earlier)}" if earlier else "à déduire"
        return {"amount": euros(totals.gross_cents), "text": of}
    if totals.gross_cents and not totals.due_cents:
        by = " par carte" if document.payment and document.payment.means == CARD else ""
        when = f" le {day(document.paid_on)}" if document.paid_on else ""
        return {"amount": euros(totals.gross_cents), "text": f"acquittés{when}{by}"}
    if not totals.due_cents:
        return {"amount": euros(0), "text": "rien à régler"}
    if document.due_on is None:
        return {"amount": euros(totals.due_cents), "text": "à régler à réception"}
    by_then = f"à régler au plus tard le {day(document.due_on)}"
    when = f"à régler {_delay(document)}" if document.buyer_kind is Buyer.PUBLIC else by_then
    return {"amount": euros(totals.due_cents), "text": when}


def _delay(document: InvoiceDocument) -> str:
    """A public buyer's delay runs from the day that it got the invoice (CCP art. R2192-12): nobody knows it yet."""
    days = (document.due_on - document.issued_on).days if document.due_on else 0
    return f"{days} jours après sa mise à disposition"


def _row(item: Line, *, vat: bool) -> list[str]:
    one, many = UNITS.get(item.unit, ("", ""))
    unit = one if item.quantity.lstrip("-") in ("0", "1") else many
    amounts = [euros(item.unit_price_cents), euros(item.net_cents)]
    if vat:
        amounts.insert(1, percent(item.vat.rate_bp or 0))
    return [item.description, item.detail, f"{number(item.quantity)}\N{NO-BREAK SPACE}{unit}".strip(), *amounts]


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
        ("Référence à rappeler", document.number),
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
    return [text for text in (*spoken, _declaration(document.seller)) if text]


def invoice(document: InvoiceDocument, logo: bytes | None = None, *, draft: bool = False) -> dict[str, Any]:
    """The data of `invoice.typ`. A draft is marked as such on every page and shows no number."""
    if draft:
        document = replace(document, number="")
    name = NAMES[document.kind]
    with_vat = REGIMES[document.regime].shows_vat_numbers
    taxed = any(group.vat.category == "S" for group in document.vat)
    return {
        "name": name,
        "number": document.number,
        "title": f"{name} (brouillon)" if draft else f"{name} {document.number}",
        "draft": draft,
        "accent": document.accent,
        "logo": framed(logo, width=LOGO[0], height=LOGO[1]) if logo else None,
        "sender": party_of(document.seller, with_vat=with_vat),
        "receiver_label": "Client",
        "receiver": party_of(document.buyer, with_vat=with_vat),
        "headline": _headline(document),
        "facts": _facts(document),
        "subject": document.subject,
        "taxed": taxed,
        "rows": [_row(item, vat=taxed) for item in document.lines],
        "totals": _total_rows(document),
        "due": [_due_label(document), euros(document.totals.due_cents)],
        "payment": _payment(document),
        "mentions": _mentions(document),
        "notes": list(document.notes),
        "terms": _terms(document),
        "footer": footer_of(document.seller, with_vat=with_vat),
    }


def _times(occurrences: tuple[Occurrence, ...]) -> list[list[str]]:
    """One row a day and place: "mardi 9 mars 2026", "9 h – 12 h, 14 h – 17 h", "Salle des fêtes"."""
    rows = []
    for (on, place), slots in groupby(occurrences, lambda slot: (local(slot.starts_at).date(), slot.place)):
        hours = ", ".join(f"{_hour(slot.starts_at)} – {_hour(slot.ends_at)}" for slot in slots)
        rows.append([f"{DAYS[on.weekday()]} {day(on)}", hours, place])
    return rows


def _hour(instant: datetime) -> str:
    wall = local(instant)
    space = "\N{NO-BREAK SPACE}"
    return f"{wall.hour}{space}h{space}{wall.minute:02d}" if wall.minute else f"{wall.hour}{space}h"


def free_confirmation(document: FreeConfirmation, logo: bytes | None = None) -> dict[str, Any]:
    """The data of `free_confirmation.typ`."""
    value = "" if document.value_cents is None else f"Valeur de la prestation : {euros(document.value_cents)}, offerte."
    seats = f"{document.seats} {'personnes' if document.seats > 1 else 'personne'}" if document.seats else ""
    facts = [
        ("Date du document", day(document.made_on)),
        ("Réservation", document.booking),
        ("Participants", seats),
        ("Animation", document.facilitator),
        ("En partenariat avec", document.partner),
    ]
    verb = "a été donnée" if document.held else "est réservée"
    return {
        "title": f"Confirmation {document.booking}",
        "name": "Confirmation",
        "number": document.booking,
        "draft": False,
        "accent": document.accent,
        "logo": framed(logo, width=LOGO[0], height=LOGO[1]) if logo else None,
        "sender": party_of(document.provider, with_vat=False),
        "receiver_label": "Bénéficiaire",
        "receiver": party_of(document.beneficiary, with_vat=False),
        "headline": {"amount": "Gratuit", "text": f"cette séance {verb} sans frais pour vous"},
        "facts": [list(fact) for fact in facts if fact[1]],
        "session": document.title,
        "detail": document.detail,
        "times": _times(document.occurrences),
        "value": value,
        "notes": list(document.notes),
        "statement": "Ce document n’est pas une facture : aucune somme n’est due.",
        "footer": footer_of(document.provider, with_vat=False),
    }
