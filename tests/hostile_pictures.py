"""Pictures that are worst for whoever looks at what people give: their bytes by name, made when asked."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image


def _filled(piece: bytes, size: int) -> bytes:
    return piece * (size // len(piece))


def _png(width: int, height: int, rows: bytes, *, kind: int = 0) -> bytes:
    """A PNG that says this size, whatever its rows hold: one bit a point, or as `kind` says eight."""
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    sums = (struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks)
    packed = (struct.pack(">I", len(data)) + name + data + end for (name, data), end in zip(chunks, sums, strict=True))
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def _scans() -> bytes:
    """A progressive JPEG of sixteen million points with half a million scans, each of them empty."""
    Image.new("L", (4_000, 4_000)).save(into := BytesIO(), "JPEG", progressive=True)
    content = into.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:last] + _filled(b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00\x00", 8_000_000) + content[last:]


PICTURES: dict[str, Callable[[], bytes]] = {
    "a PNG of 900 million points": lambda: _png(30_000, 30_000, b"\0" * 90_000),
    "a PNG of twelve million points of one colour": lambda: _png(4_000, 3_000, b"\0" * (4_000 * 3 + 1) * 3_000, kind=2),
    "a PNG that goes on after its end": lambda: _png(400, 300, b"\0" * 90_000_000),
    "a PNG of chunks": lambda: b"\x89PNG\r\n\x1a\n" + _filled(b"\0\0\0\0tEXt\0\0\0\0", 9_000_000),
    "a JPEG of half a million scans": _scans,
    "a JPEG of markers": lambda: b"\xff\xd8" + _filled(b"\xff\xe1\x00\x02", 9_000_000),
    "a JPEG of marks alone": lambda: b"\xff\xd8" + _filled(b"\xff\xd0", 9_000_000),
    "a JPEG of rubbish before its first scan": lambda: b"\xff\xd8\xff" + _filled(b"\0", 9_000_000),
    "a WebP of chunks": lambda: b"RIFF" + struct.pack("<I", 9_000_000) + b"WEBP" + _filled(b"EXIF\0\0\0\0", 9_000_000),
}
