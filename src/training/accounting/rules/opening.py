"""What may be taken over from the ledger that was there before ours. No I/O."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from training.accounting.formats.opening_csv import OpeningRow
from training.kernel.i18n import _
from training.kernel.render import day_year
from training.kernel.sheets import Fault

NUMBER_MAX = 35  # EN 16931 BT-1
AMOUNT_MAX = 100_000_000_00  # cents: a hundred millions is a slip of the finger


def mistakes(
    number: str, issued_on: date, due_on: date, gross_cents: int, prefixes: Iterable[str], today: date
) -> dict[str, str]:
    """Field → sentence of what cannot be; a number of our own series would be taken for one of ours."""
    found: dict[str, str] = {}
    if not 0 < len(number) <= NUMBER_MAX:
        found["number"] = _("Indiquez le numéro, {most} caractères au plus.").format(most=NUMBER_MAX)
    elif any(re.fullmatch(rf"{prefix}\d{{4}}-\d+", number.upper()) for prefix in prefixes):
        found["number"] = _("Le numéro {number} a la forme des nôtres : il désignerait deux factures.").format(
            number=number
        )
    if issued_on > today:
        found["issued_on"] = _("Cette date n’est pas encore venue.")
    elif issued_on.year < 2000:
        found["issued_on"] = _("Cette date est trop ancienne.")
    if due_on < issued_on:
        found["due_on"] = _("L’échéance vient après la date de la facture.")
    elif due_on.year > today.year + 5:
        found["due_on"] = _("Cette échéance est trop lointaine.")
    if not 0 < gross_cents <= AMOUNT_MAX:
        found["amount"] = _("Indiquez un montant de plus de zéro.")
    return found


@dataclass(frozen=True, slots=True)
class BooksNow:
    """What a file is held against: our own series, the numbers of the register (in capitals), what is closed."""

    prefixes: Collection[str]
    numbers: Collection[str]
    closed_until: date | None
    today: date


def file_faults(rows: Sequence[OpeningRow], payers: Collection[str], books: BooksNow) -> list[Fault]:
    """What is wrong with the rows of a file, by line; `payers`: those that are known, as they were typed."""
    found: list[Fault] = []
    seen: set[str] = set()
    for row in rows:
        said = mistakes(row.number, row.issued_on, row.due_on, row.gross_cents, books.prefixes, books.today).values()
        found += [Fault(row.line, sentence) for sentence in (*said, *_against(row, payers, books, seen))]
        seen.add(row.number.upper())
    return found


def _against(row: OpeningRow, payers: Collection[str], books: BooksNow, seen: Collection[str]) -> Iterable[str]:
    if row.payer not in payers:
        yield _("{payer} n’est pas une structure connue.").format(payer=row.payer[:40] or "–")
    if row.number.upper() in seen:
        yield _("le numéro {number} est deux fois dans le fichier.").format(number=row.number)
    if row.number.upper() in books.numbers:
        yield _("le numéro {number} est déjà dans le registre.").format(number=row.number)
    if books.closed_until and row.issued_on <= books.closed_until:
        yield _("sa date est dans la période close jusqu’au {day}.").format(day=day_year(books.closed_until))
