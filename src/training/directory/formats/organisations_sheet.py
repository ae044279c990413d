"""A spreadsheet of organisations with the people there, one of them a row. Pure: bytes in, rows and faults out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from training.directory.formats.typed_cells import email_cell, phone_cell, postcode_cell
from training.directory.rules.numbers import check_siret
from training.directory.rules.organisations import KIND_NAMES, OrganisationKind
from training.kernel.i18n import _
from training.kernel.sheets import Bounds, Reading
from training.kernel.titled_sheets import Column, folded, model, read_titled

BOUNDS = Bounds(size=3_000_000, rows=6_000)
COLUMNS = (
    Column("name", "Nom", ("structure", "organisme", "organisation", "raison sociale", "nom de la structure"), True),
    Column("kind", "Type", ("categorie", "nature", "type de structure")),
    Column("siret", "SIRET", ("numero siret", "no siret")),
    Column("address", "Adresse", ("rue", "voie", "adresse postale")),
    Column("postcode", "Code postal", ("cp",), True),
    Column("city", "Ville", ("commune", "localite"), True),
    Column("contact", "Contact", ("nom", "nom du contact", "interlocuteur", "referent", "personne")),
    Column("first", "Prénom", ("prenom du contact",)),
    Column("title", "Fonction", ("poste", "role", "qualite")),
    Column("email", "Courriel", ("mail", "email", "e mail", "adresse mail", "adresse electronique", "mel")),
    Column("phone", "Téléphone", ("tel", "portable", "mobile")),
)
EXAMPLE = (
    *("Commune d’Essai", "Commune", "", "Place de la Mairie", "61000", "Alençon"),
    *("Test", "Nina", "RH", "rh@mairie.example.org", "02 00 00 00 00"),
)


# What a name says where no column does; the first that it says.
_SAID = (
    (r"ccas|cias|pays|pnr|syndicat|etat|dreets|france travail|hopital", OrganisationKind.OTHER_PUBLIC),
    (r"communaute|agglomeration|metropole|intercommunalite|cc|cdc|cu", OrganisationKind.INTERCOMMUNALITY),
    (r"departement|conseil departemental", OrganisationKind.DEPARTEMENT),
    (r"commune|mairie|ville", OrganisationKind.COMMUNE),
    (r"mission locale|chantier|insertion|esat|siae|ei|aci", OrganisationKind.INSERTION),
    (r"college|lycee|ecole|mfr|cfa|universite", OrganisationKind.SCHOOL),
    (r"association|asso|foyer|comite|club", OrganisationKind.ASSOCIATION),
    (r"sarl|sas|sasu|eurl|sa|entreprise|societe|ets", OrganisationKind.COMPANY),
    (r"particulier|monsieur|madame|mme|m", OrganisationKind.PERSON),
)


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """A line of the file. `email` and `phone` are the contact's; without a contact's name, it is the organisation's."""

    line: int
    name: str
    kind: OrganisationKind
    siret: str | None
    address: str
    postcode: str
    city: str
    contact: str
    title: str | None
    email: str | None
    phone: str | None

    @property
    def key(self) -> tuple[str, str]:
        """What makes two lines the same organisation: the SIRET, else its name in that place."""
        return (self.siret, "") if self.siret else (folded(self.name), self.postcode)

    @property
    def reachable(self) -> bool:
        """Somebody there can be written to, or called."""
        return bool(self.email or self.phone)


def read(content: bytes) -> Reading[OrganisationRow]:
    """The rows, with the faults of those that cannot be taken. Unreadable: no such table."""
    return read_titled(content, BOUNDS, COLUMNS, _row)


def example() -> bytes:
    """A file to fill."""
    return model(COLUMNS, EXAMPLE)


def _row(line: int, cells: dict[str, str]) -> OrganisationRow:
    name = " ".join(cells["name"].split())[:200]
    if not name:
        raise ValueError(_("le nom manque."))
    city = " ".join(cells["city"].split())[:100]
    if not city:
        raise ValueError(_("la ville manque."))
    siret, said = cells.get("siret", ""), cells.get("kind", "")
    return OrganisationRow(
        line,
        name,
        _kind(said, name),
        check_siret(siret) if siret else None,
        " ".join(cells.get("address", "").split())[:300],
        postcode_cell(cells["postcode"]),
        city,
        " ".join(f"{cells.get('first', '')} {cells.get('contact', '')}".split())[:200],
        " ".join(cells.get("title", "").split())[:200] or None,
        email_cell(cells.get("email", "")),
        phone_cell(cells.get("phone", "")),
    )


def _kind(said: str, name: str) -> OrganisationKind:
    words = folded(said)
    for kind in OrganisationKind:
        if words and words in (folded(_(KIND_NAMES[kind])), folded(KIND_NAMES[kind]), kind.value.replace("_", " ")):
            return kind
    for pattern, kind in _SAID:
        if re.search(rf"\b({pattern})s?\b", words or folded(name)):
            return kind
    names = ", ".join(_(text) for text in KIND_NAMES.values())
    if said:
        raise ValueError(_("« {said} » n’est pas un type connu ; écrivez {names}.").format(said=said[:40], names=names))
    raise ValueError(_("le type manque ; écrivez {names}.").format(names=names))
