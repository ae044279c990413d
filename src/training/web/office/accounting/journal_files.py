"""Kept journals as the files that people take away: text for a ledger's import, CSV and XLSX for people."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice

from litestar.response import Response, Stream

from training.accounting.formats import journal as entries
from training.kernel.i18n import _
from training.kernel.sheet_files import XLSX, Cell, Workbook, csv_rows
from training.web.pages import file_response
from training.web.tables_sent import pieces, sent

KINDS = ("txt", "csv", "xlsx")
BATCH = 2_000  # lines that are written at once


async def journal_file(kept: bytes, kind: str, name: str, made_at: datetime) -> Response[bytes] | Stream:
    """A kept journal as one of `KINDS`, the same bytes each time."""
    if kind == "txt":
        text = await asyncio.to_thread(entries.text_file, kept)
        return file_response(text, "text/plain; charset=utf-8", f"{name}.txt")
    content = _csv(kept) if kind == "csv" else _xlsx(kept, made_at)
    return sent(content, "text/csv" if kind == "csv" else XLSX, f"{name}.{kind}")


async def _csv(kept: bytes) -> AsyncIterator[bytes]:
    rows, first = entries.read(kept), True
    while batch := list(islice(rows, BATCH)):
        yield csv_rows(batch, first=first)
        first = False


async def _xlsx(kept: bytes, made_at: datetime) -> AsyncIterator[bytes]:
    rows = entries.read(kept)
    with tempfile.TemporaryFile() as file:
        book = Workbook(file, _("Écritures"), next(rows), made_at)
        while await asyncio.to_thread(_add, book, islice(rows, BATCH)):
            pass
        await asyncio.to_thread(book.close)
        async for piece in pieces(file):
            yield piece


_AMOUNTS = (entries.COLUMNS.index("Debit"), entries.COLUMNS.index("Credit"))


def _add(book: Workbook, rows: Iterator[list[str]]) -> int:
    count = 0
    for row in rows:
        cells: list[Cell] = list(row)
        for column in _AMOUNTS:
            cells[column] = Decimal(row[column].replace(",", "."))
        book.add(cells)
        count += 1
    return count
