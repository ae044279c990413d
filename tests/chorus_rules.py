"""The rules of Chorus Pro on an invoice to a public buyer (XP Z12-012, annexe A, BR-FR-CPRO), of which no Schematron is
published: those that we can break, written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
DOCUMENT = "//*[local-name()='ExchangedDocument']"
SETTLEMENT = "//ram:ApplicableHeaderTradeSettlement"
LONGEST = {  # rule: path, most characters
    "BR-FR-CPRO-02 BT-1": (f"{DOCUMENT}/ram:ID", 20),
    "BR-FR-CPRO-02 BT-25": ("//ram:InvoiceReferencedDocument/ram:IssuerAssignedID", 20),
    "BR-FR-CPRO-14 BT-12": ("//ram:ContractReferencedDocument/ram:IssuerAssignedID", 50),
    "BR-FR-CPRO-15 BT-13": ("//ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID", 50),
    "BR-FR-CPRO-31 BT-154": ("//ram:SpecifiedTradeProduct/ram:Description", 1_024),
    "BR-FR-CPRO-34 BT-27": ("//ram:SellerTradeParty/ram:Name", 99),
    "BR-FR-CPRO-35 BT-20": ("//ram:SpecifiedTradePaymentTerms/ram:Description", 1_024),
    "BR-FR-CPRO-39 BT-84": ("//ram:IBANID", 27),
    "BR-FR-CPRO-42 BT-22": ("//ram:IncludedNote/ram:Content", 1_024),
    "BR-FR-CPRO-43 BT-44": ("//ram:BuyerTradeParty/ram:Name", 99),
}


def findings(xml: bytes) -> list[str]:
    """What Chorus Pro would refuse, rule by rule."""
    return list(_found(etree.fromstring(xml)))


def _texts(tree: etree._Element, path: str) -> list[str]:
    found = tree.xpath(path, namespaces={"ram": RAM})
    assert isinstance(found, list)
    return [str(item.text or "") for item in found if isinstance(item, etree._Element)]


def _found(tree: etree._Element) -> Iterator[str]:
    for rule, (path, most) in LONGEST.items():
        yield from (f"{rule}: {len(text)} characters" for text in _texts(tree, path) if len(text) > most)
    for rule, role in (("BR-FR-CPRO-09 BT-29", "Seller"), ("BR-FR-CPRO-10 BT-46", "Buyer")):
        (siret,) = _texts(tree, f"//ram:{role}TradeParty/ram:GlobalID[@schemeID='0009']") or [""]
        if not re.fullmatch(r"\d{14}", siret):
            yield f"{rule}: {siret!r} is no SIRET"
    if len(_texts(tree, "//ram:InvoiceReferencedDocument")) > 1:
        yield "BR-FR-CPRO-20: more than one preceding invoice"
    if _texts(tree, "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID") == ["S5"]:
        yield "BR-FR-CPRO-24: S5"
    means = _texts(tree, f"{SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode")
    credit = _texts(tree, f"{DOCUMENT}/ram:TypeCode") == ["381"]
    if bool(means) == credit:
        yield "payment means: one on an invoice, none on a credit note"
