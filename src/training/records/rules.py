"""How a number is written and how the chain of issued documents is linked. No I/O."""

from __future__ import annotations

import hashlib
import re
from datetime import date

from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _

NUMBER_LAST = 900_000_000  # leaves room to count on: a prefix of six, a year and nine digits are 20 characters
NUMBER_MAX = 20  # BR-FR-CPRO-02: Chorus Pro takes no longer number
_PREFIX = re.compile(r"[A-Z]{1,6}")


def check_prefix(prefix: str) -> None:
    """ValueError unless the prefix is one to six capital letters (BR-FR-01/02: no space, no accent)."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"a series' prefix is one to six capital letters: {prefix!r}")


def checked_prefix(prefix: str) -> str:
    """The same for a person: Invalid, with a sentence."""
    try:
        check_prefix(prefix)
    except ValueError:
        raise Invalid(_("Un préfixe a une à six lettres majuscules, sans accent ni chiffre."), field="prefix") from None
    return prefix


def check_start(was: int, wanted: int, *, issued: bool) -> None:
    """A count starts once and only ever goes up (CGI ann. II art. 242 nonies A, I 7°)."""
    if issued:
        raise Conflict(_("Des documents sont déjà numérotés dans cette série : elle ne change plus."))
    if not was <= wanted <= NUMBER_LAST:
        words = _("Le premier numéro va de {low} à {high} : il ne redescend pas.")
        raise Invalid(words.format(low=was, high=NUMBER_LAST), field="first_number")


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
