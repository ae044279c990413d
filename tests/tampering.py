"""To change what triggers freeze, as whoever owns the database may: by switching them off. Nobody is superuser here."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from training.kernel import db


@contextlib.asynccontextmanager
async def tampering() -> AsyncIterator[None]:
    """No trigger of ours acts in this block; foreign keys and checks do. One transaction, or the test's own."""
    async with db.atomic() as tx:
        await tx.connection.execute("set constraints all immediate")  # what is pending forbids to alter its table
        guarded = [
            record["name"]
            for record in await tx.connection.fetch(
                "select distinct tgrelid::regclass::text as name from pg_trigger where not tgisinternal"
            )
        ]
        for table in guarded:
            await tx.connection.execute(f"alter table {table} disable trigger user")
        yield
        for table in guarded:
            await tx.connection.execute(f"alter table {table} enable trigger user")


async def tamper(*statements: str) -> None:
    """Run these with the triggers off."""
    async with tampering():
        for sql in statements:
            await db.execute(sql)
