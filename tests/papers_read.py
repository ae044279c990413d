"""What a PDF says and holds, as a test reads it; a logo to print."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pypdf import PdfReader

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1" fill="#0f5c4c"/></svg>'


def said(page: bytes) -> str:
    """The text of a PDF, every kind of space and every line end being one space."""
    return " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page)).pages).split())


def empty_page() -> bytes:
    """A PDF as somebody may send one."""
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out)
    return out.getvalue()


def alternatives(page: bytes) -> list[str]:
    """What a PDF says of its pictures."""
    with pikepdf.open(BytesIO(page)) as document:
        dictionaries = (each for each in document.objects if isinstance(each, pikepdf.Dictionary))
        return [str(each["/Alt"]) for each in dictionaries if "/Alt" in each]


def uncompressed(page: bytes) -> bytes:
    """A PDF with nothing of its structure hidden in streams."""
    out = BytesIO()
    with pikepdf.open(BytesIO(page)) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return out.getvalue()
