"""Factur-X: the page and its XML in one PDF/A-3 (Factur-X 1.09, ISO 19005-3). Snapshot in, bytes out; no I/O."""

from __future__ import annotations

from io import BytesIO

import pikepdf

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
_END = b"</rdf:RDF>"


def _extension() -> bytes:
    """What Factur-X adds to the XMP: four properties, and the PDF/A schema that declares them (ISO 19005-3 6.6.2)."""
    values = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (value, _meaning) in _PROPERTIES.items())
    declared = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        f"<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"
        for name, (_value, meaning) in _PROPERTIES.items()
    )
    return (
        f'<rdf:Description rdf:about="" xmlns:fx="{_FX}">{values}</rdf:Description>'
        '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
        '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_FX}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{declared}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    ).encode()


_EXTENSION = _extension()


def _declare(page: bytes) -> bytes:
    """Complete the XMP that Typst wrote. The identifier is made from the content, so that it stays the same."""
    with pikepdf.open(BytesIO(page)) as document:
        stream = document.Root.Metadata
        xmp = stream.read_bytes()
        if xmp.count(_END) != 1:
            raise pdf.RenderError("the XMP of the page is not of the form this was written for")
        stream.write(xmp.replace(_END, _EXTENSION + _END))
        out = BytesIO()
        document.save(out, deterministic_id=True, compress_streams=False)
    return out.getvalue()


def build(document: InvoiceDocument, logo: bytes | None = None) -> tuple[bytes, bytes]:
    """(PDF, XML) of an issued invoice or credit note. Any thread; the same input gives the same bytes.

    Invalid when a party has no address that the XML may carry.
    """
    xml = cii.build(document)
    attached = pdf.Attachment(XML_NAME, xml, "text/xml", f"{CONFORMANCE} : les données de la facture")
    data = invoice_paper.data(document, logo)
    return _declare(pdf.compile("invoice.typ", data, [attached], on=document.issued_on)), xml
