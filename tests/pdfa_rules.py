"""ISO 19005-3 by a checker that is not ours (pikepdf.pdfa), with its limits named one by one."""

from __future__ import annotations

from io import BytesIO

from pikepdf.pdfa import validate_written

# What pikepdf.pdfa 10.18 cannot judge, or judges for level B where we print level A: (rule, how its message begins).
# It knows only the XMP schemas that ISO 19005 lists by name, and none that a document declares itself (6.6.2.3.3).
LIMITS = {
    ("ISO_19005_3:6.2.11.4.2-2", "/CIDSet on a CIDFontType2 subset is not checked"),
    ("pikepdf:font-program", "CIDFontType0: CFF FDArray FontMatrix is not supported"),
    ("pikepdf:schema-OutlineItem", "' R' is not valid under any of the given schemas"),
    ("ISO_19005_3:6.6.2.3.1-2", "the content of structured XMP property xmpMM:History is not checked"),
    ("ISO_19005_3:6.6.4-3", "pdfaid:conformance is 'A', expected 'B'"),
    ("ISO_19005_3:6.6.2.3.1-1", "XMP property pdfuaid:part is not permitted"),
    ("ISO_19005_3:6.6.2.3.1-1", "XMP property pdfaExtension:schemas is not permitted"),
    ("ISO_19005_3:6.6.2.3.1-1", "XMP property xmpTPg:NPages is not permitted"),
    *(
        ("ISO_19005_3:6.6.2.3.1-1", f"XMP namespace {prefix} is not permitted")
        for prefix in (
            "xmpTPg=http://ns.adobe.com/xap/1.0/t/pg/",
            "pdfaExtension=http://www.aiim.org/pdfa/ns/extension/",
            "pdfaSchema=http://www.aiim.org/pdfa/ns/schema#",
            "pdfaProperty=http://www.aiim.org/pdfa/ns/property#",
            "fx=urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
        )
    ),
    *(
        ("ISO_19005_3:6.6.2.3.1-1", f"XMP property fx:{name} is not permitted")
        for name in ("DocumentType", "DocumentFileName", "Version", "ConformanceLevel")
    ),
}


def findings(paper: bytes) -> set[tuple[str, str]]:
    """What the checker says beyond its limits; references to objects are left out of its words."""
    found = {(one.rule, _unnumbered(one.message)) for one in validate_written(BytesIO(paper), "3b").findings}
    return found - LIMITS


def _unnumbered(message: str) -> str:
    return "'" + message.partition(" 0")[2] if message.endswith("of the given schemas") else message
