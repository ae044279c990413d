"""The worker: facts become reactions' jobs, jobs run, the timetable is kept. Stops when told, in bounded time."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import asyncpg
import pgqueuer
import structlog
from croniter import croniter
from pgqueuer import DatabaseRetryEntrypointExecutor, Job, PgQueuer, RetryRequested
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.executors import EntrypointExecutorParameters, ScheduleExecutor, ScheduleExecutorFactoryParameters
from pgqueuer.models import Context, Schedule
from pgqueuer.ports.driver import NotifyCallback

from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM
from training.kernel.outbox import DISPATCH, Fact
from training.reactions import BY_NAME, REACTIONS, Reaction
from training.timetable import TIMETABLE, Appointment

GRACE = 20.0  # seconds that running jobs get when we are told to stop
PICKS_MAX = 5  # a job that killed its worker this often is parked: `attempts` does not count those deaths
HEARTBEAT = timedelta(seconds=15)
POLL = timedelta(seconds=5)
NOTED = 0.3  # seconds after which the end of a job is surely in the database (PgQueuer writes them ten times a second)

_suspects = asyncio.Lock()

log = structlog.get_logger()


class Parked(RuntimeError):
    """A job that is not tried any more by itself."""


@dataclasses.dataclass
class Durable(DatabaseRetryEntrypointExecutor):
    """Tries four times, then holds the job for a person; a job cut short by our stop goes back to the queue.

    One whose worker died is run alone, so that what it kills next time is not the whole batch again; when that
    happened too often it is held at once.
    """

    max_attempts: int = 3
    initial_delay: timedelta = timedelta(seconds=2)
    max_delay: timedelta = timedelta(minutes=2)

    async def execute(self, job: Job, context: Context) -> None:
        """Run one job."""
        try:
            await self._execute(job, context)
        except asyncio.CancelledError:  # PgQueuer alone would delete it as « canceled »
            raise RetryRequested(timedelta(0), "worker stopped") from None

    async def _execute(self, job: Job, context: Context) -> None:
        try:
            try:
                deaths = await _deaths(job)
            except db.UNAVAILABLE as error:
                raise RetryRequested(self.initial_delay, "no database") from error
            if deaths >= PICKS_MAX:
                raise Parked(f"picked {deaths} times without an end")
            async with _alone(job) if deaths else contextlib.nullcontext():
                await self._try(job, context)
        except RetryRequested:
            # giving a job back takes a database: were it away or full, PgQueuer would hold the job for good
            await _until_the_database_writes()
            raise

    async def _try(self, job: Job, context: Context) -> None:
        """Without a database, or on a full disk, no job is to blame: none is given up, however often that happens."""
        try:
            await super().execute(job, context)
        except db.UNAVAILABLE as error:
            if await db.can_write():
                raise
            raise RetryRequested(self.initial_delay, "no database, or no room") from error


@dataclasses.dataclass
class ParisTime(ScheduleExecutor):
    """PgQueuer's cron is in UTC; ours is what people's clocks show."""

    def get_next(self) -> datetime:
        """The next time, as an instant."""
        local = clock.local(clock.now())
        found: datetime = croniter(self.parameters.expression, local).get_next(datetime)
        return clock.at(found.date(), found.timetz().replace(tzinfo=None))


def _durable(parameters: EntrypointExecutorParameters) -> Durable:
    return Durable(parameters=parameters)


def _paris(parameters: ScheduleExecutorFactoryParameters) -> ParisTime:
    return ParisTime(parameters)


async def dispatch(fact: Fact) -> None:
    """One job per line of reactions.py, all or none, and only once for a fact."""
    async with outbox.answering(fact, DISPATCH) as fresh:
        if fresh:
            await outbox.enqueue([reaction.name for reaction in REACTIONS[fact.name]], fact)


async def react(reaction: Reaction, fact: Fact) -> None:
    """Run one reaction to one fact."""
    with structlog.contextvars.bound_contextvars(request_id=fact.request_id, reaction=reaction.name):
        if reaction.outside:
            await reaction.run(SYSTEM, fact.subject[1])
            return
        async with outbox.answering(fact, reaction.name) as fresh:
            if fresh:
                await reaction.run(SYSTEM, fact.subject[1])


def _handler(run: Callable[[Fact], Awaitable[None]]) -> Callable[[Job], Awaitable[None]]:
    async def handle(job: Job) -> None:
        try:
            await run(Fact.from_bytes(job.payload or b""))
        except Exception:
            log.exception("job.failed", job=job.id, entrypoint=job.entrypoint, attempts=job.attempts)
            raise

    return handle


async def _deaths(job: Job) -> int:
    """How often the job was picked since it was last put in the queue, before this time: its workers died of it."""
    picks = await db.value(
        """
        select count(*) from pgqueuer_log l where job_id = $1 and status = 'picked'
          and id > (select coalesce(max(id), 0) from pgqueuer_log where job_id = $1 and status = 'queued')
        """,
        job.id,
    )
    return int(picks) - 1


@contextlib.asynccontextmanager
async def _alone(job: Job) -> AsyncIterator[None]:
    """The turn of a job whose worker died: of several, which one killed it is not known, so their order changes."""
    await asyncio.sleep(_delay_of_suspect(job))
    await _suspects.acquire()
    try:
        yield
    finally:
        asyncio.get_running_loop().call_later(NOTED, _suspects.release)


def _delay_of_suspect(_job: Job) -> float:
    return random.uniform(0, 1)  # noqa: S311 - no secret


async def _until_the_database_writes() -> None:
    while True:
        if await db.can_write():
            return
        await asyncio.sleep(1)


def _reacting(reaction: Reaction) -> Callable[[Fact], Awaitable[None]]:
    async def run(fact: Fact) -> None:
        await react(reaction, fact)

    return run


def _appointment(appointment: Appointment) -> Callable[[Schedule], Awaitable[None]]:
    async def run(_schedule: Schedule) -> None:
        try:
            await appointment.run()
        except Exception:  # it comes again at its next time; nothing may stop the timetable
            log.exception("timetable.failed", appointment=appointment.name)

    return run


class Heard(AsyncpgPoolDriver):
    """What PgQueuer says to itself, to know whether it hears, waits until it listens.

    It asks so at once, on a connection that is there, while LISTEN waits for one that is still to be made: asked too
    early, nobody answers, and ten seconds later the worker is thought deaf and begins anew.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        super().__init__(pool)
        self._listens = asyncio.Event()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """LISTEN."""
        await super().add_listener(channel, callback)
        self._listens.set()

    async def notify(self, channel: str, payload: str) -> None:
        """NOTIFY, once somebody hears it."""
        await self._listens.wait()
        await super().notify(channel, payload)


