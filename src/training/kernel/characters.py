"""Which characters a text may hold: those that nobody sees make two names look alike, and are refused everywhere.

They are controls, what turns the direction of reading (U+202E), what has no width, and what is no character at all.
So are hundreds of accents on one letter, which nobody reads and which take minutes to be put in order.
"""

from __future__ import annotations

import re
import unicodedata

from training.kernel.i18n import _

# Unicode 15: Cc but the tab and the line's end, Cf, separators of lines, fillers, halves of pairs, noncharacters.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\ufdd0-\ufdef"
    "\U000e0000-\U000e0fff]"
)


# UAX #15-D4: no language stacks more, and putting n of them in order takes the square of n.
MARKS = 30
_MAYBE_STACKED = re.compile(rf"[^\w\s\x00-\u02ff]{{{MARKS + 1},}}")


def hidden(text: str) -> str:
    """The first character of a text that nobody sees, or that is one mark too many; "" when there is none."""
    found = _HIDDEN.search(text)
    return found[0] if found else _stacked(text)


def without_hidden(text: str) -> str:
    """The text that one sees."""
    return unstacked(_HIDDEN.sub("", text))


def unstacked(text: str) -> str:
    """The text with no more marks on one letter than any language has: whoever normalizes text asks here first."""
    return _MAYBE_STACKED.sub(_bounded, text)


def _bounded(run: re.Match[str]) -> str:
    kept, marks = [], 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MARKS:
            kept.append(character)
    return "".join(kept)


def _stacked(text: str) -> str:
    for run in _MAYBE_STACKED.finditer(text):
        marks = 0
        for character in run[0]:
            marks = marks + 1 if unicodedata.combining(character) else 0
            if marks > MARKS:
                return character
    return ""


def hidden_said(character: str) -> str:
    """Why a text that holds it is refused, and what to do."""
    if unicodedata.combining(character):
        return _("Trop d’accents s’empilent sur une même lettre : retapez le texte.")
    words = _("Un caractère invisible ({code}) s’y cache : effacez-le, ou retapez le texte.")
    return words.format(code=f"U+{ord(character):04X}")


def check_seen(text: str) -> str:
    """The text. ValueError, in words: it holds what nobody sees."""
    if character := hidden(text):
        raise ValueError(hidden_said(character))
    return text


# What the faces of our papers draw themselves, once it is composed (NFC): Latin, Greek, Cyrillic, and the signs of
# shops and offices. tests/unit/test_printing.py has Typst draw every one of them.
_PRINTED = re.compile(
    "[\n\t -~\xa0-\xac\xae-\u017e\u0192\u01a0\u01a1\u01af\u01b0\u01cd-\u01dc\u01e2\u01e3\u01e6\u01e7\u01ea\u01eb\u01f4"
    "\u01f5\u01fc\u01fd\u0218-\u021b\u0237\u02bb\u02bc\u02c6\u02c7\u02d8-\u02dd\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce"
    "\u0400-\u045f\u0490-\u0493\u04ae-\u04b1\u04e2\u04e3\u04ee\u04ef\u1e06\u1e07\u1e0c-\u1e0f\u1e16\u1e17\u1e20\u1e21\u1e24"
    "\u1e25\u1e2a\u1e2b\u1e32-\u1e3b\u1e3e-\u1e49\u1e52\u1e53\u1e58-\u1e63\u1e6c-\u1e6f\u1e80-\u1e85\u1e8e\u1e8f\u1e92-\u1e97"
    "\u1e9e\u1ea0-\u1ef9\u1f00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u2012-\u2015\u2018-\u201a\u201c-\u201e\u2020-\u2022"
    "\u2026\u202f\u2030\u2032\u2033\u2039\u203a\u2044\u2070\u2074-\u2079\u2080-\u2089\u20ac\u2116\u2117\u2120\u2122\u2126"
    "\u2150-\u215e\u2190-\u2193\u2202\u2206\u220f\u2211\u2212\u2215\u221a\u221e\u222b\u2248\u2260\u2264\u2265\u25a0\u25ca"
    "\u2713\ufb00-\ufb04]*"
)


def unprinted(text: str) -> str:
    """The first character of a text that our papers cannot draw (an emoji, a Chinese one); "" when there is none."""
    composed = unicodedata.normalize("NFC", unstacked(text))
    drawn = _PRINTED.match(composed)
    rest = composed[drawn.end() :] if drawn else composed
    return rest[:1]


def unprinted_said(character: str) -> str:
    """Why a text that would be printed is refused."""
    words = _(
        "« {character} » ne peut pas être imprimé sur les factures : retirez-le, ou écrivez-le en lettres latines."
    )
    return words.format(character=character)


def check_printed(text: str) -> str:
    """The text. ValueError, in words: it holds what our papers cannot draw."""
    if character := unprinted(text):
        raise ValueError(unprinted_said(character))
    return text
