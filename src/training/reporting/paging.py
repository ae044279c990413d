"""A page of a list: one row more than it shows is read, to know whether another page follows."""

from __future__ import annotations

from typing import TypeVar

Row = TypeVar("Row")


def cut(found: list[Row], limit: int) -> tuple[list[Row], Row | None]:
    """Of `limit + 1` rows asked for: those that the page shows, and the last of them when more follow."""
    return found[:limit], found[limit - 1] if len(found) > limit else None
