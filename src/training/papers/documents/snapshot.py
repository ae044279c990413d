"""A paper as a value that the ledger keeps for ten years.

Fields may be added with a default, never renamed or taken away: an old snapshot must still open.
"""

from __future__ import annotations

from typing import Self

import msgspec

DEFAULT_ACCENT = "#0f5c4c"


class Snapshot:
    """JSON both ways, canonical: keys sorted, no spaces, so that equal documents have equal hashes."""

    __slots__ = ()

    def to_json(self) -> str:
        return msgspec.json.encode(self, order="sorted").decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """ValueError (msgspec.ValidationError) when `text` is not such a document."""
        return msgspec.json.decode(text, type=cls)
