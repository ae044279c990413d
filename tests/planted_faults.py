"""Faults planted in good documents: each must be found by the rule that it breaks, or the rules prove nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from invoice_samples import DOCUMENTS, invoice
from training.billing.documents.invoice import InvoiceDocument
from training.billing.formats import cii
from training.billing.rules.states import DocumentKind
from training.directory.rules.organisations import Buyer
from training.papers.rules.vat import VatRegime

NS = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}
Change = Callable[[etree._Element], None]


@dataclass(frozen=True)
class Fault:
    """`rule` is how the finding begins that must be there after `change` of the first element at `path`."""

    document: InvoiceDocument
    path: str
    change: Change
    rule: str

    def planted(self) -> bytes:
        """The document's XML with the fault."""
        tree = etree.fromstring(cii.build(self.document))
        found = tree.xpath(self.path, namespaces=NS)
        assert isinstance(found, list)
        assert found, f"nothing at {self.path}"
        element = found[0]
        assert isinstance(element, etree._Element)
        self.change(element)
        return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


def remove(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def put(text: str) -> Change:
    return lambda element: setattr(element, "text", text)


def double(element: etree._Element) -> None:
    element.addnext(etree.fromstring(etree.tostring(element)))


def add(xml: str) -> Change:
    return lambda element: element.append(etree.fromstring(xml))


def note(code: str) -> str:
    return f"//ram:IncludedNote[ram:SubjectCode='{code}']"


FRANCHISE = invoice(buyer_kind=Buyer.COMPANY)
NORMAL = invoice(VatRegime.NORMAL, buyer_kind=Buyer.COMPANY)
OUTSIDE = invoice(VatRegime.OUT_OF_SCOPE)
CREDIT = invoice(kind=DocumentKind.CREDIT_NOTE)
DEPOSIT = invoice(kind=DocumentKind.DEPOSIT, buyer_kind=Buyer.COMPANY)
PREPAID = DOCUMENTS["invoice already paid"](VatRegime.FRANCHISE_293B, Buyer.COMPANY)
PARTIAL = DOCUMENTS["credit note, partial"](VatRegime.NORMAL, Buyer.COMPANY)
REPLACEMENT = DOCUMENTS["replacement invoice"](VatRegime.NORMAL, Buyer.COMPANY)
PROCESS = "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
BUYER_SIREN = "//ram:BuyerTradeParty/ram:SpecifiedLegalOrganization"
GROUP_VAT = "//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:CalculatedAmount"
NUMBER = "//*[local-name()='ExchangedDocument']/ram:ID"
TYPE = "//*[local-name()='ExchangedDocument']/ram:TypeCode"
LINE_RATE = "//ram:IncludedSupplyChainTradeLineItem//ram:RateApplicablePercent"
PRICE = "//ram:NetPriceProductTradePrice/ram:ChargeAmount"
BUYER_ADDRESS = "//ram:BuyerTradeParty/ram:URIUniversalCommunication"
VAT_NUMBER = (
    f'<ram:SpecifiedTaxRegistration xmlns:ram="{NS["ram"]}"><ram:ID schemeID="VA">FR11999999998</ram:ID>'
    "</ram:SpecifiedTaxRegistration>"
)

FAULTS = {
    "exempt seller without any tax number": Fault(FRANCHISE, "//ram:SpecifiedTaxRegistration", remove, "BR-E-02"),
    "exemption code that does not exist": Fault(
        FRANCHISE, "//ram:ExemptionReasonCode", put("VATEX-FR-NONE"), "FX-SCH-A"
    ),
    "no word on recovery costs": Fault(FRANCHISE, note("PMT"), remove, "BR-FR-05"),
    "penalties said twice": Fault(FRANCHISE, note("PMD"), double, "BR-FR-06"),
    "old Chorus billing frame": Fault(FRANCHISE, PROCESS, put("A1"), "BR-FR-08"),
    "credit note of no invoice": Fault(CREDIT, "//ram:InvoiceReferencedDocument", remove, "BR-FR-CO-05"),
    "SIRET of somebody else": Fault(
        FRANCHISE, "//ram:SellerTradeParty/ram:GlobalID", put("73282932000074"), "BR-FR-09"
    ),
    "buyer without electronic address": Fault(FRANCHISE, BUYER_ADDRESS, remove, "BR-FR-12"),
    "business buyer without SIREN": Fault(NORMAL, BUYER_SIREN, remove, "BR-FR-11"),
    "due before it is issued": Fault(FRANCHISE, "//ram:DueDateDateTime/*", put("20260101"), "BR-FR-CO-07"),
    "total that does not add up": Fault(NORMAL, "//ram:GrandTotalAmount", put("9999.99"), "BR-CO-15"),
    "VAT that is not base times rate": Fault(NORMAL, GROUP_VAT, put("69.00"), "BR-S-09"),
    "VAT number outside VAT": Fault(OUTSIDE, "//ram:SellerTradeParty", add(VAT_NUMBER), "BR-O-02"),
    "number with a space": Fault(FRANCHISE, NUMBER, put("F 2026 42"), "BR-FR-02"),
    "rate unknown in France": Fault(NORMAL, LINE_RATE, put("19.00"), "BR-FR-16"),
    "negative price": Fault(FRANCHISE, PRICE, put("-350.00"), "BR-FR-DEC-03"),
    "element out of its place": Fault(FRANCHISE, "//ram:BuyerTradeParty", double, "XSD"),
    "deposit said to follow a deposit": Fault(DEPOSIT, PROCESS, put("S4"), "BR-FR-CO-08"),
    "paid, with something still due": Fault(PREPAID, "//ram:DuePayableAmount", put("1.00"), "BR-CO-16"),
    "paid, for less than its total": Fault(PREPAID, "//ram:TotalPrepaidAmount", put("1.00"), "BR-FR-CO-09"),
    "credit note that does not say when its invoice was issued": Fault(
        PARTIAL, "//ram:InvoiceReferencedDocument/ram:FormattedIssueDateTime", remove, "BR-FR-CO-05"
    ),
    "credit note with a VAT of its own": Fault(PARTIAL, GROUP_VAT, put("1.00"), "BR-S-09"),
    "corrective type without the invoice it corrects": Fault(NORMAL, TYPE, put("384"), "BR-FR-CO-04"),
    "type of document that nobody knows": Fault(REPLACEMENT, TYPE, put("999"), "BR-FR-04"),
    "treatment that nobody knows": Fault(FRANCHISE, note("BAR") + "/ram:Content", put("B2G"), "BR-FR-20"),
}
