"""Things for components to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

START, END = datetime(2027, 3, 9, 8, tzinfo=UTC), datetime(2027, 3, 9, 11, tzinfo=UTC)  # 9 h – 12 h in Paris


@dataclass
class Form:
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    key: str = "k"


def samples() -> dict[str, object]:
    """What the samples of components show, by name."""
    slip = {
        "href": "/x", "place": "Sées", "title": "Vélo", "start": START, "end": END, "taken": 8, "capacity": 12,
        "who": "Anne", "paper": "vert", "draft": False, "hole": True, "asked": False,
    }  # fmt: skip
    row = {"name": "", "of": "", "number": 1, "days": ((slip,),)}
    rack = {"days": [date(2027, 3, 9)], "rows": [row], "by_day": row["days"]}
    rest = [{"number": 9, "words": "autres", "href": "/x"}]
    row = {
        "when": "5 jours", "note": "depuis le 3", "paper": "vert", "title": "Répondre", "text": "9 places",
        "href": "/x", "phone": "02 00 00 00 00", "act": "Répondre",
    }  # fmt: skip
    pile = {"name": "En retard", "group": "late", "number": 10, "rows": [row], "rest": rest}
    one = {"name": "Anne", "of": "Sées", "what": "notre réponse", "days": "3 jours", "href": "/x", "phone": None}
    side = {"people": [one], "rest": rest}
    edit = {"name": "Places", "at": START, "who": "Anne", "old": "20", "new": "25", "pieces": (), "erased": False}
    pieces = [{"kind": kind, "text": f"{kind} "} for kind in ("same", "gone", "come")]
    edits = [edit, edit | {"old": "", "pieces": pieces}, edit | {"erased": True}]
    step = {"number": 1, "step": "vat", "title": "TVA", "why": "Oui.", "act": "Choisir", "href": "/x", "state": None}
    return {"first_day": step, "rack": rack, "pile": pile, "side": side, "edits": edits, "edited": Form({"vu": "12"})}
