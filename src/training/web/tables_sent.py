"""Tables that are sent as they are made: a CSV or a workbook of any length, a few rows in memory at a time."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from typing import IO

from litestar.response import Stream

from training.kernel import clock
from training.kernel.sheet_files import XLSX, Cell, Workbook, csv_rows

CHUNK = 64 * 1024
Batches = AsyncIterable[Sequence[Sequence[Cell]]]


def sent(content: AsyncIterator[bytes], media_type: str, name: str) -> Stream:
    """A file that is sent as it is made."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(content, media_type=media_type, headers=headers)


async def pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    """What a file holds, in pieces."""
    file.seek(0)
    while piece := await asyncio.to_thread(file.read, CHUNK):
        yield piece


def csv_sent(header: Sequence[str], batches: Batches, name: str) -> Stream:
    """Rows for a French spreadsheet."""

    async def content() -> AsyncIterator[bytes]:
        yield csv_rows([header], first=True)
        async for rows in batches:
            yield csv_rows(rows)

    return sent(content(), "text/csv", name)


def xlsx_sent(sheet: str, header: Sequence[str], batches: Batches, name: str) -> Stream:
    """Rows as a workbook."""

    async def content() -> AsyncIterator[bytes]:
        with tempfile.TemporaryFile() as file:
            book = Workbook(file, sheet, header, clock.now())
            async for rows in batches:
                await asyncio.to_thread(_add, book, rows)
            await asyncio.to_thread(book.close)
            async for piece in pieces(file):
                yield piece

    return sent(content(), XLSX, name)


def _add(book: Workbook, rows: Sequence[Sequence[Cell]]) -> None:
    for cells in rows:
        book.add(cells)
