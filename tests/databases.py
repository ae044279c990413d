"""The databases of tests: where they are, the pool on another one, one emptied; and where the site under test is.

Tests import this, never `conftest`: the browser stories have one of their own.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

from training.kernel import db

BASE_URL = "http://testserver.local"


def on(dsn: str, database: str) -> str:
    """The same server, another database."""
    parts = urlsplit(dsn)
    return urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))


@contextlib.asynccontextmanager
async def elsewhere(dsn: str, size: int = 5) -> AsyncIterator[None]:
    """The pool on another database, the suite's own put aside meanwhile."""
    mine, config = db.DB.pool, db.DB.config
    db.DB.pool = None
    try:
        async with db.connected(dsn, size=size):
            yield
    finally:
        db.DB.pool, db.DB.config = mine, config


async def empty() -> None:
    """Empty every table but the migrations'."""
    async with db.atomic() as tx:
        names = await tx.connection.fetch(
            "select quote_ident(tablename) as t from pg_tables where schemaname = 'public' and tablename <> 'migration'"
        )
        await tx.connection.execute(f"truncate {', '.join(n['t'] for n in names)} restart identity cascade")
