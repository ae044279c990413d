"""What the portal of Chorus Pro takes of files: their names, the ZIP. The same input gives the same bytes; no I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from training.billing.documents.invoice import InvoiceDocument

NAME_MAX = 50  # BR-FR-CPRO-41: characters of an attachment's name, its extension included
EXTENSIONS = frozenset({"pdf", "xml", "txt", "zip"})  # those of the portal's list that we make
SIZE_MAX = 10_000_000  # bytes of one attachment


def file_name(number: str, what: str, extension: str) -> str:
    """A name that the portal takes: the number, what it is, at most fifty characters in all."""
    if extension not in EXTENSIONS:
        raise ValueError(extension)
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", number)
    name = f"{plain}-{what}.{extension}"
    return name if len(name) <= NAME_MAX else f"{plain[: NAME_MAX - len(what) - len(extension) - 2]}-{what}.{extension}"


def pack(document: InvoiceDocument, files: Mapping[str, bytes]) -> bytes:
    """The ZIP, its entries dated like the invoice: asked for twice, it is the same file."""
    on = document.issued_on
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in files.items():
            entry = ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, content)
    return out.getvalue()
