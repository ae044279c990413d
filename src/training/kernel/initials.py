"""A name as one or two letters, where there is room for no more: a platform without a logo, a person's face. No I/O."""

from __future__ import annotations

import re
import unicodedata

from training.kernel.characters import unstacked

_SMALL = {
    "a", "à", "and", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "of", "pour", "sur",
    "the",
}  # fmt: skip
_ASIDE = re.compile(r"\([^()]*\)")  # « Mobijump (démonstration) »
_WORD = re.compile(r"[^\W_]+")


def initials(name: str) -> str:
    """The first letters of the first and the last word that counts: « Centre social L’Escale » → « CE »."""
    whole = unicodedata.normalize("NFC", unstacked(name))
    words = _WORD.findall(_ASIDE.sub(" ", whole)) or _WORD.findall(whole)
    words = [word for word in words if word.lower() not in _SMALL] or words
    return "".join(word[0].upper()[:1] for word in (words if len(words) < 2 else (words[0], words[-1])))
