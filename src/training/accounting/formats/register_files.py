"""Many papers as one file: a ZIP that grows as it is sent. Pure: files in, bytes out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime


class _Pipe(io.RawIOBase):
    """What a ZIP is written to while it is being sent: nothing behind is kept."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.waiting += data
        return len(data)

    def take(self) -> bytes:
        taken, self.waiting = bytes(self.waiting), bytearray()
        return taken


async def zipped(files: AsyncIterable[tuple[str, bytes]], made_at: datetime) -> AsyncIterator[bytes]:
    """A ZIP of (name, bytes), sent as it grows: one file in memory at a time."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # a PDF is compressed already
        async for name, content in files:
            info = zipfile.ZipInfo(name, made_at.timetuple()[:6])
            archive.writestr(info, content)
            yield pipe.take()
    yield pipe.take()
