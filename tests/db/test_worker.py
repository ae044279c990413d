"""The real worker, killed, stopped, poisoned, without its database: what must happen once happens once."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import asyncpg
import pytest
from pgqueuer import PgQueuer
from pgqueuer.core.listeners import (
    PGNoticeEventListener,
    default_event_router,
    initialize_notice_event_listener,
)

import makers
import trials
from training import timetable, worker
from training.bookings import queries as bookings
from training.kernel import clock, db, queue
from training.kernel.actor import SYSTEM
from training.timetable import TIMETABLE, Appointment
from training.worker import ParisTime

pytestmark = [pytest.mark.anyio, pytest.mark.commits]


@pytest.fixture(autouse=True)
def _trials(database_test: None, monkeypatch: pytest.MonkeyPatch) -> None:
    trials.react_with(monkeypatch, trials.STEADY, trials.DEADLY)


@pytest.fixture
def one_reaction(monkeypatch: pytest.MonkeyPatch) -> None:
    trials.react_with(monkeypatch, trials.STEADY)


@pytest.mark.parametrize("point", ["steady", "after-commit"])
async def test_killed_in_the_middle_of_a_reaction_its_effect_happens_once(database_dsn, one_reaction, point):
    """Before its commit nothing had happened; after it, everything had: the one who takes over sees which."""
    await trials.happen()
    async with trials.child(database_dsn, point) as child:
        await child.says(point)
        assert await trials.effects() == (1 if point == "after-commit" else 0)
        await child.kill()
    assert ("steady", "picked") in await trials.jobs()
    async with worker.running():
        await trials.until(trials.done)
    assert await trials.effects() == 1
    assert await trials.jobs() == []


async def test_a_job_that_kills_its_workers_is_parked_and_the_others_are_done(database_dsn, monkeypatch):
    monkeypatch.setattr(worker, "PICKS_MAX", 2)
    await trials.happen()
    for _each in range(2):
        async with trials.child(database_dsn) as child:
            assert await asyncio.wait_for(child.process.wait(), 40) == -signal.SIGKILL
    async with worker.running():
        await trials.until(trials.done)
    assert await trials.effects() == 1
    assert await trials.effects("trial.deadly") == 0
    (held,) = await queue.held()
    assert held.entrypoint == "trials.deadly"


async def test_a_worker_asked_whether_it_hears_before_it_listens_is_not_thought_deaf():
    """Ten seconds after a start on a busy machine it was begun anew, with an error in the log."""
    manager = PgQueuer(worker.Heard(db.pool())).qm
    probe = asyncio.create_task(manager.listener_healthy(timeout=timedelta(seconds=2)))
    await asyncio.sleep(0.2)  # LISTEN waits for its connection
    async with manager.queries.driver:
        heard = default_event_router(
            notice_event_queue=PGNoticeEventListener(), canceled={}, pending_health_check=manager.pending_health_check
        )
        await initialize_notice_event_listener(manager.queries.driver, manager.channel, heard)
        assert (await probe).type == "health_check_event"


async def test_a_parked_job_that_a_person_retries_is_really_tried_again(monkeypatch):
    monkeypatch.setattr(worker, "PICKS_MAX", 0)
    await trials.happen()
    async with worker.running():
        await trials.until(trials.done)
    held = await queue.held()
    assert len(held) == 1, "the fact itself: nothing was expanded"
    monkeypatch.setattr(worker, "PICKS_MAX", 1)
    await queue.retry(held[0].id)
    async with worker.running():
        await trials.until(trials.done)
    assert await trials.jobs() == []
    assert await trials.effects("trial.deadly") == 1


async def test_sigterm_lets_the_running_job_finish(database_dsn, one_reaction):
    """A real process, told to stop while a reaction waits for a lock: it ends well, and the reaction with it."""
    other = await asyncpg.connect(database_dsn)
    await other.execute("begin; lock table audit in exclusive mode")
    await trials.happen()
    async with trials.child(database_dsn) as child:
        await child.says("up")
        await trials.until(_waits_for_a_lock)
        child.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.5)
        assert child.process.returncode is None, "it waits for its job"
        await other.execute("commit")
        assert await asyncio.wait_for(child.process.wait(), 10) == 0
    await other.close()
    assert await trials.effects() == 1
    assert await trials.jobs() == []


async def _waits_for_a_lock() -> bool:
    here = "database = (select oid from pg_database where datname = current_database())"
    return bool(await db.pool().fetchval(f"select exists (select from pg_locks where not granted and {here})"))


async def test_a_job_longer_than_the_grace_is_given_back_whole(one_reaction, monkeypatch):
    started = asyncio.Event()

    async def gate(_point: str) -> None:
        started.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(trials, "gate", gate)
    await trials.happen()
    async with worker.running(grace=0.2):
        await asyncio.wait_for(started.wait(), 10)
    assert await trials.jobs() == [("steady", "queued")]
    assert await trials.effects() == 0
    monkeypatch.setattr(trials, "gate", None)
    async with worker.running():
        await trials.until(trials.done)
    assert await trials.effects() == 1


async def _cut_all() -> int:
    """What a restart of PostgreSQL does to the connections of everybody."""
    return len(
        await db.pool().fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    )


async def test_the_worker_survives_a_restart_of_the_database(one_reaction):
    async with worker.running():
        await trials.happen(1)
        await trials.until(trials.done)
        for subject in (2, 3):
            assert await _cut_all() >= 1
            await asyncio.sleep(0.5)
            await trials.happen(subject)
            await trials.until(trials.done)
    assert await trials.effects() == 3
    assert await queue.held() == []


async def test_a_job_cut_off_from_its_database_is_done_afterwards_and_not_held(one_reaction, monkeypatch):
    cuts = 0

    async def gate(_point: str) -> None:
        nonlocal cuts
        if cuts < 2:
            cuts += 1
            pid = await db.value("select pg_backend_pid()")
            await db.pool().execute("select pg_terminate_backend($1)", pid)
            await db.value("select 1")

    monkeypatch.setattr(trials, "gate", gate)
    monkeypatch.setattr(worker.Durable, "max_delay", timedelta(seconds=0.1))
    await trials.happen()
    async with worker.running():
        await trials.until(trials.done)
    assert cuts == 2
    assert await queue.held() == []
    assert await trials.effects() == 1


async def test_appointments_are_kept_and_a_failing_one_stops_nothing(monkeypatch):
    calls: list[str] = []

    async def good() -> None:
        calls.append("good")

    async def bad() -> None:
        calls.append("bad")
        raise RuntimeError("not today")

    every_second = "* * * * * *"
    monkeypatch.setattr(
        worker, "TIMETABLE", (Appointment(every_second, good, "essai"), Appointment(every_second, bad, "essai"))
    )
    async with worker.running():
        await trials.until(lambda: _both(calls))


async def _both(calls: list[str]) -> bool:
    return min(calls.count("good"), calls.count("bad")) >= 2


async def test_each_appointment_of_the_timetable_runs_by_hand():
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        option = await makers.make_booking(town, 10, option=True)
    with clock.frozen(makers.NOON + timedelta(days=8)):
        for appointment in TIMETABLE:
            await appointment.run()
    found = await bookings.booking_by_id(SYSTEM.scope, option.id)
    assert found is not None
    assert found.state == "expired"


def _next(cron: str, after: datetime) -> datetime:
    with clock.frozen(after):
        return ParisTime(SimpleNamespace(expression=cron)).get_next()


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("17 4 * * *", datetime(2027, 3, 27, 12, tzinfo=UTC), datetime(2027, 3, 28, 2, 17, tzinfo=UTC)),  # summer
        ("17 4 * * *", datetime(2027, 3, 28, 3, tzinfo=UTC), datetime(2027, 3, 29, 2, 17, tzinfo=UTC)),
        ("17 4 * * *", datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 3, 17, tzinfo=UTC)),  # winter
        ("17 4 * * *", datetime(2026, 10, 25, 2, 30, tzinfo=UTC), datetime(2026, 10, 25, 3, 17, tzinfo=UTC)),
        ("*/5 * * * *", datetime(2027, 3, 28, 0, 57, tzinfo=UTC), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("*/5 * * * *", datetime(2026, 10, 25, 0, 57, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),
        ("* * * * *", datetime(2026, 10, 25, 1, 30, 9, tzinfo=UTC), datetime(2026, 10, 25, 1, 31, tzinfo=UTC)),
    ],
)
async def test_the_timetable_is_in_paris_time_over_the_change_of_hour(cron, after, expected):
    assert _next(cron, after) == expected


@pytest.mark.parametrize("night", [datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2027, 3, 27, 22, tzinfo=UTC)])
@pytest.mark.parametrize("cron", ["* * * * *", "*/5 * * * *"])
async def test_no_next_time_is_past_and_none_is_left_out_in_the_night_of_the_change(cron, night):
    """A time in the past would have the scheduler run without a pause for an hour."""
    step = timedelta(minutes=1 if cron == "* * * * *" else 5)
    for minute in range(0, 8 * 60, 3):
        after = night + timedelta(minutes=minute, seconds=7)
        assert timedelta() < _next(cron, after) - after <= step


def _between_two_and_three(cron: str) -> bool:
    return cron.split()[1] in {"2", "02"}


async def test_no_appointment_is_in_the_hour_that_comes_twice():
    assert not [a.name for a in timetable.TIMETABLE if _between_two_and_three(a.cron)]
    assert all(a.why for a in timetable.TIMETABLE)
