"""What another ledger left to be paid, as five columns of a CSV. Pure: bytes in, rows and faults out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from training.kernel.i18n import _
from training.kernel.money import parse_euros
from training.kernel.sheets import Bounds, Reading, Row, Unreadable, read_csv, read_rows

BOUNDS = Bounds(size=1_500_000, rows=5_000)
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


def read(content: bytes) -> Reading[OpeningRow]:
    """The rows, with the faults of those that cannot be read. Unreadable: no such table."""
    sheet = read_csv(content, BOUNDS, lambda rows: len(set(_names(rows)) & set(COLUMNS)))
    names = _names(sheet.rows)
    if absent := [name for name in COLUMNS if name not in names]:
        words = _("Il manque la colonne {names} : la première ligne porte numero, payeur, date, echeance, montant.")
        raise Unreadable(words.format(names=", ".join(absent)))
    filled = sheet.below(0)
    if not filled:
        raise Unreadable(_("Ce fichier n’a aucune ligne sous ses titres."))
    BOUNDS.check_rows(len(filled))
    return read_rows(filled, names, _row)


def _row(line: int, cells: dict[str, str]) -> OpeningRow:
    try:
        days = _day(cells["date"]), _day(cells["echeance"])
        return OpeningRow(line, cells["numero"], cells["payeur"], *days, parse_euros(cells["montant"]))
    except (KeyError, ValueError):
        raise ValueError(_("une date (12/11/2026) ou un montant (350,00) ne se lit pas.")) from None


def _names(rows: Sequence[Row]) -> list[str]:
    return [_folded(name) for name in rows[0].cells] if rows else []


def _folded(name: str) -> str:
    plain = name.strip().casefold().translate(str.maketrans("éèêà", "eeea"))
    return plain.replace("n°", "numero").strip()


def _day(text: str) -> date:
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    return date.fromisoformat(text)
