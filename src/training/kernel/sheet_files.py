"""Tables as files that people open: CSV for French spreadsheets, XLSX. Pure: rows in, bytes out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO

import xlsxwriter  # type: ignore[import-untyped]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | date | Decimal | None

# A cell that begins so is a formula to a spreadsheet, whoever typed it (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"


def harmless(text: str) -> str:
    """A text that no spreadsheet computes."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _french(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:f}".replace(".", ",")
        case date():
            return f"{cell:%d/%m/%Y}"
        case int():
            return str(cell)
        case _:
            return harmless(cell)


def euros(cents: int | None) -> Decimal | None:
    """Cents as a cell's amount."""
    return None if cents is None else Decimal(cents).scaleb(-2)


def csv_rows(rows: Iterable[Sequence[Cell]], *, first: bool = False) -> bytes:
    """Lines of a CSV: semicolons, decimal comma, CRLF; the first ones begin with a mark that says UTF-8."""
    text = io.StringIO()
    text.write(BOM if first else "")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([[_french(cell) for cell in row] for row in rows])
    return text.getvalue().encode()


class Workbook:
    """An XLSX of one sheet, a row at a time: memory does not grow with it."""

    def __init__(self, to: IO[bytes], sheet: str, header: Sequence[str], made_at: datetime) -> None:
        self._book = xlsxwriter.Workbook(to, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
        self._book.set_properties({"created": made_at.replace(tzinfo=None)})
        self._sheet = self._book.add_worksheet(sheet)
        self._money = self._book.add_format({"num_format": "#,##0.00"})
        self._day = self._book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
        bold = self._book.add_format({"bold": True, "bottom": 1})
        self._sheet.freeze_panes(1, 0)
        for column, name in enumerate(header):
            self._sheet.set_column(column, column, max(12, len(name) + 2))
            self._sheet.write_string(0, column, name, bold)
        self._row = 1

    def add(self, row: Sequence[Cell]) -> None:
        """One more row. Texts are written as texts: none is computed."""
        for column, cell in enumerate(row):
            match cell:
                case None | "":
                    continue
                case Decimal():
                    self._sheet.write_number(self._row, column, cell, self._money)
                case date():
                    self._sheet.write_datetime(self._row, column, cell, self._day)
                case int():
                    self._sheet.write_number(self._row, column, cell)
                case _:
                    self._sheet.write_string(self._row, column, harmless(cell))
        self._row += 1

    def close(self) -> None:
        """Finish the file."""
        self._book.close()
