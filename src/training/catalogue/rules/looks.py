"""How an offer is shown: the paper and the drawing of its theme, or a picture of its own. No I/O."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from training.kernel.motifs.art import MOTIFS
from training.kernel.palette import PAPERS


@dataclass(frozen=True, slots=True)
class Look:
    """`theme` is the text that offers bear, `name` what people read; `picture` is the address of an uploaded picture:
    it takes the drawing's place, never the paper's, and `alt` says what it shows.
    """

    theme: str
    name: str
    paper: str
    motif: str
    picture: str | None = None
    alt: str | None = None


def default_look(theme: str) -> Look:
    """Of a theme for which nobody chose: the same for ever, and as the database makes it (`theme_of_offer`, m0038)."""
    first, second = hashlib.sha256(theme.encode()).digest()[:2]
    return Look(theme, theme, tuple(PAPERS)[first % len(PAPERS)], tuple(MOTIFS)[second % len(MOTIFS)])
