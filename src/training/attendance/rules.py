"""When a session may be called held. No I/O."""

from __future__ import annotations

from datetime import datetime

from training.kernel.errors import Conflict, Forbidden
from training.kernel.i18n import _


class NotOver(Conflict):
    """The session's last slot has not ended."""

    slug = "session-not-over"


def check_time(ends_at: datetime, now: datetime, early_reason: str, *, may_early: bool) -> None:
    """Raise unless the session is over, or an administrator says why it counts as held before its end."""
    if now >= ends_at:
        return
    if not early_reason.strip():
        if may_early:
            words = _("Cette séance n’est pas finie : dites pourquoi elle compte déjà comme réalisée.")
            raise NotOver(words, field="early_reason")
        raise NotOver(_("Cette séance n’est pas finie : elle se marque comme réalisée après sa fin."))
    if not may_early:
        raise Forbidden(_("Avant la fin de la séance, seul un administrateur peut la marquer comme réalisée."))
