"""Finding, handing over, bringing in and taking out."""

from __future__ import annotations

import re

from person import Person

from .register import act

FINDING, HANDING, SHEETS = "Finding", "Handing over", "Spreadsheets"
LIST = """Nom;Type;SIRET;Adresse;Code postal;Ville;Contact;Fonction;Courriel;Téléphone
Mairie d’Essai;Commune;;1 place de la Mairie;61250;Essai;Zoé Test;Secrétariat;zoe@example.org;02 00 00 00 06
Club d’Essai;Association;;;61500;Sées;Luc Test;;;02 00 00 00 07
"""


@act(FINDING)
def by_telephone(somebody: Person) -> None:
    """Who calls, by the number that the telephone shows."""
    somebody.search("0639980021", re.compile("Canton|Département"))


@act(FINDING)
def by_slip(somebody: Person) -> None:
    """A session by two words, one misspelt."""
    somebody.search("trotinette essay", re.compile("trottinette"))


@act(FINDING)
def by_number(somebody: Person) -> None:
    """An invoice by its number."""
    somebody.search("F2026-00040", re.compile("F2026-00040"), "/gestion/factures/")


@act(HANDING)
def standing(somebody: Person) -> None:
    """Where everything stands, for who takes over."""
    somebody.stop("Passation")
    somebody.see(somebody.page.get_by_role("heading", name="En cours"))


@act(HANDING)
def hand_over(somebody: Person) -> None:
    """What somebody follows, entrusted to another."""
    somebody.stop("Passation")
    somebody.choose("de", "Mehdi Sentier")
    somebody.choose("a", "Claire Boussole")
    somebody.press("Voir ce que cela change")
    somebody.press(re.compile("^Confier à"))


@act(SHEETS)
def imported(somebody: Person) -> None:
    """Organisations from a spreadsheet, read again, then brought in."""
    somebody.stop("Structures")
    somebody.link("Importer d’un tableur")
    somebody.give("file", "structures.csv", LIST.encode())
    somebody.press("Relire le fichier")
    somebody.press(re.compile("^Importer"))


@act(SHEETS)
def exported(somebody: Person) -> None:
    """A list as a spreadsheet."""
    somebody.stop("Structures")
    somebody.download("XLSX")
