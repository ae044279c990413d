"""Factur-X: the page and its XML in one PDF/A-3 (Factur-X 1.09, ISO 19005-3). Snapshot in, bytes out; no I/O."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from lxml import etree

from training.billing.documents import invoice_paper
from training.billing.documents.invoice import InvoiceDocument
from training.billing.formats import cii
from training.kernel import pdf

XML_NAME = "factur-x.xml"  # Factur-X 1.09 §6.2: no other name is looked for
CONFORMANCE = "EN 16931"

_PROPERTIES = {
    "DocumentType": ("INVOICE", "The type of the hybrid document"),
    "DocumentFileName": (XML_NAME, "The name of the embedded XML document"),
    "Version": ("1.0", "The version of the standard that applies to the embedded XML document"),
    "ConformanceLevel": (CONFORMANCE, "The conformance level of the embedded XML document"),
}
_FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SCHEMAS = "{http://www.aiim.org/pdfa/ns/extension/}schemas"
_SCHEMA = "http://www.aiim.org/pdfa/ns/schema#"
_PROPERTY = "http://www.aiim.org/pdfa/ns/property#"
_RESOURCE = {f"{{{_RDF}}}parseType": "Resource"}


def _values() -> etree._Element:
    """The four properties themselves."""
    description = etree.Element(f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""}, nsmap={"fx": _FX})
    for name, (value, _meaning) in _PROPERTIES.items():
        etree.SubElement(description, f"{{{_FX}}}{name}").text = value
    return description


def _schema() -> etree._Element:
    """What declares them to who checks PDF/A: one more item of the page's own list of schemas."""
    item = etree.Element(f"{{{_RDF}}}li", _RESOURCE)
    for name, text in (("schema", "Factur-X PDFA Extension Schema"), ("namespaceURI", _FX), ("prefix", "fx")):
        etree.SubElement(item, f"{{{_SCHEMA}}}{name}").text = text
    properties = etree.SubElement(etree.SubElement(item, f"{{{_SCHEMA}}}property"), f"{{{_RDF}}}Seq")
    for name, (_value, meaning) in _PROPERTIES.items():
        declared = etree.SubElement(properties, f"{{{_RDF}}}li", _RESOURCE)
        said = {"name": name, "valueType": "Text", "category": "external", "description": meaning}
        for key, text in said.items():
            etree.SubElement(declared, f"{{{_PROPERTY}}}{key}").text = text
    return item


def _completed(xmp: bytes) -> bytes:
    """The XMP that Typst wrote, with what Factur-X adds. One list of schemas, never a second (ISO 19005-3 6.6.2.1)."""
    packet = etree.fromstring(xmp, etree.XMLParser(resolve_entities=False, no_network=True)).getroottree()
    bags = packet.findall(f".//{_SCHEMAS}/{{{_RDF}}}Bag")
    rdf = packet.find(f".//{{{_RDF}}}RDF")
    if len(bags) != 1 or rdf is None:
        raise pdf.RenderError("the XMP of the page is not of the form this was written for")
    bags[0].append(_schema())
    rdf.append(_values())
    return etree.tostring(packet, encoding="utf-8")


def _declare(page: bytes) -> bytes:
    """Complete the XMP of the page. The identifier is made from the content, so that it stays the same."""
    with pikepdf.open(BytesIO(page)) as document:
        stream = document.Root.Metadata
        stream.write(_completed(stream.read_bytes()))
        out = BytesIO()
        document.save(out, deterministic_id=True, compress_streams=False)
    return out.getvalue()


def build(document: InvoiceDocument, logo: bytes | None = None) -> tuple[bytes, bytes]:
    """(PDF, XML) of an issued invoice or credit note. Any thread; the same input gives the same bytes.

    Invalid when a party has no address that the XML may carry.
    """
    xml = cii.build(document)
    attached = pdf.EmbeddedFile(XML_NAME, xml, "text/xml", f"{CONFORMANCE} : les données de la facture")
    data = invoice_paper.data(document, logo)
    return _declare(pdf.compile("invoice.typ", data, [attached], on=document.issued_on)), xml
