"""atomic(): all or nothing, whatever fails, and the pool is whole afterwards."""

# ruff: noqa: PT012 - what raises here is the end of a transaction, with what was done in it

from __future__ import annotations

import asyncio
import contextlib

import asyncpg
import pytest

import makers
from training.bookings.actions.booking import NewParticipant
from training.bookings.rules.seats import KeyReused
from training.kernel import db
from training.kernel.db import ForeignTransaction, TransactionLost, atomic
from training.kernel.errors import Conflict, Invalid

pytestmark = pytest.mark.anyio


class Boom(Exception):
    """What a test throws."""


@pytest.fixture
async def scratch(database: None):
    """A table of the test's own; `later` is checked at COMMIT only."""
    async with atomic():
        await db.execute(
            "create table scratch (n int constraint scratch_small check (n < 100),"
            " later int constraint scratch_later unique deferrable initially deferred)"
        )
    yield
    async with atomic():
        await db.execute("drop table scratch")


async def put(n: int, later: int | None = None) -> None:
    await db.execute("insert into scratch values ($1, $2)", n, later)


async def kept() -> list[int]:
    return [r["n"] for r in await db.pool().fetch("select n from scratch order by n")]


def idle() -> int:
    """Connections that nobody holds, of those there may be."""
    pool = db.pool()
    return pool.get_max_size() - (pool.get_size() - pool.get_idle_size())


async def test_an_inner_failure_that_is_caught_undoes_the_inner_part_only_three_deep(scratch):
    async with atomic():
        await put(1)
        async with atomic():
            await put(2)
            with contextlib.suppress(Boom):
                async with atomic():
                    await put(3)
                    raise Boom
            await put(4)
        with contextlib.suppress(Boom):
            async with atomic():
                await put(5)
                async with atomic():
                    await put(6)
                raise Boom
    assert await kept() == [1, 2, 4]


async def test_an_outer_failure_undoes_what_the_inner_part_had_finished(scratch):
    with pytest.raises(Boom):
        async with atomic():
            async with atomic():
                await put(1)
            raise Boom
    assert await kept() == []
    assert not db.in_transaction()


async def test_a_refused_statement_inside_its_own_atomic_leaves_the_rest_usable(scratch):
    async with atomic():
        await put(1)
        with pytest.raises(asyncpg.CheckViolationError):
            async with atomic():
                await put(100)
        await put(2)
    assert await kept() == [1, 2]


async def test_an_error_caught_without_its_own_atomic_is_not_taken_for_success(scratch):
    """PostgreSQL answers the COMMIT of a broken transaction with ROLLBACK; Piccolo and asyncpg call that success."""
    with pytest.raises(TransactionLost):
        async with atomic():
            await put(1)
            with contextlib.suppress(asyncpg.CheckViolationError):
                await put(100)
    assert await kept() == []
    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        async with atomic(), atomic():
            with contextlib.suppress(asyncpg.CheckViolationError):
                await put(100)


async def test_a_task_started_inside_a_transaction_may_not_work_in_it(scratch):
    async def intrude() -> None:
        async with atomic():
            await put(2)

    async with atomic():
        await put(1)
        with pytest.raises(ForeignTransaction):
            await asyncio.create_task(intrude())
    assert await kept() == [1]


async def test_failing_commits_leave_the_pool_whole(scratch):
    before = idle()
    for _again in range(12):  # more than the pool holds
        with pytest.raises(asyncpg.UniqueViolationError):
            async with atomic():
                await put(1, 7)
                await put(2, 7)
        assert not db.in_transaction()
    assert idle() == before
    assert await kept() == []
    async with atomic():
        await put(3)
    assert await kept() == [3]


async def test_cancelled_work_is_undone_and_gives_its_connection_back(scratch):
    before = idle()

    async def work(*, nested: bool) -> None:
        async with atomic():
            await put(1)
            async with atomic() if nested else contextlib.nullcontext():
                await db.execute("select pg_sleep(30)")

    for nested in (False, True):
        task = asyncio.create_task(work(nested=nested))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), atomic():
            await db.execute("select pg_sleep(30)")
    assert idle() == before
    assert await kept() == []


