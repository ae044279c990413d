"""What an address asks for: words, keys of pages. A key that makes no sense asks for nothing."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from training.web.pages import Asked

LONGEST = 100  # characters of a search


def words(request: Asked, name: str) -> str:
    """A parameter as typed, trimmed; "" when absent. PostgreSQL has no text with a NUL in it."""
    return str(request.query_params.get(name, "")).replace("\x00", "").strip()[:LONGEST]


def key(request: Asked, name: str) -> tuple[datetime, int] | None:
    """The key (instant, id) at which a page of a list begins; None when there is none, or it is not one of ours."""
    when, _comma, row = words(request, name).rpartition(",")
    try:
        instant, id_ = datetime.fromisoformat(when.replace(" ", "+")), int(row)
    except ValueError:
        return None
    return (instant, id_) if instant.tzinfo is not None and 0 <= id_ < 2**62 else None


def written(found: tuple[datetime, int] | None) -> str:
    """A key as an address carries it; "" for none."""
    return "" if found is None else f"{found[0].isoformat()},{found[1]}"


def address(path: str, **parameters: str) -> str:
    """A path with those parameters that are not empty."""
    kept = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
