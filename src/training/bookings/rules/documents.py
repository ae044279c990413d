"""Papers that come with a booking: which are kept, and how many. No I/O."""

from __future__ import annotations

from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _

DOCUMENT_MAX = 10_000_000  # bytes: what a telephone takes at its best
DOCUMENTS_MOST = 10  # of one booking
PDF = "application/pdf"


def is_pdf(content: bytes) -> bool:
    """Whether the bytes begin and end as a PDF does (ISO 32000-1 7.5.2, 7.5.5); what they hold is its reader's."""
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]


def check_size(content: bytes) -> None:
    """Invalid: nothing, or more than is kept."""
    if not content:
        raise Invalid(_("Ce fichier est vide."), field="document")
    if len(content) > DOCUMENT_MAX:
        words = _("Ce document pèse {n} Mo : {most} Mo au plus.")
        raise Invalid(words.format(n=-(-len(content) // 1_000_000), most=DOCUMENT_MAX // 1_000_000), field="document")


def check_room(kept: int) -> None:
    """Conflict: it has so many already."""
    if kept >= DOCUMENTS_MOST:
        words = _("Cette réservation a déjà {most} documents : retirez-en un d’abord.")
        raise Conflict(words.format(most=DOCUMENTS_MOST), field="document")
