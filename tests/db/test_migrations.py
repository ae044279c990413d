"""The schema that the migrations make is the one that the Table classes declare, and is made whole or not at all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.columns import Column, ForeignKey, OnDelete, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

import makers
from databases import elsewhere
from training.kernel import db, migrate
from training.kernel.raw_sql import sql_migration
from training.piccolo_app import APP_CONFIG
from training.postgresql import backup

pytestmark = pytest.mark.anyio

TABLES = {table._meta.tablename: table for table in APP_CONFIG.table_classes}
NAMES = sorted(TABLES)
COLUMNS = [(name, column) for name in NAMES for column in TABLES[name]._meta.columns]
KEYS = [(name, column) for name, column in COLUMNS if isinstance(column, ForeignKey)]

# Made in plain SQL because Piccolo has no word for them.
COLUMNS_OF_SQL = {("slot", "during"), ("venue_use", "during"), ("assignment", "during"), ("search_entry", "lexemes")}
TABLES_OF_OTHERS = {"migration", "pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics"}
CONSTRAINTS_OF_SQL = {"slot_during_follows", "venue_use_no_overlap", "assignment_no_overlap", "tariff_one_a_day"}

TYPES = {
    "Serial": "bigint",
    "ForeignKey": "bigint",
    "BigInt": "bigint",
    "Integer": "integer",
    "Numeric": "numeric",
    "Varchar": "character varying",
    "Text": "text",
    "Boolean": "boolean",
    "Bytea": "bytea",
    "Date": "date",
    "Timestamptz": "timestamp with time zone",
    "DoublePrecision": "double precision",
    "UUID": "uuid",
    "Array": "ARRAY",
}


def label(thing: object) -> str | None:
    return thing if isinstance(thing, str) else thing._meta.name if isinstance(thing, Column) else None


async def column_of(table: str, name: str) -> Any:
    """A column as information_schema sees it."""
    return await db.connection().fetchrow(
        """
        select data_type, character_maximum_length as length, is_nullable = 'YES' as nullable, column_default as default
        from information_schema.columns where table_schema = 'public' and table_name = $1 and column_name = $2
        """,
        table,
        name,
    )


async def constraints(table: str, *kinds: str) -> dict[str, str]:
    """name → definition of a table's constraints of some kinds: p, u, c, f, x."""
    rows = await db.connection().fetch(
        """
        select conname, pg_get_constraintdef(oid) as definition from pg_constraint
        where conrelid = to_regclass($1) and contype = any($2::text[])
        """,
        f"public.{table}",
        list(kinds),
    )
    return {row["conname"]: row["definition"] for row in rows}


async def indexes(table: str) -> list[Any]:
    """(first, columns, unique, partial) of a table's indexes; `first` is the first column, None for an expression."""
    return await db.connection().fetch(
        """
        select i.indisunique as unique, i.indpred is not null as partial, i.indnkeyatts as columns, (
            select attname from pg_attribute where attrelid = i.indrelid and attnum = i.indkey[0]
        ) as first
        from pg_index i where i.indrelid = to_regclass($1)
        """,
        f"public.{table}",
    )


async def test_no_table_is_without_a_class(database_test: None) -> None:
    rows = await db.connection().fetch("select tablename from pg_tables where schemaname = 'public'")
    assert {row["tablename"] for row in rows} == set(TABLES) | TABLES_OF_OTHERS


async def test_no_column_is_without_a_class(database_test: None) -> None:
    rows = await db.connection().fetch(
        "select table_name, column_name from information_schema.columns where table_schema = 'public'"
    )
    found = {(r["table_name"], r["column_name"]) for r in rows if r["table_name"] not in TABLES_OF_OTHERS}
    assert found - COLUMNS_OF_SQL == {(name, column._meta.name) for name, column in COLUMNS}
    assert found >= COLUMNS_OF_SQL, "an exception that is not needed any more"


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=label)
async def test_column(database_test: None, table: str, column: Column) -> None:
    made = await column_of(table, column._meta.name)
    assert made["data_type"] == TYPES[type(column).__name__]
    assert made["length"] == (column.length if isinstance(column, Varchar) else None)
    assert made["nullable"] == column._meta.null
    found = await indexes(table)
    if column._meta.unique:
        assert any(i["unique"] and not i["partial"] and i["columns"] == 1 for i in found if i["first"] == label(column))
    if column._meta.index:
        assert any(i["first"] == column._meta.name for i in found)


