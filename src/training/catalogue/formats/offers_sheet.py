"""A spreadsheet of offers, each to come in as a draft. Pure: bytes in, rows and faults out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from training.catalogue.rules.offers import (
    AUDIENCE_MOST,
    DESCRIPTION_MOST,
    GROUP_MOST,
    KEYWORDS_MOST,
    OBJECTIVES_MOST,
    SUMMARY_MOST,
    THEME_MOST,
    TITLE_MOST,
    OfferFields,
    kind_named,
)
from training.directory.formats.typed_cells import line_cell, number_cell
from training.kernel.i18n import _
from training.kernel.sheets import Bounds, Reading
from training.kernel.titled_sheets import Column, folded, model, read_titled

BOUNDS = Bounds(size=2_000_000, rows=500)
USUAL = OfferFields("")
DAY = 7 * 60  # minutes of a day of workshop
COLUMNS = (
    Column("title", "Titre", ("atelier", "formation", "intitule", "nom"), True),
    Column("summary", "Résumé", ("resume", "accroche", "en bref")),
    Column("description", "Description", ("contenu", "presentation")),
    Column("objectives", "Objectifs", ("objectif",)),
    Column("audience", "Public", ("pour qui",)),
    Column("prerequisites", "Prérequis", ("pre requis", "conditions")),
    Column("duration", "Durée", ("duree", "temps")),
    Column("group_min", "Groupe, au moins", ("minimum", "mini", "min")),
    Column("group_max", "Groupe, au plus", ("maximum", "maxi", "max", "places", "jauge")),
    Column("theme", "Thème", ("theme", "categorie")),
    Column("kind", "Type", ("nature",)),
    Column("keywords", "Mots-clés", ("mots cles", "tags")),
)
EXAMPLE = (
    *("Atelier d’essai", "Une phrase qui donne envie.", "Ce qui se passe.", "Savoir essayer", "Tout public", ""),
    *("2 h 30", "4", "12", "Essais", "Atelier", "essai, découverte"),
)


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A line of the file, as `add_offer` takes it."""

    line: int
    fields: OfferFields

    @property
    def key(self) -> str:
        """What makes two lines the same offer: the title."""
        return folded(self.fields.title)


def read(content: bytes) -> Reading[OfferRow]:
    """The rows, with the faults of those that cannot be taken. Unreadable: no such table."""
    return read_titled(content, BOUNDS, COLUMNS, _row)


def example() -> bytes:
    """A file to fill."""
    return model(COLUMNS, EXAMPLE)


def _row(line: int, cells: dict[str, str]) -> OfferRow:
    least = number_cell(cells, "group_min", USUAL.group_min, GROUP_MOST)
    most = number_cell(cells, "group_max", max(least, USUAL.group_max), GROUP_MOST)
    if most < least:
        raise ValueError(_("le groupe est de {least} au moins et de {most} au plus.").format(least=least, most=most))
    goals = re.split(r"[\n;•]", cells.get("objectives", ""))
    fields = OfferFields(
        title=line_cell(cells, "title", TITLE_MOST, "Titre"),
        summary=line_cell(cells, "summary", SUMMARY_MOST),
        description=cells.get("description", "")[:DESCRIPTION_MOST].strip(),
        objectives="\n".join(goal.strip(" -") for goal in goals if goal.strip(" -"))[:OBJECTIVES_MOST],
        audience=line_cell(cells, "audience", AUDIENCE_MOST),
        prerequisites=line_cell(cells, "prerequisites", AUDIENCE_MOST),
        theme=line_cell(cells, "theme", THEME_MOST),
        kind=kind_named(folded(cells.get("kind", ""))) or USUAL.kind,
        duration_minutes=minutes_of(cells.get("duration", "")),
        group_min=least,
        group_max=most,
        keywords=line_cell(cells, "keywords", KEYWORDS_MOST),
    )
    return OfferRow(line, fields)


def minutes_of(text: str) -> int:
    """« 2 h 30 », « 150 min », « 02:30 », « 1 jour » as minutes; of an empty cell the usual ones. ValueError: none."""
    plain = text.strip().lower().replace(",", ".")
    if not plain:
        return USUAL.duration_minutes
    if found := re.fullmatch(r"(\d{1,3})\s*(?:h|:|heures?)\s*(\d{1,2})?\s*(?:min|mn)?\.?", plain):
        minutes = int(found[1]) * 60 + int(found[2] or 0)
    elif found := re.fullmatch(r"(\d{1,3})\.(\d)\s*(?:h|heures?)", plain):
        minutes = int(found[1]) * 60 + int(found[2]) * 6
    elif found := re.fullmatch(r"(\d{1,5})\s*(?:min|mn|minutes?)?", plain):
        minutes = int(found[1])
    elif found := re.fullmatch(r"(\d{1,2})(\.5)?\s*(?:j|jours?|journees?|journées?)", plain):
        minutes = (2 * int(found[1]) + bool(found[2])) * DAY // 2
    else:
        raise ValueError(_("« {text} » n’est pas une durée, par exemple 2 h 30.").format(text=text[:40]))
    if minutes < 1:
        raise ValueError(_("« {text} » n’est pas une durée, par exemple 2 h 30.").format(text=text[:40]))
    return minutes
