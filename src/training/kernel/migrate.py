"""Bring the schema up to date: one transaction, one migrator at a time."""

from __future__ import annotations

import contextlib
import io
from functools import cache

from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.conf.apps import Finder

from training.kernel import db
from training.kernel.raw_sql import PATIENCE

APP = "training"
LOCK = 0x7261696E  # any constant: what concurrent migrators queue on


class MigrationFailed(RuntimeError):
    """A migration did not run; the whole run was undone."""


async def migrate() -> None:
    """Run what has not run. Piccolo's own transactions join ours, so a failure anywhere leaves the schema as it was."""
    async with db.atomic() as tx:
        # a migration may take long on a large database; the host's and the pool's time-outs are for requests
        await tx.connection.execute("set local statement_timeout = 0")
        await tx.connection.execute("select pg_advisory_xact_lock($1)", LOCK, timeout=PATIENCE)
        with contextlib.redirect_stdout(io.StringIO()):
            result = await run_forwards(APP)
        if not result.success:
            raise MigrationFailed(result.message)


async def missing() -> list[str]:
    """Ids of the migrations that this code has and this database has not: what `/readyz` names."""
    if not await db.value("select to_regclass('public.migration') is not null"):
        return list(known())
    records = await db.connection().fetch("select name from migration where app_name = $1", APP)
    return sorted(set(known()) - {record["name"] for record in records})


@cache  # Piccolo lengthens sys.path each time it looks, and /readyz asks every few seconds
def known() -> tuple[str, ...]:
    """Ids of all migrations, oldest first."""
    folder = Finder().get_app_config(APP).resolved_migrations_folder_path
    return tuple(sorted(BaseMigrationManager().get_migration_modules(folder)))