async def test_a_killed_backend_is_an_absent_database_and_the_pool_recovers(scratch):
    before = idle()
    for nested in (False, True):
        with pytest.raises(db.UNAVAILABLE):  # pages answer 503: try again in a moment
            async with atomic():
                await put(1)
                pid = await db.value("select pg_backend_pid()")
                await db.pool().execute("select pg_terminate_backend($1)", pid)
                async with atomic() if nested else contextlib.nullcontext():
                    await put(2)
    assert idle() == before
    assert await kept() == []


async def test_an_exhausted_pool_says_so_instead_of_waiting_for_ever(scratch, monkeypatch):
    monkeypatch.setattr(db, "ACQUIRE_TIMEOUT", 0.2)
    async with contextlib.AsyncExitStack() as stack:
        for _each in range(idle()):
            stack.push_async_callback(db.pool().release, await db.pool().acquire())
        with pytest.raises(TimeoutError):
            async with atomic():
                pytest.fail("no connection was left")
    async with atomic():
        await put(1)
    assert await kept() == [1]


async def test_a_named_constraint_leaves_as_its_refusal_wherever_it_speaks(scratch, monkeypatch):
    monkeypatch.setattr(db, "_refusals", dict(db._refusals))
    db.refuse("scratch_small", lambda: Conflict("Trop grand."))
    db.refuse("scratch_later", lambda: Conflict("Déjà pris."))
    with pytest.raises(Conflict, match="Trop grand") as statement:
        async with atomic():
            await put(100)
    assert isinstance(statement.value.__cause__, asyncpg.CheckViolationError)
    with pytest.raises(Conflict, match="Déjà pris"):  # this one speaks at COMMIT
        async with atomic():
            await put(1, 7)
            await put(2, 7)
    async with atomic():  # from a savepoint, the outer part goes on
        await put(1)
        with pytest.raises(Conflict):
            async with atomic():
                await put(100)
    assert await kept() == [1]


async def test_a_constraint_is_translated_once_and_an_unknown_one_stays_what_it_is(scratch):
    with pytest.raises(ValueError, match="twice"):
        db.refuse("request_key_once", lambda: KeyReused("deux fois"))
    with pytest.raises(asyncpg.CheckViolationError):
        async with atomic():
            await put(100)


async def test_every_translated_constraint_exists_in_the_database(database):
    found = await db.pool().fetch(
        r"""
        select conname as name from pg_constraint union select relname from pg_class
        union select m[1] from pg_proc, regexp_matches(prosrc, $$constraint = '(\w+)'$$, 'g') m
        """  # and those that a trigger raises under a name of its own
    )
    assert db._refusals.keys() <= {r["name"] for r in found}


async def test_serializable_is_honoured_and_a_write_needs_a_transaction(scratch):
    async with atomic(isolation="serializable"):
        assert await db.value("show transaction_isolation") == "serializable"
    with pytest.raises(RuntimeError, match="outside atomic"):
        await put(1)


@pytest.mark.parametrize("note", ["a\x00b", "x" * 201])
async def test_a_text_that_no_column_takes_is_a_refusal_not_a_crash(database_test, note):
    town = await makers.make_town()
    with pytest.raises(Invalid):
        await makers.make_booking(town, 1, participants=(NewParticipant(note),))
    assert await db.value("select count(*) from booking") == 0


@pytest.mark.commits
async def test_an_action_that_fails_half_way_leaves_nothing(database_test, monkeypatch):
    """Plan a session whose second slot clashes: no session, no slot, no audit row, no fact."""
    town = await makers.make_town()
    counts = "select (select count(*) from session), (select count(*) from slot), (select count(*) from audit)," \
        " (select count(*) from pgqueuer)"  # fmt: skip
    before = tuple(await db.pool().fetchrow(counts))
    with pytest.raises(Conflict):
        await makers.make_session(town.offer, starts_at=town.starts_at, venue=town.venue)
    assert tuple(await db.pool().fetchrow(counts)) == before