@contextlib.asynccontextmanager
async def _queue() -> AsyncIterator[PgQueuer]:
    queue = PgQueuer(Heard(db.pool()))
    entry = {"on_failure": "hold", "executor_factory": _durable}
    queue.entrypoint(DISPATCH, **entry)(_handler(dispatch))  # type: ignore[arg-type]
    for name, reaction in BY_NAME.items():
        limited = {**entry, "concurrency_limit": reaction.at_once}
        queue.entrypoint(name, **limited)(_handler(_reacting(reaction)))  # type: ignore[arg-type]
    for appointment in TIMETABLE:
        queue.schedule(appointment.name, appointment.cron, executor_factory=_paris)(_appointment(appointment))
    yield queue


@contextlib.asynccontextmanager
async def running(grace: float = GRACE) -> AsyncIterator[None]:
    """Work in the background of this loop for as long as the block lasts; then finish what runs, within `grace`."""
    stop = asyncio.Event()
    task = asyncio.create_task(
        pgqueuer.run(
            _queue,
            shutdown=stop,
            dequeue_timeout=POLL,
            heartbeat_timeout=HEARTBEAT,
            batch_size=5,
            max_concurrent_tasks=10,  # there is no cap by default
            shutdown_on_listener_failure=True,  # the database went away: rebuild, listening again
            restart_on_failure=True,
            restart_delay=timedelta(seconds=2),
        )
    )
    log.info("worker.up")
    try:
        yield
    finally:
        stop.set()
        _done, late = await asyncio.wait({task}, timeout=grace)
        for _again in range(2):  # the first cancel only asks it to wait for its jobs, the second ends them
            if late:
                task.cancel()
                await asyncio.wait({task}, timeout=1)
        log.info("worker.down", late=bool(late))


async def drain(limit: int = 10_000) -> int:
    """Run every queued job here and now, in order, in this task: for the demo's past year, and for tests.

    Returns how many ran. A failing job raises and stays.
    """
    for ran in range(limit):
        job = await db.connection().fetchrow(
            "select id, entrypoint, payload from pgqueuer where status = 'queued' order by id limit 1"
        )
        if job is None:
            return ran
        fact = Fact.from_bytes(job["payload"])
        await (dispatch(fact) if job["entrypoint"] == DISPATCH else react(BY_NAME[job["entrypoint"]], fact))
        async with db.atomic():
            await db.execute("delete from pgqueuer where id = $1", job["id"])
    raise RuntimeError(f"still busy after {limit} jobs")