@pytest.mark.parametrize(("table", "key"), KEYS, ids=label)
async def test_foreign_key(database_test: None, table: str, key: ForeignKey[Any]) -> None:
    rows = await db.connection().fetch(
        """
        select confrelid::regclass::text as target, confdeltype::text as on_delete, confupdtype::text as on_update,
               cardinality(conkey) as columns
        from pg_constraint where contype = 'f' and conrelid = to_regclass($1)
          and conkey[1] = (select attnum from pg_attribute where attrelid = conrelid and attname = $2)
        """,
        f"public.{table}",
        key._meta.name,
    )
    (made,) = rows
    assert made["target"] == key._foreign_key_meta.resolved_references._meta.tablename
    assert key._foreign_key_meta.on_delete == OnDelete.restrict
    assert made["on_delete"] in "ar", "a deletion never cascades"
    # only a slot's (id, during) is followed, so that an exclusion sees the uses of a slot that moves
    follows = made["columns"] == 2 and made["target"] == "slot"
    assert made["on_update"] in ("c" if follows else "ar")
    whole = [i for i in await indexes(table) if i["first"] == key._meta.name and not i["partial"]]
    assert whole, "a foreign key without an index: each deletion of its target would read the whole table"


@pytest.mark.parametrize("table", NAMES)
async def test_named_constraints(database_test: None, table: str) -> None:
    declared = {constraint._meta.name: constraint for constraint in TABLES[table]._meta.constraints}
    made = await constraints(table, "c", "u", "x")
    assert set(declared) <= set(made)
    single = {name for name in made if name.removesuffix("_once").removeprefix(f"{table}_") in unique_columns(table)}
    assert set(made) - set(declared) - single <= CONSTRAINTS_OF_SQL
    await copy_with(TABLES[table], declared)
    copied = await constraints_of_copy(table)
    assert {name: made[name] for name in declared} == {name: copied[name] for name in declared}


def unique_columns(table: str) -> set[str]:
    return {column._meta.name for column in TABLES[table]._meta.columns if column._meta.unique}


async def copy_with(table: type[Table], declared: dict[str, Check | Unique]) -> None:
    """An empty copy of a table with the constraints as its class writes them: PostgreSQL says if they are the same."""
    name = table._meta.tablename
    await db.execute(f"create temporary table copy_{name} (like public.{name}) on commit drop")
    for constraint, what in declared.items():
        await db.execute(f"alter table copy_{name} add constraint {constraint} {what.ddl}")


async def constraints_of_copy(table: str) -> dict[str, str]:
    rows = await db.connection().fetch(
        "select conname, pg_get_constraintdef(oid) as definition from pg_constraint where conrelid = $1::regclass",
        f"copy_{table}",
    )
    return {row["conname"]: row["definition"] for row in rows}


async def test_a_default_of_the_database_is_one_of_the_class(database_test: None) -> None:
    """So that a row made by SQL and a row made by Piccolo are the same row."""
    wrong = []
    for table, column in COLUMNS:
        made = await column_of(table, column._meta.name)
        default = column._meta.params.get("default")
        if made["default"] is not None and default is None:
            wrong.append(f"{table}.{column._meta.name}: {made['default']}")
        if isinstance(default, bool | int) and made["default"] != str(default).lower():
            wrong.append(f"{table}.{column._meta.name}: {default!r} is {made['default']}")
    assert wrong == []


async def test_the_queue_needs_no_upgrade(database_test: None) -> None:
    plan = await Queries(AsyncpgDriver(db.connection())).plan_upgrade()
    assert plan.statements == ()


async def fingerprint() -> list[Any]:
    return await db.connection().fetch(
        "select oid, relname, xmin::text from pg_class where relnamespace = 'public'::regnamespace order by relname"
    )


