"""Facts: said if and only if their transaction commits, expanded once, answered once; failed jobs wait for a person."""

# ruff: noqa: PT012 - what raises here is the end of a transaction, with what was done in it

from __future__ import annotations

import asyncio

import pytest
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

import trials
from training import worker
from training.kernel import db, outbox, queue
from training.kernel.outbox import DISPATCH, Fact
from training.reactions import BY_NAME, REACTIONS

pytestmark = [pytest.mark.anyio, pytest.mark.commits]


@pytest.fixture(autouse=True)
def _trials(database_test: None, monkeypatch: pytest.MonkeyPatch) -> None:
    trials.react_with(monkeypatch, trials.STEADY, trials.SHAKY)


async def test_a_fact_goes_with_its_transaction():
    with pytest.raises(ZeroDivisionError):
        async with db.atomic():
            await outbox.put(trials.FACT, ("trial", 1))
            raise ZeroDivisionError
    async with db.atomic():
        with pytest.raises(ZeroDivisionError):
            async with db.atomic():
                await outbox.put(trials.FACT, ("trial", 2))
                raise ZeroDivisionError
    assert await trials.jobs() == []
    with pytest.raises(RuntimeError, match="transaction"):
        await outbox.put(trials.FACT, ("trial", 3))
    await trials.happen()
    assert await trials.jobs() == [(DISPATCH, "queued")]


async def test_a_fact_becomes_one_job_a_reaction_once():
    fact = Fact(trials.FACT, ("trial", 1))
    await worker.dispatch(fact)
    await worker.dispatch(fact)
    assert await trials.jobs() == [("steady", "queued"), ("shaky", "queued")]


async def test_eight_dispatchers_at_once_expand_a_fact_once():
    fact = Fact(trials.FACT, ("trial", 1))
    await asyncio.gather(*(worker.dispatch(fact) for _each in range(8)))
    assert len(await trials.jobs()) == 2


async def test_a_reaction_answers_a_fact_once_however_often_it_runs():
    fact = Fact(trials.FACT, ("trial", 1))
    await asyncio.gather(*(worker.react(trials.STEADY, fact) for _each in range(6)))
    assert await trials.effects() == 1
    await worker.react(trials.STEADY, Fact(trials.FACT, ("trial", 1)))  # another fact about the same subject
    assert await trials.effects() == 2


async def test_answers_of_one_reaction_about_one_subject_wait_for_each_other(monkeypatch):
    running, most = 0, 0

    async def gate(_point: str) -> None:
        nonlocal running, most
        running, most = running + 1, max(most, running + 1)
        await asyncio.sleep(0.02)
        running -= 1

    monkeypatch.setattr(trials, "gate", gate)
    await asyncio.gather(*(worker.react(trials.STEADY, Fact(trials.FACT, ("trial", 1))) for _each in range(4)))
    assert most == 1
    await asyncio.gather(*(worker.react(trials.STEADY, Fact(trials.FACT, ("trial", n))) for n in range(4)))
    assert most > 1, "other subjects need not wait"


async def test_a_failing_reaction_is_tried_again_alone_and_then_held(monkeypatch):
    monkeypatch.setattr(trials, "failures", 99)
    await trials.happen()
    async with worker.running():
        await trials.until(trials.done)
    assert await trials.jobs() == [("shaky", "failed")]
    assert (await trials.effects("trial.steady"), await trials.effects("trial.shaky")) == (1, 0)
    (held,) = await queue.held()
    assert (held.entrypoint, held.attempts) == ("trials.shaky", 3)
    assert 99 - trials.failures == 4, "once, and three times again"
    assert (await queue.state()).failed == 1


async def test_a_held_job_that_a_person_retries_runs(monkeypatch):
    monkeypatch.setattr(trials, "failures", 4)
    await trials.happen()
    async with worker.running():
        await trials.until(trials.done)
        (held,) = await queue.held()
        await queue.retry(held.id)
        await trials.until(trials.done)
    assert await trials.jobs() == []
    assert (await trials.effects("trial.steady"), await trials.effects("trial.shaky")) == (1, 1)


async def test_a_reaction_that_fails_once_passes_the_second_time(monkeypatch):
    monkeypatch.setattr(trials, "failures", 1)
    await trials.happen()
    async with worker.running():
        await trials.until(trials.done)
    assert await trials.jobs() == []
    assert await trials.effects("trial.shaky") == 1


async def test_a_fact_that_nobody_knows_is_held_not_lost():
    async with db.atomic():
        await outbox.put("trial.unheard-of", ("trial", 1))
    async with worker.running():
        await trials.until(trials.done)
    assert await trials.jobs() == [(DISPATCH, "failed")]


async def test_many_facts_are_all_answered_once():
    async with db.atomic():
        for subject in range(60):
            await outbox.put(trials.FACT, ("trial", subject))
    async with worker.running():
        await trials.until(trials.done, 30)
    assert (await trials.effects("trial.steady"), await trials.effects("trial.shaky")) == (60, 60)


async def test_the_queue_s_schema_is_the_one_its_library_wants():
    async with db.pool().acquire() as connection:
        plan = await Queries(AsyncpgDriver(connection)).plan_upgrade()
    assert plan.statements == ()


async def test_every_fact_has_a_reaction_and_every_reaction_one_name():
    assert all(REACTIONS.values())
    for name, reaction in BY_NAME.items():
        assert name == reaction.name
    assert len(BY_NAME) == len({r for reactions in REACTIONS.values() for r in reactions})
