"""Which periods may be closed: whole months that are over, upward. No I/O."""

from __future__ import annotations

from datetime import date, timedelta

from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.render import day_year


def check_close(until: date, closed: date | None, today: date) -> None:
    """Invalid: not the last day of a month that is over. Conflict: closed as far already."""
    if until >= today.replace(day=1):
        raise Invalid(_("Seul un mois terminé se clôt."), field="until")
    if (until + timedelta(days=1)).day != 1:
        raise Invalid(_("Une période se clôt au dernier jour d’un mois."), field="until")
    if closed is not None and until <= closed:
        words = _("La période est déjà close jusqu’au {day}.")
        raise Conflict(words.format(day=day_year(closed)), field="until")


def closable(closed: date | None, today: date, most: int = 24) -> list[date]:
    """The last days of the months that may be closed, the latest first."""
    found: list[date] = []
    day = today.replace(day=1) - timedelta(days=1)
    while len(found) < most and (closed is None or day > closed):
        found.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return found
