"""Addresses of databases on one server."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def on(dsn: str, database: str) -> str:
    """The same server, another database."""
    parts = urlsplit(dsn)
    return urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))
