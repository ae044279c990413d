"""A place of the bench's own: a database that is dropped afterwards, a folder, the program served on a free port."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import uvloop

from training.app import create_app
from training.kernel import db, settings
from training.postgresql import embedded

START = 60.0  # seconds in which a server must give its first answer
STOP = 30.0


@dataclass(frozen=True, slots=True)
class Site:
    """Where everything is. `url` is a database made on DATABASE_URL's server; None: the embedded one, in `home`."""

    home: Path
    url: str | None
    port: int

    @property
    def environ(self) -> dict[str, str]:
        """What the program is started with: nothing of the caller's settings, no mail server."""
        kept = {k: v for k, v in os.environ.items() if k.removesuffix("_FILE") not in settings.NAMES}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)  # each start would compile thousands of modules again
        kept |= {"DATA_DIR": str(self.home), "BASE_URL": f"http://127.0.0.1:{self.port}"}
        return kept if self.url is None else kept | {"DATABASE_URL": self.url}

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """Its DSN, for as long as the block lasts."""
        if self.url is not None:
            yield self.url
            return
        with embedded.running(self.home) as dsn:
            yield dsn


@contextlib.contextmanager
def site() -> Iterator[Site]:
    """A site with an empty database; nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="training-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)  # root's PostgreSQL runs as an account that must be able to enter
        server = os.environ.get("DATABASE_URL")
        if not server:
            yield Site(home, None, free_port())
            return
        name = f"training_bench_{secrets.token_hex(4)}"
        parts = urlsplit(server)
        uvloop.run(_ask(server, f"create database {name}"))
        try:
            yield Site(home, urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, "")), free_port())
        finally:
            uvloop.run(_ask(server, f"drop database {name} with (force)"))


async def _ask(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `started` is how many seconds its first answer took from the start of its process."""

    pid: int
    port: int
    started: float


@contextlib.contextmanager
def serving(here: Site, *options: str) -> Iterator[Server]:
    """`training serve`, as a person starts it, until the block ends."""
    command = [sys.executable, "-m", "training", "serve", "--port", str(here.port), *options]
    with _process(here, command, here.port) as server:
        yield server


@contextlib.contextmanager
def bare(here: Site) -> Iterator[Server]:
    """The bare Litestar route, served beside."""
    port = free_port()
    with _process(here, [sys.executable, "-m", "bench.bare", str(port)], port) as server:
        yield server


@contextlib.asynccontextmanager
async def inside(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    """The application in this very process, so that one can look inside; nothing is measured through it."""
    app = cast(Any, create_app())  # httpx and Litestar spell the ASGI types differently
    async with (
        db.connected(dsn),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
    ):
        yield client


def migrated(here: Site) -> None:
    """What a host does first with a database of its own (the embedded one is migrated by `serve`)."""
    subprocess.run(
        [sys.executable, "-m", "training", "db", "migrate"], env=here.environ, check=True, capture_output=True
    )


@contextlib.contextmanager
def _process(here: Site, command: Sequence[str], port: int) -> Iterator[Server]:
    with (here.home / "server.log").open("w+") as log:
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=here.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            while not _answers(port):
                if process.poll() is not None or time.perf_counter() - begun > START:
                    log.seek(0)
                    raise RuntimeError(f"{' '.join(command[1:])} does not answer: {log.read()[-2000:]}")
                time.sleep(0.005)
            yield Server(process.pid, port, time.perf_counter() - begun)
        finally:
            process.terminate()
            try:
                process.wait(STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(port: int) -> bool:
    """Whether `/` is answered with 200."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return connection.recv(12).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
