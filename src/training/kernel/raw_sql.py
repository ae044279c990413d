"""Migrations in plain SQL: what Piccolo's differ cannot see (EXCLUDE, triggers, extensions, functions)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training.kernel import db

PATIENCE = 24 * 3600.0  # seconds for one statement: the pool's own time-out is for requests, not for large tables


def sql_migration(
    migration_id: str, description: str, *statements: str, undo: tuple[str, ...] = ()
) -> Callable[[], Awaitable[MigrationManager]]:
    """The `forwards` of a migration file. Not `raw()`: its {} are placeholders, and one call takes many statements."""

    async def forwards() -> MigrationManager:
        manager = MigrationManager(migration_id=migration_id, app_name="training", description=description)
        manager.add_raw(partial(_run, statements))  # a lambda would never be awaited, silently
        manager.add_raw_backwards(partial(_run, undo))
        return manager

    return forwards


async def _run(statements: tuple[str, ...]) -> None:
    for sql in statements:
        await db.connection().execute(sql, timeout=PATIENCE)
