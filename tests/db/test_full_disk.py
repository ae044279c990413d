"""A full disk: said as such, and over when there is room again, without anybody's help."""

from __future__ import annotations

import asyncpg
import httpx
import pytest

import makers
import trials
from databases import BASE_URL
from training import worker
from training.app import create_app
from training.kernel import db, queue
from training.kernel.actor import Actor
from training.reactions import Reaction
from training.web import operations

pytestmark = pytest.mark.anyio


class Disk:
    """A disk that a test fills: what is written then fails as PostgreSQL says it does."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.full, self.refused = False, 0
        execute = db.execute
        can_write = db.can_write

        async def written(sql: str, *args: object) -> str:
            self.check()
            return await execute(sql, *args)

        async def written_for_trial() -> bool:
            return not self.full and await can_write()

        patch.setattr(db, "execute", written)
        patch.setattr(db, "can_write", written_for_trial)
        patch.setattr(db, "_full", False)

    def check(self) -> None:
        if self.full:
            self.refused += 1
            raise asyncpg.DiskFullError('could not extend file "base/1/2": No space left on device')


@pytest.fixture
def disk(monkeypatch) -> Disk:
    return Disk(monkeypatch)


async def test_room_is_found_by_writing(database_test):
    assert await db.can_write()
    assert await db.can_write(), "it takes back what it wrote"


async def test_a_page_and_readyz_say_that_the_disk_is_full_until_it_is_not(client, disk):
    """A form was a failure of ours with a traceback, and the site went on calling itself ready."""
    await makers.make_platform()
    disk.full = True
    answer = await makers.post(client, "/connexion", {"email": "rh@mairie.example.org", "suite": ""})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "n’a plus de place pour écrire" in answer.text
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app()), base_url=BASE_URL) as machine:
        state = await machine.get("/readyz")
        assert (state.status_code, state.json()["disk"]) == (503, "full")
        disk.full = False
        state = await machine.get("/readyz")
        assert (state.status_code, state.json()["disk"]) == (200, "ok")


async def test_readyz_sees_the_embedded_database_s_disk_before_anything_is_written(client, monkeypatch):
    monkeypatch.setattr(operations.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 4096}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app()), base_url=BASE_URL) as machine:
        assert (await machine.get("/readyz")).status_code == 503


@pytest.mark.commits
async def test_no_job_waits_for_a_person_because_the_disk_was_full(database_test, disk, monkeypatch):
    """After four tries it was held, as if the job were at fault."""

    async def writing(_actor: Actor, _subject: int) -> None:
        disk.check()

    monkeypatch.setattr(worker.asyncio, "sleep", quicker(worker.asyncio.sleep))
    trials.react_with(monkeypatch, Reaction("trials.writing", writing))
    await trials.happen()
    disk.full = True
    async with worker.running(grace=1):
        await trials.until(lambda: tried(disk, 1))
        assert await queue.held() == []
        disk.full = False
        await trials.until(trials.done)
    assert await queue.held() == []


async def test_however_often_it_was_full_before(disk):
    """A job that has had its four tries already is given back all the same."""

    disk.full = True

    async def failing(_job: object) -> None:
        disk.check()

    parameters = worker.EntrypointExecutorParameters(concurrency_limit=0, func=failing, on_failure="hold")
    job = type("Job", (), {"id": 1, "attempts": 9})()
    with pytest.raises(worker.RetryRequested):
        await worker.Durable(parameters=parameters)._try(job, None)  # type: ignore[arg-type]


async def tried(disk: Disk, times: int) -> bool:
    return disk.refused >= times


def quicker(sleep):
    async def slept(seconds: float, *args: object) -> None:
        await sleep(min(seconds, 0.1), *args)

    return slept


@pytest.mark.commits
async def test_what_was_held_for_want_of_room_is_taken_up_and_nothing_else(database_test):
    for number, error in ((1, "DiskFullError"), (2, "AdminShutdownError"), (3, "ValueError")):
        async with db.atomic():
            await db.execute(
                """
                insert into pgqueuer (id, priority, entrypoint, status, execute_after, heartbeat)
                values ($1, 0, 'trials.nothing', 'failed', now(), now())
                """,
                number,
            )
            await db.execute(
                """
                insert into pgqueuer_log (job_id, status, priority, entrypoint, traceback)
                values ($1, 'failed', 0, 'trials.nothing', jsonb_build_object('exception_type', $2::text))
                """,
                number,
                error,
            )
    await queue.take_up()
    assert [status for _entry, status in await trials.jobs()] == ["queued", "queued", "failed"]
