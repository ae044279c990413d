"""Which characters a text may hold: those that nobody sees make two names look alike, and are refused everywhere.

They are controls, what turns the direction of reading (U+202E), what has no width, and what is no character at all.
"""

from __future__ import annotations

import re

from training.kernel.i18n import _

# Unicode 15: Cc but the tab and the line's end, Cf, separators of lines, fillers, halves of pairs, noncharacters.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\ufdd0-\ufdef"
    "\U000e0000-\U000e0fff]"
)


def hidden(text: str) -> str:
    """The first character of a text that nobody sees; "" when there is none."""
    found = _HIDDEN.search(text)
    return found[0] if found else ""


def without_hidden(text: str) -> str:
    """The text that one sees."""
    return _HIDDEN.sub("", text)


def hidden_said(character: str) -> str:
    """Why a text that holds it is refused, and what to do."""
    words = _("Un caractère invisible ({code}) s’y cache : effacez-le, ou retapez le texte.")
    return words.format(code=f"U+{ord(character):04X}")


def check_seen(text: str) -> str:
    """The text. ValueError, in words: it holds what nobody sees."""
    if character := hidden(text):
        raise ValueError(hidden_said(character))
    return text
