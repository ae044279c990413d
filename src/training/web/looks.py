"""Papers and drawings of what pages show beside offers: an invitation, a refusal, an empty list."""

from __future__ import annotations

from training.catalogue.rules.looks import Look
from training.kernel.i18n import N_

AT_YOURS = Look("", N_("Chez vous, à votre date"), "tilleul", "salle")
BLANK = Look("", "", "chamois", "bulles")
_FAILED = Look("", "", "saumon", "ecran")  # ours to cure
_CLOSED = Look("", "", "lilas", "salle")


def of_refusal(status: int) -> Look:
    """What is drawn beside a refusal."""
    if status in (401, 403):
        return _CLOSED
    return _FAILED if status >= 500 or status == 429 else BLANK
