"""Names as addresses carry them. No I/O."""

from __future__ import annotations

import re
import unicodedata

from training.kernel.characters import unstacked


def slug(text: str) -> str:
    """A name as an address can carry it: "Commune d'Alençon" → "commune-d-alencon"."""
    plain = (
        unicodedata.normalize("NFKD", unstacked(text).replace("œ", "oe").replace("Œ", "oe").replace("’", "'"))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-") or "sans-nom"
