"""What every command begins with: settings, logs, the embedded server if there is no other, and the pool."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeVar

import asyncpg
import click
import uvloop

from training.kernel import db, logs, migrate, settings
from training.kernel.errors import DomainError
from training.kernel.settings import Settings, SettingsError
from training.postgresql import embedded

T = TypeVar("T")

# What a command may meet where a page would say 503: also a password that is wrong, a database that is not there.
ABSENT = (*db.UNAVAILABLE, asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)


CONNECT_TIMEOUT = 10  # seconds: a server that accepts and never answers is absent too


def no_database(error: BaseException) -> click.ClickException:
    """The sentence about a database that cannot be used."""
    return click.ClickException(f"La base de données ne répond pas : {str(error) or type(error).__name__}")


def read_settings(served_at: str = settings.LOCALLY) -> Settings:
    """The environment, or an end with all that is wrong. `served_at` stands for a BASE_URL that is not given."""
    try:
        loaded = settings.load(served_at=served_at)
    except OSError as error:
        raise click.ClickException(f"DATA_DIR ne peut pas servir : {error}") from None
    except SettingsError as error:
        raise click.ClickException("\n  ".join(["Réglages à corriger :", *error.problems])) from None
    settings.use(loaded)
    logs.configure(loaded.log_level)
    return loaded


@contextlib.contextmanager
def server(now: Settings, *, watched: bool = False) -> Iterator[str]:
    """The DSN of the database: the host's own, or the embedded one, which stops with its last user.

    `watched`: while it is used, the embedded one is started again when it was killed.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `finally` runs, and the server is not left behind
    if now.database_url:
        yield now.database_url
        return
    try:
        with embedded.running(now.data_dir, watched=watched) as dsn:
            yield dsn
    except embedded.EmbeddedError as error:
        raise click.ClickException(str(error)) from None


def check_database(dsn: str) -> None:
    """End with a sentence when the database cannot be reached now, before anything is built on it."""

    async def look() -> None:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT)
        await connection.close()

    try:
        uvloop.run(look())
    except ABSENT as error:
        raise no_database(error) from None


@contextlib.asynccontextmanager
async def database(now: Settings, dsn: str, *, size: int = 10) -> AsyncIterator[None]:
    """The open pool; only the embedded database is migrated by itself (a host decides when its own is)."""
    async with db.connected(dsn, size=size):
        if now.database_url is None:
            await migrate.migrate()
        yield


def run(work: Callable[[], Awaitable[T]], *, migrated: bool = True) -> T:
    """Run one piece of work on the database and end. A refusal or an absent database is a sentence, not a traceback."""
    now = read_settings()

    async def whole(dsn: str) -> T:
        async with database(now, dsn, size=5):
            if migrated and (missing := await migrate.missing()):
                raise click.ClickException(
                    f"La base n’est pas à jour ({len(missing)} migrations) : lancez d’abord `training db migrate`."
                )
            return await work()

    try:
        with server(now) as dsn:
            return uvloop.run(whole(dsn))
    except DomainError as error:
        raise click.ClickException(error.detail) from None
    except ABSENT as error:
        raise no_database(error) from None


def stop_on_signals(stop: Callable[[], Any]) -> None:
    """SIGTERM and SIGINT end the running loop in good order."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
