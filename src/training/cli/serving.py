"""`serve` and `worker`: one process by default, or N web processes and exactly one worker under a supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import click
import structlog
import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from litestar.types import ASGIApp

from training import worker as working
from training.app import create_app, opening
from training.cli import setting_up
from training.kernel import db, faces, migrate, settings
from training.kernel.actor import SYSTEM
from training.kernel.settings import Settings
from training.messages.actions.delivery import knock
from training.records.actions.seen_settings import see_settings

log = structlog.get_logger()

PR_SET_PDEATHSIG = 1  # prctl(2)
CONNECTIONS = 4096  # at a time, those that are idle included; granian's own limit is 128, and the next one waits
BACKLOG = 1024  # connections that the kernel keeps for us while we are busy
FILES = CONNECTIONS + 1024
HEAD = 30.0  # seconds for a request's head, and for a connection to say something: then it is closed
MIGRATED_EVERY = 5.0  # seconds between two looks at whether somebody has migrated the database
PAUSE = 1.0  # seconds before a dead child is started again


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse d’écoute.")
@click.option("--port", default=8000, show_default=True, help="Port d’écoute.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Nombre de processus web.")
@click.option("--no-worker", is_flag=True, help="Sans le travail de fond (lancez `training worker` à part).")
@click.option("--shared", is_flag=True, hidden=True, help="Le port est partagé entre les processus d’un superviseur.")
def serve(host: str, port: int, workers: int, no_worker: bool, shared: bool) -> None:
    """Servir le site."""
    now = setting_up.read_settings()
    if not shared:
        check_port(host, port)
    if workers > 1:
        supervise(now, host, port, workers, with_worker=not no_worker)
        return
    with setting_up.server(now, watched=True) as dsn:
        setting_up.check_database(dsn)
        click.echo(f"DATA_DIR {now.data_dir}", err=True)
        uvloop.run(serve_here(now, dsn, host, port, with_worker=not no_worker))


@click.command()
def worker() -> None:
    """Faire le travail de fond : courriels, factures, agenda des tâches."""
    now = setting_up.read_settings()
    with setting_up.server(now, watched=True) as dsn:
        setting_up.check_database(dsn)
        uvloop.run(work_here(now, dsn))


async def serve_here(now: Settings, dsn: str, host: str, port: int, *, with_worker: bool) -> None:
    """Web (and worker) in this loop until told to stop: running requests end first, then running jobs."""

    @contextlib.asynccontextmanager
    async def everything() -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(faces.being_cut())
            await stack.enter_async_context(setting_up.database(now, dsn))
            if with_worker:
                await stack.enter_async_context(_working_once_migrated())
            yield

    server = listening(create_app(opening(everything)), host, port)
    setting_up.stop_on_signals(server.stop)
    await server.serve()


def listening(app: ASGIApp, host: str, port: int) -> Server:
    """The web server. Without a proxy before it, connections that say nothing are many: they cost a file each."""
    allow_files(FILES)
    return Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=int(HEAD * 1000)),
    )


def allow_files(wanted: int) -> None:
    """Raise what the process may open, as far as its host lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


@contextlib.asynccontextmanager
async def _working_once_migrated() -> AsyncIterator[None]:
    """The worker, as soon as the schema is there: a host may migrate after this process has started."""
    stop = asyncio.Event()

    async def work() -> None:
        while not await _may_work():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), timeout=MIGRATED_EVERY)
                return
        await _work_until(stop)

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        stop.set()
        await task


async def _may_work() -> bool:
    """Whether the schema is there, and what this start found is told. No database, no room: not yet."""
    try:
        if await migrate.missing():
            return False
        await see_settings(SYSTEM, settings.current().of_mail)
    except db.UNAVAILABLE as error:
        log.warning("worker.waits", error=repr(error))
        return False
    return True


async def work_here(now: Settings, dsn: str) -> None:
    """The worker alone in this loop until told to stop."""
    stop = asyncio.Event()
    setting_up.stop_on_signals(stop.set)
    async with faces.being_cut(), setting_up.database(now, dsn):
        await _may_work()
        await _work_until(stop)


async def _work_until(stop: asyncio.Event) -> None:
    """Work; and first see whether mails will leave, so that pages can say so before anybody waits for one."""
    async with working.running():
        looking = asyncio.create_task(_first_knock())
        await stop.wait()
        looking.cancel()


async def _first_knock() -> None:
    try:
        await knock()
    except Exception:  # it is tried again every ten minutes
        log.exception("mail.knock")


def check_port(host: str, port: int) -> None:
    """A sentence when the port is taken, instead of the server's own panic."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"{host}:{port} n’est pas libre ({error.strerror}).") from None


def supervise(now: Settings, host: str, port: int, workers: int, *, with_worker: bool) -> None:
    """N web children that share the port (SO_REUSEPORT) and one worker; the dead are replaced, none outlives us."""
    me = [sys.executable, "-m", "training"]
    web = [*me, "serve", "--host", host, "--port", str(port), "--no-worker", "--shared"]
    commands = [web] * workers + ([[*me, "worker"]] if with_worker else [])
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    with setting_up.server(now, watched=True) as dsn:
        setting_up.check_database(dsn)
        if now.database_url is None:
            uvloop.run(_migrated(now, dsn))
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        children = [_start(command) for command in commands]
        while not stopping:
            time.sleep(0.2)
            for number, child in enumerate(children):
                if child.poll() is not None and not stopping:
                    log.warning("child.died", pid=child.pid, code=child.returncode)
                    time.sleep(PAUSE)
                    children[number] = _start(commands[number])
        for child in children:
            child.terminate()
        for child in children:
            _end(child)


async def _migrated(now: Settings, dsn: str) -> None:
    async with setting_up.database(now, dsn, size=2):
        pass


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, preexec_fn=_die_with_parent)  # noqa: S603 - our own command, one thread


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # even when we are killed with -9


def _end(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(timeout=working.GRACE + 10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
