"""The engine, its pool, and `atomic()`, the only door to a transaction. SQL belongs to the packages, not here."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from training.kernel.errors import DomainError, Invalid
from training.kernel.i18n import _
from training.kernel.row_mapping import maker

ACQUIRE_TIMEOUT = 10  # seconds; then the caller hears that the database is busy instead of waiting for ever
COMMAND_TIMEOUT = 60  # seconds for one statement
CLOSE_TIMEOUT = 10  # seconds for the pool to take its connections back; then they are cut

# What the database's absence looks like from here: all of them mean « try again in a moment ».
UNAVAILABLE = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says when the server ended the connection just before a statement
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.DiskFullError,
    TimeoutError,
)

ROOM = 500  # kilobytes that a disk with room takes

T = TypeVar("T")

# Piccolo finds the engine, the tables and their migrations through this module's name.
os.environ.setdefault("PICCOLO_CONF", "training.piccolo_conf")


class _Engine(PostgresEngine):
    """Piccolo's engine connects to the database when it is *built*, that is at import; ours waits to be told where."""

    async def check_version(self) -> None:
        """The pool finds out soon enough."""

    async def prep_database(self) -> None:
        """Extensions are made by the migrations."""


DB = _Engine(config={"dsn": "postgresql://unconfigured.invalid/"})

_full = False  # whether the disk was full when something was last written
_owner: ContextVar[asyncio.Task[Any] | None] = ContextVar("atomic_owner", default=None)
_refusals: dict[str, Callable[[], DomainError]] = {}


class ForeignTransaction(RuntimeError):
    """A task tried to work inside the transaction of the task that made it."""


class _Undone(Exception):
    """Ends a transaction that was only a trial."""


class TransactionLost(RuntimeError):
    """The database had already given up this transaction: an error inside it was caught without its own atomic()."""


@contextlib.asynccontextmanager
async def connected(dsn: str, *, size: int = 10) -> AsyncIterator[None]:
    """Open the pool on `dsn` for as long as the block lasts. The pool belongs to the running loop."""
    DB.config = {"dsn": dsn}
    await DB.start_connection_pool(min_size=1, max_size=size, command_timeout=COMMAND_TIMEOUT)
    try:
        yield
    finally:
        # A connection that its holder lost when the database went away would be waited for for ever
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await DB.close_connection_pool()
        DB.pool = None


def refuse(constraint: str, error: Callable[[], DomainError]) -> None:
    """Say, once, what the violation of a named constraint means to people."""
    if constraint in _refusals:
        raise ValueError(f"{constraint} is translated twice")
    _refusals[constraint] = error


def translate(error: asyncpg.IntegrityConstraintViolationError) -> DomainError | None:
    """The refusal behind a violated constraint; None when nobody has named it."""
    make = _refusals.get(getattr(error, "constraint_name", None) or "")
    return make() if make else None


@contextlib.asynccontextmanager
async def atomic(*, isolation: str = "read committed") -> AsyncIterator[PostgresTransaction]:
    """One unit of work: all or nothing. Nested use is a savepoint: an inner failure that is caught undoes only that.

    A violated constraint that `refuse()` knows leaves as its DomainError; a text too long for its column, as Invalid.

    Piccolo's `transaction()` joins silently when nested, keeps its connection for ever when COMMIT fails, and takes
    the ROLLBACK with which PostgreSQL answers the COMMIT of a broken transaction for success.
    """
    outer = DB.current_transaction.get()
    try:
        async with _savepoint(outer) if outer is not None else _transaction(isolation) as tx:
            yield tx
    except asyncpg.IntegrityConstraintViolationError as error:
        if refusal := translate(error):
            raise refusal from error
        raise
    except asyncpg.DiskFullError as error:
        is_full(error)
        raise
    except (asyncpg.StringDataRightTruncationError, asyncpg.CharacterNotInRepertoireError) as error:
        # the rooms above limit what people type; this is the guarantee behind their limits
        raise Invalid(_("Un texte est trop long, ou contient un caractère qui ne s’écrit pas.")) from error


