"""A real PostgreSQL, its schema made by the migrations once; each test leaves no trace."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import hypothesis
import pytest
from litestar import Litestar

from training.app import create_app
from training.kernel import clock, db, i18n, migrate, settings
from training.postgresql import embedded

for folder in (Path(__file__).parent, Path(__file__).parent / "unit"):
    sys.path.insert(0, str(folder))  # makers, samples and validators are plain modules

import book_rows  # noqa: E402 - after the path is set
import makers  # noqa: E402
import online_makers  # noqa: E402
import stripe_server  # noqa: E402
from databases import BASE_URL, empty, on  # noqa: E402
from kept import KEPT, lend_faces  # noqa: E402

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_numbers = itertools.count()
hypothesis.settings.register_profile("house", deadline=None)  # a busy machine breaks no law
hypothesis.settings.load_profile("house")
LOSABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # nothing lives here


@pytest.fixture(scope="session", autouse=True)
def _settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    data_dir = tmp_path_factory.mktemp("data")
    lend_faces(data_dir)
    environ = {"DATA_DIR": str(data_dir), "BASE_URL": BASE_URL, "SECRET_KEY": "test" * 16, "SIRENE_API_BASE": ""}
    settings.use(settings.load(environ))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Session scope: one loop for all, and the pool is bound to its loop."""
    return "asyncio"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The DSN of a server where databases may be made: DATABASE_URL's, or the embedded one, kept between runs."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with embedded.running(KEPT, settings=LOSABLE) as dsn:
        yield dsn


@pytest.fixture(scope="session")
async def database_dsn(server: str) -> AsyncIterator[str]:
    """A database of this pytest process's own, copied from a template that the migrations made."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    template, name = f"training_template_{run}", f"training_test_{run}_{WORKER}"
    admin = await asyncpg.connect(server)
    await admin.execute("select pg_advisory_lock(7)")  # xdist: one of the workers makes the template
    if not await admin.fetchval("select true from pg_database where datname = $1", template):
        await admin.execute(f"create database {template}")
        async with db.connected(on(server, template), size=2):
            await migrate.migrate()
    await admin.execute(f"create database {name} template {template}")
    await admin.execute("select pg_advisory_unlock(7)")
    yield on(server, name)
    await admin.execute(f"drop database {name} with (force)")
    if not await admin.fetchval("select true from pg_database where datname like $1", f"training_test_{run}_%"):
        with contextlib.suppress(asyncpg.PostgresError):  # another worker is making its own copy
            await admin.execute(f"drop database if exists {template}")
    await admin.close()


@pytest.fixture(scope="session")
async def database(database_dsn: str) -> AsyncIterator[None]:
    """The pool on this process's database."""
    async with db.connected(database_dsn):
        yield


@pytest.fixture
async def empty_database(server: str, database_dsn: str) -> AsyncIterator[Callable[[], Any]]:
    """Makes empty databases, and drops them."""
    admin = await asyncpg.connect(server)
    made: list[str] = []

    async def make() -> str:
        name = f"{database_dsn.rsplit('/', 1)[1].split('?')[0]}_{next(_numbers)}"
        await admin.execute(f"create database {name} template template0")
        made.append(name)
        return on(server, name)

    yield make
    for name in made:
        await admin.execute(f"drop database {name} with (force)")
    await admin.close()


class _Undo(Exception):
    """Ends a test's transaction."""


@pytest.fixture
async def database_test(database: None, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """The test runs in a transaction that is rolled back; marked `commits`, it really commits, and is emptied after."""
    if request.node.get_closest_marker("commits"):
        yield
        await empty()
        return
    with contextlib.suppress(_Undo):
        async with db.atomic():
            yield
            raise _Undo


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that goes to the database from now on."""
    seen: list[str] = []
    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        original = getattr(asyncpg.Connection, name)

        async def watched(self, query, *args, _original=original, **options):
            seen.append(" ".join(query.split()))
            return await _original(self, query, *args, **options)

        monkeypatch.setattr(asyncpg.Connection, name, watched)
    return seen


@pytest.fixture(scope="session")
def app(_settings: None) -> Litestar:
    """One application for all: it keeps nothing of a request, and making it costs more than most tests do."""
    return create_app()


@pytest.fixture
async def client(database_test: None, app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a browser: the application through ASGI, in the test's own transaction.

    And in its own task: the language of the last request would be that of the tests that follow.
    """
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL) as browser:
        yield browser
    i18n.language.set(i18n.SOURCE)


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[stripe_server.Stripe]:
    """The fake Stripe, open; it is asked again at once."""
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.01)
    with online_makers.stripe_open() as running:
        yield running


@pytest.fixture
async def debt(database_test: None) -> AsyncIterator[online_makers.Debt]:
    """An issued invoice that may be paid online, on the day when it is."""
    with clock.frozen(makers.NOON):
        made = await online_makers.make_debt()
    with clock.frozen(online_makers.PAYING):
        yield made


@pytest.fixture
async def payer(database_test: None) -> AsyncIterator[int]:
    """A private organisation, on the day when `book_rows` are read."""
    with clock.frozen(book_rows.NOW):
        yield await book_rows.private()
