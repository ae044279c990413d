"""Spreadsheets and Markdown that are worst for whoever reads them: what they hold by name, made when asked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import xlsxwriter

SHEET, CELL = 2_990_000, 32_000  # bytes that an import takes; letters that a cell of a workbook holds
TEXT, FIELD = 20_000, 590_000  # characters of a description; bytes of a field that no file is
_TITLES = b"Nom;Type;Code postal;Ville;Contact;Courriel\n"
_STACKED = "a" + "\u0301\u0327" * 9_900


def _filled(piece: str | bytes, size: int) -> bytes:
    piece = piece.encode() if isinstance(piece, str) else piece
    return piece * (size // len(piece))


def _workbook(fill: Callable[[xlsxwriter.worksheet.Worksheet], object]) -> bytes:
    book = xlsxwriter.Workbook(into := io.BytesIO(), {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("Nom", "Type", "Code postal", "Ville"))
    fill(sheet)
    book.close()
    return into.getvalue()


def _repacked(content: bytes, rows: bytes, beside: bytes = b"") -> bytes:
    """A workbook whose sheet holds these rows, written as they are, and after them what is `beside`."""
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(into := io.BytesIO(), "w", 8) as made:
        for name in given.namelist():
            sheet = b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
            ours = sheet + rows + b"</sheetData>" + beside + b"</worksheet>"
            made.writestr(name, ours if name == "xl/worksheets/sheet1.xml" else given.read(name))
    return into.getvalue()


def _small() -> bytes:
    return _workbook(lambda sheet: sheet.write(1, 0, "a"))


def _same_text() -> bytes:
    """One text, written once, in a million cells."""
    book = _workbook(lambda sheet: sheet.write(1, 0, "a" * CELL))
    row = b"<row>" + b'<c t="s"><v>4</v></c>' * 180 + b"</row>"
    return _repacked(book, row * 6_000)


def _merged() -> bytes:
    """One text in a cell that covers the sheet: whoever reads says it for each that it covers."""
    cell = b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"a" * CELL + b"</t></is></c></row>"
    rows = cell + b"".join(b'<row r="%d"><c r="GR%d"><v>1</v></c></row>' % (n, n) for n in range(2, 6_000))
    return _repacked(_small(), rows, b'<mergeCells><mergeCell ref="A1:GR6000"/></mergeCells>')


SHEETS: dict[str, Callable[[], bytes]] = {
    "a workbook without end": lambda: _workbook(lambda sheet: sheet.write(1_048_575, 16_383, "x")),
    "a workbook of one text a million times": _same_text,
    "a workbook of one cell that covers it": _merged,
    "a workbook of 60 MB of rows": lambda: _repacked(_small(), b"<row/>" * 10_000_000),
    "a workbook of merges": lambda: _repacked(
        _small(), b"<row/>", b"<mergeCells>" + b'<mergeCell ref="A1:GR6000"/>' * 400_000 + b"</mergeCells>"
    ),
    "a workbook of letters alone": lambda: _filled(b"PK\x03\x04", SHEET),
    "a workbook of former times": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + _filled(b"\xfe\xff\xff\xff", SHEET),
    "a workbook with a title without end": lambda: _workbook(lambda sheet: sheet.write(0, 0, _STACKED)),
    "quotation marks": lambda: _TITLES + _filled('"', SHEET),
    "lines of quotation marks": lambda: _TITLES + _filled('"' * 19_000 + "\n", SHEET),
    "pairs of quotation marks": lambda: _TITLES + _filled('"";' * 6_000 + "\n", SHEET),
    "a quotation mark that never closes": lambda: _TITLES + b'"' + _filled("a\n", 40_000),
    "cells": lambda: _filled(";" * 19_000 + "\n", SHEET),
    "titles": lambda: (_filled("Nom;", 19_000) + b"\n") * 150,
    "titles of stacked accents": lambda: ("Nom;" + _STACKED[:9_000] + "\n").encode() * 150,
    "lines": lambda: _TITLES + b"\n" * 23_000,
    "wrong lines": lambda: _TITLES + b"a;b;c;d;e;f\n" * 5_900,
    "wide lines": lambda: _TITLES + b"Mairie;Commune;61000;Essai;" + b"a" * 400 + b";a@example.org\n"
    + b"".join(b"Mairie %d;Commune;61000;Essai;%s;a@example.org\n" % (n, b"a" * 400) for n in range(5_900)),
    "one name": lambda: _TITLES + b"".join(b"Mairie;Commune;%05d;Essai;a;a@example.org\n" % n for n in range(5_900)),
    "addresses of dots": lambda: _TITLES + (b"Mairie;Commune;61000;Essai;a;a@" + b"a." * 200 + b"\n") * 5_900,
    "types of stacked accents": lambda: _TITLES + ("Mairie;" + _STACKED[:9_000] + ";61000;Essai;a;\n").encode() * 150,
}  # fmt: skip

MARKDOWN: dict[str, Callable[[], str]] = {
    "brackets": lambda: "[" * TEXT,
    "brackets beyond what a text has": lambda: "[" * FIELD,
    "lines of a quotation in quotations": lambda: "> " * 20 + "a\n" * 9_900,
    "lists in lists": lambda: ("- " * 9 + "a\n") * 1_000,
    "emphasis": lambda: "*a " * 6_600,
}
