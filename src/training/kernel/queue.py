"""The queue as people look at it: what waits, what failed and is held, try it again. Running jobs is the worker's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from pgqueuer.types import JobId

from training.kernel import clock, db

# What only a database that is away or full says; a time-out, or a connection refused, may be another system's.
AWAY = tuple(error for error in db.UNAVAILABLE if issubclass(error, asyncpg.PostgresError))


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job that failed for good and waits for a person."""

    id: int
    entrypoint: str
    attempts: int
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class QueueState:
    """How the queue is doing. `oldest` is when the oldest job that is due was put."""

    waiting: int
    failed: int
    oldest: datetime | None


async def state() -> QueueState:
    """Numbers for /readyz, doctor and the office."""
    found = await db.row(
        QueueState,
        """
        select count(*) filter (where status in ('queued', 'picked')) as waiting,
               count(*) filter (where status = 'failed') as failed,
               min(created) filter (where status = 'queued' and execute_after <= now()) as oldest
        from pgqueuer
        """,
    )
    assert found is not None  # noqa: S101 - an aggregate always has a row
    return found


async def held() -> list[HeldJob]:
    """Jobs that failed for good, the latest first."""
    return await db.rows(
        HeldJob,
        """
        select id, entrypoint, attempts, created, updated from pgqueuer
        where status = 'failed' order by id desc limit 100
        """,
    )


async def retry(job: int) -> None:
    """Put a held job back; it starts counting its tries again. `records.actions.retry_job` says who wanted it."""
    async with db.atomic() as tx:
        await Queries(AsyncpgDriver(tx.connection)).requeue_jobs([JobId(job)])


async def take_up() -> None:
    """Put back what was held because the database was away or its disk full when the job was to be given back."""
    async with db.atomic() as tx:
        found = await tx.connection.fetch(
            """
            select q.id from pgqueuer q, lateral (
                select traceback ->> 'exception_type' as error from pgqueuer_log
                where job_id = q.id and status = 'failed' order by created desc, id desc limit 1
            ) as l where q.status = 'failed' and l.error = any($1::text[])
            """,
            [error.__name__ for error in AWAY],
        )
        if found:
            await Queries(AsyncpgDriver(tx.connection)).requeue_jobs([JobId(job["id"]) for job in found])


async def forget_old_jobs() -> None:
    """PgQueuer writes three log rows a job and deletes none."""
    async with db.atomic():
        for table, column in (("pgqueuer_log", "created"), ("pgqueuer_statistics", "created"), ("reacted", "at")):
            await db.execute(
                f"delete from {table} where {column} < $1::timestamptz - interval '30 days'",
                clock.now(),
            )
