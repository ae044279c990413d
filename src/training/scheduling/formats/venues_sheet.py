"""A spreadsheet of venues. Pure: bytes in, rows and faults out."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory.formats.typed_cells import email_cell, line_cell, number_cell, phone_cell, postcode_cell
from training.kernel.sheets import Bounds, Reading
from training.kernel.titled_sheets import Column, folded, model, read_titled

BOUNDS = Bounds(size=1_000_000, rows=1_000)
COLUMNS = (
    Column("name", "Nom", ("salle", "lieu", "nom de la salle", "nom du lieu"), True),
    Column("address", "Adresse", ("rue", "voie")),
    Column("postcode", "Code postal", ("cp",), True),
    Column("city", "Ville", ("commune", "localite"), True),
    Column("capacity", "Places", ("capacite", "jauge", "nombre de places"), True),
    Column("access", "Accès", ("acces", "consignes", "remarques")),
    Column("equipment", "Équipement", ("materiel",)),
    Column("contact_name", "Contact sur place", ("contact", "gardien", "cles", "responsable")),
    Column("contact_phone", "Téléphone", ("tel", "portable", "mobile")),
    Column("contact_email", "Courriel", ("mail", "email", "e mail", "mel")),
)
EXAMPLE = (
    *("Salle des fêtes", "1 rue d’Essai", "61500", "Sées", "40", "Par la cour", "Écran, 40 chaises"),
    *("Nina Test", "02 00 00 00 00", "nina@example.org"),
)


@dataclass(frozen=True, slots=True)
class VenueRow:
    """A line of the file, as `add_venue` takes it."""

    line: int
    name: str
    address: str
    postcode: str
    city: str
    capacity: int
    access: str
    equipment: str
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None

    @property
    def key(self) -> tuple[str, str]:
        """What makes two lines the same venue: its name in that town."""
        return folded(self.name), folded(self.city)


def read(content: bytes) -> Reading[VenueRow]:
    """The rows, with the faults of those that cannot be taken. Unreadable: no such table."""
    return read_titled(content, BOUNDS, COLUMNS, _row)


def example() -> bytes:
    """A file to fill."""
    return model(COLUMNS, EXAMPLE)


def _row(line: int, cells: dict[str, str]) -> VenueRow:
    things = cells.get("equipment", "")[:2_000].replace(";", ",").split(",")
    return VenueRow(
        line,
        line_cell(cells, "name", 200, "Nom"),
        line_cell(cells, "address", 300),
        postcode_cell(cells["postcode"]),
        line_cell(cells, "city", 100, "Ville"),
        number_cell(cells, "capacity", None, 9_999),
        cells.get("access", "")[:2_000].strip(),
        "\n".join(part.strip() for part in things if part.strip()),
        line_cell(cells, "contact_name", 200) or None,
        phone_cell(cells.get("contact_phone", "")),
        email_cell(cells.get("contact_email", "")),
    )