async def test_migrating_twice_changes_nothing(database_test: None) -> None:
    assert await migrate.missing() == []
    before = await fingerprint()
    await migrate.migrate()
    assert await fingerprint() == before


# On databases of their own


async def relations() -> int:
    return int(await db.value("select count(*) from pg_class where relnamespace = 'public'::regnamespace"))


async def test_four_at_once_migrate_once(empty_database: Callable[[], Any]) -> None:
    async with elsewhere(await empty_database()):
        assert await migrate.missing() == list(migrate.known())
        await asyncio.gather(*(migrate.migrate() for _ in range(4)))
        rows = await db.connection().fetch("select name from migration order by name")
        assert [row["name"] for row in rows] == list(migrate.known())
        assert await migrate.missing() == []


@pytest.mark.parametrize("statement", ["select 1 / 0", "insert into commune (insee) values ('61001')"])
async def test_a_migration_that_fails_leaves_nothing(
    empty_database: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    real = BaseMigrationManager.get_migration_modules
    bad = SimpleNamespace(ID="9999", forwards=sql_migration("9999", "bad", "create table half ()", statement))
    monkeypatch.setattr(
        BaseMigrationManager, "get_migration_modules", lambda self, path: {**real(self, path), "9999": bad}
    )
    async with elsewhere(await empty_database()):
        with pytest.raises(asyncpg.PostgresError):
            await migrate.migrate()
        assert await relations() == 0
        monkeypatch.undo()
        await migrate.migrate()  # and the next one begins afresh
        assert await migrate.missing() == []


async def test_a_migration_may_take_longer_than_a_request_and_so_may_waiting_for_it(
    empty_database: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = BaseMigrationManager.get_migration_modules
    slow = SimpleNamespace(ID="9999", forwards=sql_migration("9999", "slow", "select pg_sleep(1.5)"))
    dsn = await empty_database()
    async with elsewhere(dsn):
        await migrate.migrate()
    monkeypatch.setattr(
        BaseMigrationManager, "get_migration_modules", lambda self, path: {**real(self, path), "9999": slow}
    )
    monkeypatch.setattr(db, "COMMAND_TIMEOUT", 1)
    async with elsewhere(dsn):
        await asyncio.gather(migrate.migrate(), migrate.migrate())


async def test_a_backup_of_our_schema_comes_back_whole(empty_database: Callable[[], Any], tmp_path: Path) -> None:
    """`fold()` leans on an extension, and a restoration has an empty search_path: indexes over it must be remade."""
    source, target = await empty_database(), await empty_database()
    async with elsewhere(source):
        await migrate.migrate()
        await makers.make_town()
        await makers.make_organisation("Écouché-les-Vallées", siret=None, domain="ecouche.example.org")
        before = await schema()
    await asyncio.to_thread(backup.backup, source, tmp_path / "whole.backup")
    await asyncio.to_thread(backup.restore, target, tmp_path / "whole.backup")
    async with elsewhere(target):
        assert await schema() == before
        assert await migrate.missing() == []
        found = "select name from organisation where fold(name) = fold('ECOUCHE-LES-VALLEES')"
        assert await db.value(found) == "Écouché-les-Vallées"
        again = await makers.make_organisation("Échauffour", siret=None, domain="echauffour.example.org")
        assert again > 0, "identities go on where they were"
        with pytest.raises(asyncpg.RestrictViolationError):
            async with db.atomic():
                await db.execute("delete from audit")


async def schema() -> list[str]:
    """Constraints, indexes, triggers and functions in words, without the casts that rereading moves."""
    rows = await db.connection().fetch(
        """
        select pg_get_constraintdef(oid) as line from pg_constraint where connamespace = 'public'::regnamespace
        union all select indexdef from pg_indexes where schemaname = 'public'
        union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
        union all select p.oid::regprocedure || p.provolatile::text from pg_proc p
            where pronamespace = 'public'::regnamespace
        """
    )
    return sorted(re.sub(r"::[a-z ]+(\[\])?|[()]", "", row["line"]) for row in rows)
