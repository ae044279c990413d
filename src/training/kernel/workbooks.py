"""Spreadsheets that people upload (XLSX, ODS, XLS), read by a child process whose memory and time are bounded.

A small file may pretend to have a billion cells: whoever reads it alone may then die alone. What a cell shows is its
text, as a French spreadsheet writes it; a merged cell counts for each that it covers.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import CalamineWorkbook

from training.kernel.i18n import _
from training.kernel.sheets import Bounds, Row, Sheet, Unreadable

BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
MEMORY = 1 << 30  # bytes of the child, all in all
SECONDS = 20
_Place = tuple[int, int]  # row, column
WIDTH = 200  # columns: a table of people or places has a few dozen


def is_workbook(content: bytes) -> bool:
    """Whether bytes begin as a spreadsheet's do."""
    return content.startswith(BEGINNINGS)


def read_workbook(content: bytes, bounds: Bounds) -> Sheet:
    """The first sheet that has something. Unreadable: none, a broken one, one that never ends."""
    bounds.check_size(content)
    command = [sys.executable, "-m", "training.kernel.workbooks", str(bounds.rows + 50), str(bounds.size)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode != 0:
        raise Unreadable(_("Ce classeur ne se lit pas : enregistrez-le de nouveau, ou au format CSV."))
    if not done.stdout:
        raise Unreadable(_("Ce fichier est vide."))
    return Sheet(tuple(_row(said, bounds) for said in done.stdout.splitlines()))


def _row(said: bytes, bounds: Bounds) -> Row:
    line, cells = json.loads(said)  # row by row: whoever is served meanwhile gets their turn between two
    bounds.check_width(line, sum(map(len, cells)))
    return Row(line, tuple(cells))


def _main() -> None:
    """The child: bytes on stdin, a row a line in JSON on stdout; what is beyond the bounds ends it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    rows = _rows(sys.stdin.buffer.read(), *map(int, sys.argv[1:]))
    sys.stdout.writelines(json.dumps(row) + "\n" for row in rows)


def _rows(content: bytes, most: int, room: int) -> list[tuple[int, list[str]]]:
    """The first `most`. ValueError: more than `room` characters, as a merged cell says its text for each it covers."""
    book = CalamineWorkbook.from_object(BytesIO(content))
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        top, left = sheet.start or (0, 0)
        covered = _covered(sheet.merged_cell_ranges or (), top + most, left + WIDTH)
        found: dict[tuple[int, int], str] = {}
        rows = []
        for n, cells in enumerate(sheet.iter_rows()):
            if n > most:
                break
            row = top + n
            for m, cell in enumerate(cells[:WIDTH]):
                found[row, left + m] = _text(cell)
            texts = [
                found.get((row, column)) or found.get(covered.get((row, column), (row, column)), "")
                for column in range(left, left + min(len(cells), WIDTH))
            ]
            if (room := room - sum(map(len, texts))) < 0:
                raise ValueError("room")
            rows.append((row + 1, texts))
        if any(any(cells) for _line, cells in rows):
            return rows
    return []


def _covered(ranges: Iterable[tuple[_Place, _Place]], bottom: int, right: int) -> dict[_Place, _Place]:
    """Each cell that is merged with others, and the first of these. ValueError: they cover one another."""
    found: dict[_Place, _Place] = {}
    for (top, left), last in ranges:
        rows, columns = range(top, min(last[0], bottom) + 1), range(left, min(last[1], right) + 1)
        if (top, left) in found:
            raise ValueError("merges")
        found |= {(row, column): (top, left) for row in rows for column in columns}
    return found


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y}" if cell.time() == time() else f"{cell:%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, timedelta):
        return f"{int(cell.total_seconds()) // 3600:02d}:{int(cell.total_seconds()) // 60 % 60:02d}"
    return str(cell)


if __name__ == "__main__":
    _main()
