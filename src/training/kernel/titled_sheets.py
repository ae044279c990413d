"""Tables whose columns are known by their titles, wherever they stand and however people write them. No I/O but a child
that reads workbooks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from training.kernel.i18n import _
from training.kernel.sheets import Bounds, Reading, Row, Sheet, Unreadable, read_csv, read_rows
from training.kernel.workbooks import WIDTH, is_workbook, read_workbook

T = TypeVar("T")

TOP = 15  # rows among which the titles stand: a name of the table, a date and a blank line may come before
TITLE = 100  # characters of a cell that may be one: what is longer is no title, and its end says nothing


@dataclass(frozen=True)
class Column:
    """A column that is read. `title`: what its model says; `also`: other beginnings of its title, folded."""

    name: str
    title: str
    also: tuple[str, ...] = ()
    needed: bool = False

    @cached_property
    def said(self) -> str:
        """Its title as it is compared."""
        return folded(self.title)

    def is_titled(self, said: str) -> bool:
        """Whether a cell, folded, is its title."""
        return said == self.said or said in self.also or any(said.startswith(f"{one} ") for one in self.also)


def read_titled(
    content: bytes, bounds: Bounds, columns: Sequence[Column], make: Callable[[int, dict[str, str]], T]
) -> Reading[T]:
    """The rows below the titles, as `make` says each (its ValueError is the fault of its line). Unreadable."""
    sheet = read_workbook(content, bounds) if is_workbook(content) else read_csv(content, bounds, _looks_like(columns))
    header, names = _titles(sheet, columns)
    filled = sheet.below(header)
    if not filled:
        raise Unreadable(_("Ce fichier n’a aucune ligne sous ses titres."))
    bounds.check_rows(len(filled))
    empty = dict.fromkeys(names, "")  # a line may end before its last columns
    return read_rows(filled, names, lambda line, cells: make(line, {**empty, **cells}))


def model(columns: Sequence[Column], *examples: Sequence[str]) -> bytes:
    """A CSV to fill, as a French spreadsheet opens it."""
    lines = [[column.title for column in columns], *examples]
    return "".join(";".join(cells) + "\r\n" for cells in lines).encode("utf-8-sig")


def folded(text: str) -> str:
    """A title as it is compared: small letters, no accents, marks as spaces."""
    plain = unicodedata.normalize("NFKD", text.replace("°", "o").casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c))))


def _looks_like(columns: Sequence[Column]) -> Callable[[Sequence[Row]], int]:
    return lambda rows: max((len(_recognised(row, columns)) for row in rows[:TOP]), default=0)


def _recognised(row: Row, columns: Sequence[Column]) -> dict[int, str]:
    """Which cell of a row is the title of which column; the first that says it."""
    found: dict[int, str] = {}
    for place, cell in enumerate(row.cells[:WIDTH]):
        said = folded(cell[:TITLE])
        for column in columns:
            if said and column.name not in found.values() and column.is_titled(said):
                found[place] = column.name
                break
    return found


def _titles(sheet: Sheet, columns: Sequence[Column]) -> tuple[int, list[str]]:
    """Where the titles stand, and the name of each cell below them; "" is a column that is not read."""
    top = sheet.rows[:TOP]
    best = max(range(len(top)), key=lambda n: len(_recognised(top[n], columns)), default=0)
    found = _recognised(top[best], columns) if top else {}
    if absent := [column.title for column in columns if column.needed and column.name not in found.values()]:
        words = _("Il manque la colonne {names} : une ligne porte les titres {titles}.")
        raise Unreadable(words.format(names=", ".join(absent), titles=", ".join(column.title for column in columns)))
    return best, [found.get(place, "") for place in range(len(top[best].cells[:WIDTH]))]
