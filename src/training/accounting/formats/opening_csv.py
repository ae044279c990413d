"""What another ledger left to be paid, as five columns of a CSV. Pure: bytes in, rows or mistakes out."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date

from training.kernel.errors import Invalid
from training.kernel.i18n import _
from training.kernel.money import parse_euros

ROWS_MAX = 5_000
COLUMNS = ("numero", "payeur", "date", "echeance", "montant")
EXAMPLE = "numero;payeur;date;echeance;montant\r\n2026-118;00009999400014;12/11/2026;12/12/2026;350,00\r\n"


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """A line of the file; `payer` as typed: a SIRET, or the name of a page of ours."""

    line: int
    number: str
    payer: str
    issued_on: date
    due_on: date
    gross_cents: int


def read(content: bytes) -> list[OpeningRow]:
    """The rows. Invalid, with the lines and what is wrong there: nothing is taken from a file with a mistake."""
    text = _text(content)
    header, _newline, _rest = text.partition("\n")
    delimiter = max(";,\t", key=header.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise Invalid(_("Ce fichier n’est pas un CSV entier."), field="file") from None
    rows = [[cell.strip() for cell in row] for row in rows]
    names = [_folded(name) for name in rows[0]] if rows else []
    if absent := [name for name in COLUMNS if name not in names]:
        words = _("Il manque la colonne {names} : la première ligne porte numero, payeur, date, echeance, montant.")
        raise Invalid(words.format(names=", ".join(absent)), field="file")
    filled = [(n, dict(zip(names, row, strict=False))) for n, row in enumerate(rows[1:], start=2) if any(row)]
    if not filled:
        raise Invalid(_("Ce fichier n’a aucune ligne sous ses titres."), field="file")
    if len(filled) > ROWS_MAX:
        words = _("Ce fichier a {n} lignes ; {most} au plus à la fois.")
        raise Invalid(words.format(n=len(filled), most=ROWS_MAX), field="file")
    return _rows(filled)


def _rows(filled: list[tuple[int, dict[str, str]]]) -> list[OpeningRow]:
    found, wrong = [], []
    for line, row in filled:
        try:
            found.append(
                OpeningRow(
                    line,
                    row["numero"],
                    row["payeur"],
                    _day(row["date"]),
                    _day(row["echeance"]),
                    parse_euros(row["montant"]),
                )
            )
        except (KeyError, ValueError):
            wrong.append(str(line))
    if wrong:
        words = _("Ligne {lines} : une date (12/11/2026) ou un montant (350,00) ne se lit pas.")
        raise Invalid(words.format(lines=", ".join(wrong[:10]) + ("…" if len(wrong) > 10 else "")), field="file")
    return found


def _text(content: bytes) -> str:
    """UTF-8, or what Windows writes."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def _folded(name: str) -> str:
    return name.casefold().translate(str.maketrans("éèêà", "eeea")).replace("n°", "numero").strip()


def _day(text: str) -> date:
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    return date.fromisoformat(text)
