"""A name as one or two letters, where there is room for no more: a platform without a logo, a person's face. No I/O."""

from __future__ import annotations

import re
import unicodedata
from html import escape

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


def mark(letters: str, colour: str) -> str:
    """Those letters on a sheet of that colour with a corner folded, as an SVG: the icon of a page in its tab."""
    size = 26 if len(letters) < 2 else 19
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44">'
        f'<path d="M0 0h31l13 13v31H0z" fill="{colour}"/><path d="M31 0v13h13z" fill="{colour}" fill-opacity=".45"/>'
        f'<text x="22" y="{34 if size > 20 else 31}" fill="#fff" text-anchor="middle" font-weight="800" '
        f'font-family="system-ui,sans-serif" font-size="{size}">{escape(letters)}</text></svg>'
    )
