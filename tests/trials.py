"""Reactions that stop, fail or kill where a test wants it, and the process of a real worker that runs them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from training import worker
from training.kernel import db, outbox, settings
from training.kernel.actor import Actor
from training.reactions import BY_NAME, REACTIONS, Reaction
from training.records.actions.acting import acting

HEARTBEAT = timedelta(seconds=1)
POLL = timedelta(seconds=0.3)
FACT = "trial.happened"
FIRST_DELAY = timedelta(seconds=0.05)

failures = 0  # how often `shaky` fails from now on
killing = False  # in the process that a test may kill
stops: tuple[str, ...] = ()  # the points at which that process waits for its death
gate: Callable[[str], Awaitable[None]] | None = None  # what a test of this process does at a point


async def steady(actor: Actor, subject: int) -> None:
    """One effect in the database, with a stop after it and before the commit."""
    async with acting(actor, "trial.steady", ("trial", subject)):
        pass
    await _at("steady")


async def shaky(actor: Actor, subject: int) -> None:
    """An effect and then, as long as `failures` lasts, an error."""
    global failures
    async with acting(actor, "trial.shaky", ("trial", subject)):
        pass
    if failures:
        failures -= 1
        raise RuntimeError("shaken")


async def deadly(actor: Actor, subject: int) -> None:
    """Ends the process of whoever runs it; in the test's own it only leaves a trace."""
    if killing:
        os.kill(os.getpid(), signal.SIGKILL)
    async with acting(actor, "trial.deadly", ("trial", subject)):
        pass


STEADY = Reaction("trials.steady", steady)
SHAKY = Reaction("trials.shaky", shaky)
DEADLY = Reaction("trials.deadly", deadly)


async def happen(subject: int = 1) -> None:
    """The fact, committed."""
    async with db.atomic():
        await outbox.put(FACT, ("trial", subject))


async def effects(of: str = "trial.steady") -> int:
    """How often a reaction's effect was committed."""
    return int(await db.pool().fetchval("select count(*) from audit where action = $1", of))


async def jobs() -> list[tuple[str, str]]:
    """What is in the queue: (entry point, status)."""
    found = await db.pool().fetch("select entrypoint, status from pgqueuer order by id")
    return [(r["entrypoint"].removeprefix("trials."), r["status"]) for r in found]


async def until(check: Callable[[], Awaitable[object]], seconds: float = 25) -> None:
    """Wait until `check` holds; AssertionError with the queue when it does not in time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not await check():  # noqa: ASYNC110 - what is waited for is in the database
                await asyncio.sleep(0.03)
            return
    raise AssertionError(f"not within {seconds} s; the queue: {await jobs()}")


async def done() -> bool:
    """Nothing waits and nothing runs (what is held stays)."""
    return not await db.pool().fetchval("select exists (select from pgqueuer where status in ('queued', 'picked'))")


def react_with(patch: pytest.MonkeyPatch, *reactions: Reaction) -> None:
    """`reactions` are what happens after the fact; retries and taking over are quick, the timetable is empty."""
    patch.setitem(REACTIONS, FACT, reactions)
    for reaction in reactions:
        patch.setitem(BY_NAME, reaction.name, reaction)
    patch.setattr(worker, "HEARTBEAT", HEARTBEAT)
    patch.setattr(worker, "POLL", POLL)
    patch.setattr(worker, "TIMETABLE", ())
    patch.setattr(worker, "_delay_of_suspect", lambda job: 0.4 if job.entrypoint == DEADLY.name else 0)
    patch.setattr(worker, "_durable", lambda p: worker.Durable(parameters=p, initial_delay=FIRST_DELAY))


class Child:
    """A worker in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def says(self, word: str) -> None:
        """Wait until it says so: "up", or the name of the point where it stands."""
        assert self.process.stdout is not None
        async with asyncio.timeout(40):
            while line := (await self.process.stdout.readline()).decode().strip():
                if line == word:
                    return
        raise AssertionError(f"the worker ended without saying {word!r}")

    async def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        assert await self.process.wait() == -signal.SIGKILL


@contextlib.asynccontextmanager
async def child(dsn: str, *stops: str, grace: float = 5, **environ: str) -> AsyncIterator[Child]:
    """A real worker process on the test's database, with its reactions, waiting for its death at each of `stops`."""
    now = settings.current()
    reactions = [reaction.name.rpartition(".")[2].upper() for reaction in REACTIONS.get(FACT, ())]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parent),
        "DATABASE_URL": dsn,
        "DATA_DIR": str(now.data_dir),
        "BASE_URL": now.base_url,
        "SECRET_KEY": now.secret_key,
        **environ,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", f"import trials; trials.main({reactions!r}, {stops!r}, {grace})",
        env=environment, stdout=subprocess.PIPE, stderr=None,
    )  # fmt: skip
    try:
        yield Child(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _at(point: str) -> None:
    if gate is not None:
        await gate(point)
    if point in stops:
        print(point, flush=True)
        await asyncio.sleep(60)


def main(reactions: list[str], where: tuple[str, ...], grace: float) -> None:
    """The child's own program."""
    global killing, stops
    killing, stops = True, where
    now = settings.load()
    settings.use(now)
    asyncio.run(_work([globals()[name] for name in reactions], now.database_url or "", grace))


async def _work(reactions: list[Reaction], dsn: str, grace: float) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    react = worker.react

    async def react_and_stop(reaction: Reaction, fact: outbox.Fact) -> None:
        await react(reaction, fact)
        await _at("after-commit")

    with pytest.MonkeyPatch.context() as patch:
        react_with(patch, *reactions)
        patch.setattr(worker, "react", react_and_stop)
        patch.setattr(worker, "PICKS_MAX", 2)
        async with db.connected(dsn, size=6), worker.running(grace):
            print("up", flush=True)
            await stop.wait()
