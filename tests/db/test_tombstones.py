"""A file's bytes go by one way, never while something cites them; its sum stays, and the chain still holds."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import asyncpg
import pytest

import makers
from databases import on
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict
from training.postgresql import backup
from training.records import queries
from training.records.actions.acting import acting
from training.records.actions.files import keep_file, tombstone_file
from training.records.actions.give_number import Document, Numbered, freeze, open_series

pytestmark = pytest.mark.anyio
BYTES = b"%PDF a paper"


async def kept(content: bytes = BYTES) -> int:
    async with db.atomic():
        return await keep_file(content, "application/pdf")


async def gone(file: int, reason: str = "terme passé") -> bool:
    async with db.atomic():
        return await tombstone_file(file, reason)


async def issued() -> int:
    async def make(numbered: Numbered) -> Document:
        return Document("{}", BYTES + numbered.number.encode(), b"<x/>" + numbered.number.encode())

    async with acting(SYSTEM, "trial.issue"):
        await open_series("trial", "T")
        return (await freeze("trial", ("trial", 1), make)).entry


async def test_the_bytes_go_and_the_sum_stays(database_test):
    file = await kept()
    with clock.frozen(makers.NOON):
        assert await gone(file)
    row = await db.connection().fetchrow("select * from file where id = $1", file)
    assert (row["content"], row["sha256"], row["size"]) == (None, hashlib.sha256(BYTES).digest(), len(BYTES))
    assert (row["gone_at"], row["gone_reason"]) == (makers.NOON, "terme passé")
    assert await queries.file(file) is None
    assert not await gone(file, "again"), "gone is gone: the first day and reason stay"
    assert await db.value("select gone_reason from file where id = $1", file) == "terme passé"


@pytest.mark.parametrize(
    "sql",
    [
        "update file set content = null",
        "update file set content = ''",
        "update file set content = null, gone_at = now(), gone_reason = 'x'",
        "update file set gone_at = now(), gone_reason = 'x'",
        "update file set size = 0",
        "delete from file",
    ],
)
async def test_there_is_no_other_way(database_test, sql):
    file, other = await kept(), await kept(b"other")
    await gone(other)  # the way stood open for that one row, and is closed again
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as caught:
        async with db.atomic():
            await db.execute(f"{sql} where id = {file}")
    assert caught.value.constraint_name == "file_is_frozen"
    assert (await queries.file(file)).content == BYTES


async def test_a_tombstone_stands(database_test):
    file = await kept()
    await gone(file)
    for sql in ("delete from file", "update file set media_type = 'x'", "update file set sha256 = sha256('')"):
        with pytest.raises(asyncpg.RestrictViolationError):
            async with db.atomic():
                await db.execute(sql)
    with pytest.raises(asyncpg.CheckViolationError):  # only the same bytes come back
        async with db.atomic():
            await db.execute("update file set content = 'other', gone_at = null, gone_reason = null")


async def test_bytes_that_are_kept_again_come_back_under_their_id(database_test):
    file = await kept()
    await gone(file)
    assert await kept() == file
    assert (await queries.file(file)).content == BYTES
    assert await gone(file)


async def test_what_a_ledger_entry_cites_does_not_go(database_test):
    entry = await issued()
    paper, data = await db.connection().fetchrow("select paper, data from ledger_entry where id = $1", entry)
    for file in (paper, data):
        with pytest.raises(Conflict, match="cité"):
            await gone(file)
        assert await queries.file(file) is not None


async def test_any_foreign_key_to_a_file_holds_it(database_test):
    """Read from the database's own catalogue: a table of next year is in it already."""
    file = await kept()
    await makers.make_platform(logo=file)
    with pytest.raises(Conflict):
        await gone(file)
    async with db.atomic():
        await db.execute("update platform set logo = null")
        await db.execute('create table "next year" (name text, "the file" bigint references file (id))')
        await db.execute("insert into \"next year\" values ('x', $1)", file)
    with pytest.raises(Conflict):
        await gone(file)
    async with db.atomic():
        await db.execute('delete from "next year"')
    assert await gone(file)


@pytest.mark.commits
async def test_whoever_cites_a_file_while_it_goes_is_waited_for(database_test):
    file = await kept()
    await makers.make_platform(logo=None)
    cites = asyncio.Event()

    async def cite() -> None:
        async with db.atomic():
            assert await keep_file(BYTES, "application/pdf") == file
            cites.set()
            await asyncio.sleep(0.2)
            await db.execute("update platform set logo = $1", file)

    async def let_go() -> bool:
        await cites.wait()
        return await gone(file)

    done = await asyncio.gather(cite(), let_go(), return_exceptions=True)
    assert isinstance(done[1], Conflict)
    assert (await queries.file(file)).content == BYTES


async def tamper(sql: str) -> None:
    """What the function refuses, done by an owner who switches the trigger off: a purge of a later year may do it."""
    async with db.atomic():
        await db.execute("alter table file disable trigger frozen")
        await db.execute(sql)
        await db.execute("alter table file enable trigger frozen")


@pytest.mark.commits
async def test_the_chain_holds_over_a_tombstone_and_verify_counts_it(database_test):
    first, _second = await issued(), await issued()
    await tamper(
        "update file set content = null, gone_at = now(), gone_reason = 'terme'"
        " where id = (select paper from ledger_entry where position = 1)"
    )
    (found,) = await queries.verify()
    assert (found.documents, found.broken, found.tombstones) == (2, None, 1)
    proof = await queries.proof(first)
    assert proof is not None
    assert proof.holds
    await tamper("update file set sha256 = sha256('other') where content is null")
    (found,) = await queries.verify()
    assert str(found.broken).endswith("-00001"), "a tombstone with another sum is no tombstone of that paper"


@pytest.mark.commits
async def test_a_backup_carries_tombstones_and_what_was_edited(database_test, database_dsn, server, tmp_path: Path):
    file, whole = await kept(), await kept(b"other")
    await gone(file)
    async with acting(SYSTEM, "trial.edit", ("trial", 1)) as change:
        change.edited("name", "a", "b")
    saved = tmp_path / "whole.backup"
    await asyncio.to_thread(backup.backup, database_dsn, saved)
    admin = await asyncpg.connect(server)
    name = f"{database_dsn.rsplit('/', 1)[1].split('?')[0]}_tombstones"  # another run may use this server
    await admin.execute(f"create database {name} template template0")
    try:
        target = on(server, name)
        await asyncio.to_thread(backup.restore, target, saved)
        restored = await asyncpg.connect(target)
        rows = await restored.fetch("select id, content, sha256, gone_reason from file order by id")
        assert [(r["id"], r["content"]) for r in rows] == [(file, None), (whole, b"other")]
        assert (rows[0]["sha256"], rows[0]["gone_reason"]) == (hashlib.sha256(BYTES).digest(), "terme passé")
        assert await restored.fetchval("select old || new from change") == "ab"
        assert await restored.fetchval("select tombstone_file($1, 'x', now())", whole)
        with pytest.raises(asyncpg.RestrictViolationError):
            await restored.execute("delete from file")
        await restored.close()
    finally:
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()
