"""Colours that people choose: white is read on them, and they on white."""

from __future__ import annotations

import re

from training.kernel.i18n import _
from training.kernel.oklch import contrast

CONTRAST = 4.5  # WCAG 1.4.3: the letters of a button on the accent, and its own letters on white


def check_accent(text: str) -> str:
    """A colour on which white is read, and which is read on white. ValueError says by how much it is not."""
    colour = text.strip().lower()
    if not re.fullmatch(r"#[0-9a-f]{6}", colour):
        raise ValueError(_("Une couleur s’écrit #0f5c4c : un dièse et six chiffres ou lettres de a à f."))
    ratio = contrast(colour, "#ffffff")
    if ratio < CONTRAST:
        said = f"{ratio:.1f}".replace(".", ",")
        raise ValueError(
            _("Cette couleur est trop claire : contraste de {ratio} pour 1 avec le blanc, il en faut 4,5.").format(
                ratio=said
            )
        )
    return colour