@contextlib.asynccontextmanager
async def _savepoint(outer: PostgresTransaction) -> AsyncIterator[PostgresTransaction]:
    if _owner.get() is not asyncio.current_task():
        raise ForeignTransaction("atomic() in a task that was started inside another task's transaction")
    point = await outer.savepoint()
    try:
        yield outer
    except BaseException:
        await _undo(outer.connection, f"ROLLBACK TO SAVEPOINT {point.name}")
        raise
    await point.release()  # type: ignore[no-untyped-call]


@contextlib.asynccontextmanager
async def _transaction(isolation: str) -> AsyncIterator[PostgresTransaction]:
    async with pool().acquire(timeout=ACQUIRE_TIMEOUT) as connection:  # releases, and resets, whatever happens
        tx = DB.transaction()
        tx.connection = connection
        await connection.execute(f"BEGIN ISOLATION LEVEL {isolation}")
        mine, owner = DB.current_transaction.set(tx), _owner.set(asyncio.current_task())
        try:
            yield tx
        except BaseException:
            await _undo(connection, "ROLLBACK")
            raise
        else:
            if await connection.execute("COMMIT") != "COMMIT":
                raise TransactionLost
        finally:
            DB.current_transaction.reset(mine)
            _owner.reset(owner)


async def _undo(connection: Any, sql: str) -> None:
    """A rollback over a dead connection has nothing left to undo; the error that brought us here is the one to show."""
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        await connection.execute(sql)


def is_full(error: BaseException) -> bool:
    """Whether an error says that the disk is full; it is remembered until there is room again."""
    global _full
    full = isinstance(error, asyncpg.DiskFullError) or (isinstance(error, OSError) and error.errno == errno.ENOSPC)
    _full = _full or full
    return full


async def lacks_room() -> bool:
    """Whether the disk was full when something was last written here, and still is."""
    global _full
    if _full and await can_write():
        _full = False
    return _full


async def can_write() -> bool:
    """Whether the database is there and has room: it writes something, and takes it back."""
    try:
        with contextlib.suppress(_Undone):
            async with atomic():
                await connection().execute(
                    "create temporary table room on commit drop as "
                    f"select repeat('x', 1000) from generate_series(1, {ROOM:d})"
                )
                raise _Undone
    except UNAVAILABLE:
        return False
    return True


def in_transaction() -> bool:
    """Whether an atomic() is open here: outside systems are never called inside one."""
    return DB.current_transaction.get() is not None


def pool() -> asyncpg.Pool:
    """The open pool. InterfaceError, which callers answer with 503, when there is none."""
    if DB.pool is None:
        raise asyncpg.InterfaceError("the pool is not open")
    return DB.pool


def connection() -> Any:
    """The current transaction's connection, or the pool: both take fetch, fetchrow, fetchval, execute."""
    tx = DB.current_transaction.get()
    return tx.connection if tx is not None else pool()


async def rows(shape: type[T], sql: str, *args: object) -> list[T]:
    """Run a read; each row becomes a `shape` (a frozen dataclass), each column of its field's type, by name."""
    make = maker(shape)
    return [make(record) for record in await connection().fetch(sql, *args)]


async def row(shape: type[T], sql: str, *args: object) -> T | None:
    """The first row of a read as a `shape`, or None."""
    record = await connection().fetchrow(sql, *args)
    return None if record is None else maker(shape)(record)


async def value(sql: str, *args: object) -> Any:
    """The first column of the first row, or None."""
    return await connection().fetchval(sql, *args)


async def execute(sql: str, *args: object) -> str:
    """Run a write that Piccolo's query builder cannot say. Inside an action, so inside atomic()."""
    if not in_transaction():
        raise RuntimeError("a write outside atomic()")
    return str(await connection().execute(sql, *args))
