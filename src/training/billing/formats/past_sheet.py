"""A spreadsheet of sessions of former years, an organisation that came a row. Pure: bytes in, rows and faults out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time

from training.catalogue.formats.offers_sheet import minutes_of
from training.directory.formats.typed_cells import line_cell
from training.directory.rules.numbers import check_siret
from training.kernel.i18n import _
from training.kernel.money import parse_euros
from training.kernel.sheets import Bounds, Reading
from training.kernel.titled_sheets import Column, folded, model, read_titled
from training.papers.rules.references import References, faults

BOUNDS = Bounds(size=3_000_000, rows=6_000)
MOST = 9_999  # people of one organisation in one session
MOST_CENTS = 100_000_000
FIRST_YEAR = 1980
ORDERS = ("no de commande", "numero de commande", "numero de bon de commande", "no d engagement")
COLUMNS = (
    Column("day", "Date", ("jour", "date de la seance"), True),
    Column("begin", "Début", ("heure", "horaire", "horaires", "heure de debut"), True),
    Column("end", "Fin", ("heure de fin",)),
    Column("duration", "Durée", ("duree",)),
    Column("offer", "Offre", ("seance", "atelier", "formation", "intitule", "titre"), True),
    Column("venue", "Lieu", ("salle", "nom du lieu")),
    Column("city", "Commune", ("ville", "localite")),
    Column("people", "Animation", ("animateur", "animatrice", "animateurs", "intervenant", "intervenants")),
    Column("partner", "Partenaire", ("avec",)),
    Column("organisation", "Structure", ("organisme", "organisation", "client", "reservee a", "beneficiaire"), True),
    Column("siret", "SIRET", ("numero siret", "no siret")),
    Column("expected", "Personnes attendues", ("attendus", "inscrits", "places prises", "places reservees")),
    Column("seats", "Places"),
    Column("present", "Présents", ("personnes presentes", "venus", "participants", "personnes venues")),
    Column("price", "Prix HT", ("prix", "tarif", "montant", "cout"), True),
    Column("worth", "Valeur HT", ("valeur", "valorisation")),
    Column("order", "Numéro d’engagement", ("engagement", "bon de commande", "commande", *ORDERS)),
    Column("invoice", "Facture", ("numero de facture", "no de facture", "ancienne facture", "reference de facture")),
    Column("note", "Note", ("remarque", "remarques", "commentaire", "observations")),
    Column("state", "État", ("statut",)),
)
EXAMPLE = (
    *("12/03/2024", "9:00", "12:00", "", "Atelier d’essai", "Salle des fêtes", "Sées", "Ana Test", ""),
    *("Commune d’Essai", "", "15", "", "13", "350,00", "", "ENG-12", "F-2024-031", ""),
)


@dataclass(frozen=True, slots=True)
class PastRow:
    """A line of the file. `minutes`: where no end is said; None too: the offer's. `present` None: nobody counted.

    `price_cents`: net, of the whole group; 0 is free, and `worth_cents` what that is worth.
    """

    line: int
    day: date
    begin: time
    end: time | None
    minutes: int | None
    offer: str
    venue: str
    city: str
    people: tuple[str, ...]
    partner: str
    organisation: str
    siret: str | None
    seats: int
    present: int | None
    price_cents: int
    worth_cents: int | None
    purchase_order: str | None
    invoice: str
    note: str


def read(content: bytes) -> Reading[PastRow]:
    """The rows, with the faults of those that cannot be taken. Unreadable: no such table."""
    return read_titled(content, BOUNDS, COLUMNS, _row)


def example() -> bytes:
    """A file to fill."""
    return model(COLUMNS, EXAMPLE)


def _row(line: int, cells: dict[str, str]) -> PastRow:
    cells = {**dict.fromkeys((column.name for column in COLUMNS), ""), **cells}  # few files have every column
    _check_held(cells["state"])
    begin, end = hours_of(cells["begin"] or cells["day"].strip().partition(" ")[2], cells["end"])
    seats, present = _heads(cells)
    price = _cents(cells["price"], "Prix HT")
    return PastRow(
        line,
        day_of(cells["day"]),
        begin,
        end,
        None if end or not cells["duration"] else minutes_of(cells["duration"]),
        line_cell(cells, "offer", 200, "Offre"),
        line_cell(cells, "venue", 200),
        line_cell(cells, "city", 100),
        _names(cells["people"]),
        line_cell(cells, "partner", 200),
        line_cell(cells, "organisation", 200, "Structure"),
        check_siret(cells["siret"]) if cells["siret"] else None,
        seats,
        present,
        price,
        _cents(cells["worth"], "Valeur HT") if cells["worth"] and not price else None,
        _order(cells["order"]),
        _short(cells["invoice"], 60),
        cells["note"][:2_000].strip(),
    )


def _check_held(state: str) -> None:
    said = folded(state)
    if re.search(r"annul|attente|option|refus|expir|valider|verif|brouillon|report|garde|propos", said):
        words = _("« {text} » : cette ligne n’a pas eu lieu. Retirez-la du fichier.")
        raise ValueError(words.format(text=state[:40]))


MONTHS = ("jan", "fev", "mar", "avr", "mai", "juin", "juil", "aou", "sep", "oct", "nov", "dec")  # their beginnings


def day_of(text: str) -> date:
    """« 12/03/2024 », « 12.3.24 », « 2024-03-12 », « mardi 12 mars 2024 ». ValueError: no day of ours."""
    said = folded(text)
    try:
        if found := re.match(r"(\d{4}) (\d{1,2}) (\d{1,2})\b", said):
            day = date(int(found[1]), int(found[2]), int(found[3]))
        elif found := re.match(r"(?:[a-z]+ )?(\d{1,2}) (\d{1,2}) (\d{4}|\d{2})\b", said):
            day = date(_year(found[3]), int(found[2]), int(found[1]))
        elif found := re.match(r"(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]{3,}) (\d{4})\b", said):
            month = next(n for n, name in enumerate(MONTHS, 1) if found[2].startswith(name))
            day = date(int(found[3]), month, int(found[1]))
        else:
            raise ValueError(text)
        if day.year < FIRST_YEAR:
            raise ValueError(text)
    except (ValueError, StopIteration):
        raise ValueError(_("« {text} » n’est pas une date, par exemple 12/03/2024.").format(text=text[:40])) from None
    return day


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def hours_of(begin: str, end: str) -> tuple[time, time | None]:
    """« 9 h 30 », « 09:30 », « 14h-17h ». ValueError: none, or the end is not after the beginning."""
    first, _dash, second = re.sub(r"\s*(?:–|—|-|à|/)\s*", "-", begin.strip().lower(), count=1).partition("-")
    starts, last = _hour(first), end or second
    ends = _hour(last) if last.strip() else None
    if ends is not None and ends <= starts:
        raise ValueError(_("l’heure de fin n’est pas après l’heure de début."))
    return starts, ends


def _hour(text: str) -> time:
    found = re.fullmatch(r"(\d{1,2})(?:\s*(?:h|:|\.)\s*(\d{2})?)?(?:\s*(?:min|:00))?", text.strip().lower())
    if not text.strip():
        raise ValueError(_("l’heure de début manque."))
    try:
        if found is None:
            raise ValueError(text)
        return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        raise ValueError(_("« {text} » n’est pas une heure, par exemple 9:30.").format(text=text[:40])) from None


def _heads(cells: dict[str, str]) -> tuple[int, int | None]:
    """How many were expected, and how many came. ValueError: nobody says a number."""
    present = _count(cells["present"])
    expected = _count(cells["expected"]) or _count(cells["seats"]) or present
    if not expected:
        raise ValueError(_("dites combien de personnes étaient attendues ou présentes."))
    return expected, present


def _count(text: str) -> int | None:
    if not text.strip():
        return None
    found = re.match(r"\d{1,6}\b", text.replace("\u202f", "").replace(" ", ""))
    if found is None or int(found[0]) > MOST:
        words = _("« {text} » n’est pas un nombre de 0 à {most}.")
        raise ValueError(words.format(text=text[:40], most=MOST))
    return int(found[0])


def _cents(text: str, title: str) -> int:
    if folded(text) in ("gratuit", "gratuite", "offert", "sans frais"):
        return 0
    try:
        cents = parse_euros(text)
    except ValueError:
        words = _("la case « {title} » porte un montant, par exemple 350,00, ou « gratuit ».")
        raise ValueError(words.format(title=title)) from None
    if cents > MOST_CENTS:
        raise ValueError(_("« {text} » est un montant trop grand.").format(text=text[:40]))
    return cents


def _names(text: str) -> tuple[str, ...]:
    parts = re.split(r"[,;/&+\n]|\bet\b", text[:1_000])
    return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


def _order(text: str) -> str | None:
    """As an invoice could bear it. ValueError: it could not."""
    told = References(purchase_order=" ".join(text.split()))
    if wrong := faults(told):
        raise ValueError(_("numéro d’engagement : {why}").format(why=wrong["purchase_order"]))
    return told.purchase_order


def _short(text: str, most: int) -> str:
    plain = " ".join(text.split())
    if len(plain) > most:
        raise ValueError(_("« {text}… » est trop long : {most} caractères au plus.").format(text=plain[:20], most=most))
    return plain
