"""A spreadsheet of people who deliver. Pure: bytes in, rows and faults out."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory.formats.typed_cells import email_cell, line_cell, phone_cell
from training.kernel.i18n import _
from training.kernel.sheets import Bounds, Reading
from training.kernel.titled_sheets import Column, model, read_titled

BOUNDS = Bounds(size=1_000_000, rows=1_000)
COLUMNS = (
    Column(
        "name", "Nom", ("animateur", "animatrice", "intervenant", "intervenante", "nom et prenom", "personne"), True
    ),
    Column("first", "Prénom"),
    Column("email", "Courriel", ("mail", "email", "e mail", "adresse mail", "mel"), True),
    Column("phone", "Téléphone", ("tel", "portable", "mobile")),
    Column("partner", "Partenaire", ("structure", "employeur", "organisme")),
    Column("area", "Communes", ("secteur", "territoire", "ou")),
)
EXAMPLE = ("Test", "Ana", "ana@example.org", "02 00 00 00 00", "", "Alençon, Sées")


@dataclass(frozen=True, slots=True)
class FacilitatorRow:
    """A line of the file; `partner` is the name of one, "" is the platform's own team."""

    line: int
    name: str
    email: str
    phone: str | None
    partner: str
    area: str


def read(content: bytes) -> Reading[FacilitatorRow]:
    """The rows, with the faults of those that cannot be taken. Unreadable: no such table."""
    return read_titled(content, BOUNDS, COLUMNS, _row)


def example() -> bytes:
    """A file to fill."""
    return model(COLUMNS, EXAMPLE)


def _row(line: int, cells: dict[str, str]) -> FacilitatorRow:
    email = email_cell(cells["email"])
    if email is None:
        raise ValueError(_("le courriel manque : les dates y arrivent."))
    first = line_cell(cells, "first", 100)
    last = line_cell(cells, "name", 99 if first else 200, "Nom")
    return FacilitatorRow(
        line,
        f"{first} {last}".strip(),
        email,
        phone_cell(cells.get("phone", "")),
        line_cell(cells, "partner", 200),
        "\n".join(part.strip() for part in cells.get("area", "")[:2_000].replace(";", ",").split(",") if part.strip()),
    )
