"""The library of example offers, out of the file beside: data of one trade, which staff adopt and adapt."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from training.catalogue.rules.looks import Look
from training.catalogue.rules.offers import OfferFields, OfferKind, ProgrammeStep

FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class OfferExample:
    """An offer as it could be written; `name` is what addresses call it. It has no price: that is its adopter's."""

    name: str
    fields: OfferFields
    look: Look


@cache
def examples() -> Mapping[str, OfferExample]:
    """Every example by its name, in the order of the file."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> dict[str, OfferExample]:
    """The examples of a file; KeyError where one says too little."""
    found = tomllib.loads(text)
    papers = found.pop("papers")
    return {name: _example(name, said, papers) for name, said in found.items()}


def _example(name: str, said: Mapping[str, Any], papers: Mapping[str, str]) -> OfferExample:
    least, most = said["group"]
    fields = OfferFields(
        title=said["title"],
        summary=said["summary"],
        description=said["description"].strip(),
        objectives="\n".join(said["objectives"]),
        steps=tuple(ProgrammeStep(step["title"], step["minutes"], step["text"]) for step in said["steps"]),
        audience=said["audience"],
        prerequisites=said["prerequisites"],
        theme=said["theme"],
        kind=OfferKind(said["kind"]),
        duration_minutes=said["minutes"],
        group_min=least,
        group_max=most,
        host_provides="\n".join(said["host_provides"]),
        equipment="\n".join(said["equipment"]),
        accessibility=said["accessibility"],
        keywords=said["keywords"],
    )
    return OfferExample(name, fields, Look(fields.theme, fields.theme, papers[fields.theme], said["motif"]))
