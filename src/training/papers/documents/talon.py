"""A session as papers show it: a stub cut out of its theme's paper, with when, where, what, and for how many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from training.kernel.clock import local
from training.kernel.palette import PAPERS
from training.papers.documents.figures import DAYS, MONTHS, hour
from training.papers.documents.snapshot import Snapshot

UNKNOWN = {"paper": "#f0f2f2", "edge": "#5d6b70"}  # of no theme: no paper of the eight, which each mean one


@dataclass(frozen=True, slots=True, kw_only=True)
class Talon(Snapshot):
    """A session, and how many people. `paper` names one of the palette; `dates` counts the session's days."""

    title: str
    starts_at: datetime
    ends_at: datetime
    city: str = ""
    venue: str = ""
    paper: str = ""
    count: int
    dates: int = 1


def stub(talon: Talon, one: str, many: str, *, heading: str = "") -> dict[str, Any]:
    """What `talon` of layout.typ draws. The title is left out where it is the paper's own heading."""
    wall = local(talon.starts_at)
    sheet = PAPERS[talon.paper].light if talon.paper in PAPERS else None
    title = "" if talon.title == heading else talon.title
    place = talon.city or talon.venue
    return {
        "day": str(wall.day),
        "weekday": _short(DAYS[wall.weekday()], 3),
        "month": f"{_short(MONTHS[wall.month - 1], 4)} {wall.year}",
        "place": place or talon.title,
        "title": title if place else "",
        "text": _text(talon),
        "count": str(talon.count),
        "unit": many if talon.count > 1 else one,
        "paper": sheet.paper if sheet else UNKNOWN["paper"],
        "edge": sheet.edge if sheet else UNKNOWN["edge"],
    }


def _text(talon: Talon) -> str:
    more = talon.dates - 1
    others = f"et {more} autre{'s' * (more > 1)} date{'s' * (more > 1)}" if more else ""
    venue = talon.venue if talon.city else ""
    return ", ".join(part for part in (_hours(talon), venue, others) if part)


def _hours(talon: Talon) -> str:
    space = "\N{NO-BREAK SPACE}"
    return f"{hour(talon.starts_at)}{space}–{space}{hour(talon.ends_at)}"


def _short(word: str, most: int) -> str:
    """As French shortens days and months: « mar. », « déc. », « août »."""
    return word if len(word) <= most + 1 else f"{word[:3] if most == 3 else _MONTHS.get(word, word[:most])}."


_MONTHS = {"septembre": "sept", "octobre": "oct", "novembre": "nov", "décembre": "déc", "janvier": "janv"}
