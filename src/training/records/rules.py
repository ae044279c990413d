"""How a number is written and how the chain of issued documents is linked. No I/O."""

from __future__ import annotations

import hashlib
import re
from datetime import date

NUMBER_MAX = 20  # BR-FR-CPRO-02: Chorus Pro takes no longer number
_PREFIX = re.compile(r"[A-Z]{1,6}")


def check_prefix(prefix: str) -> None:
    """ValueError unless the prefix is one to six capital letters (BR-FR-01/02: no space, no accent)."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"a series' prefix is one to six capital letters: {prefix!r}")


def number(prefix: str, year: int, position: int) -> str:
    """As "F2026-00042". The year is shown, the count goes on across years: one continuous series."""
    text = f"{prefix}{year}-{position:05d}"
    if len(text) > NUMBER_MAX:
        raise ValueError(f"{text} is longer than {NUMBER_MAX} characters")
    return text


def genesis(key: str) -> bytes:
    """The hash before the first document of a series."""
    return hashlib.sha256(f"training.ledger.1:{key}".encode()).digest()


def link(previous: bytes, number: str, issued_on: date, snapshot: str, paper: bytes, data: bytes | None) -> bytes:
    """The chain's next hash. It covers the hashes of the parts, so that bytes past their term may leave a tombstone."""
    parts = (snapshot.encode(), paper, data or b"")
    digests = b"".join(hashlib.sha256(part).digest() for part in parts)
    return hashlib.sha256(previous + f"{number}|{issued_on.isoformat()}|".encode() + digests).digest()
