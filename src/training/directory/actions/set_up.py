"""What somebody says of the steps of the first day."""

from __future__ import annotations

from collections.abc import Iterable

from training.directory.rules.set_up import SetUpStep, StepSaid, check_takes
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def say_step(actor: Actor, step: SetUpStep, state: StepSaid | None) -> None:
    """A step is done, or can wait; None: it is to be done again. Forbidden: not theirs."""
    async with acting(actor, "set-up.say") as change:
        actor.must(Permission.OFFICE_SEE)
        check_takes(actor, step)
        change.about("platform", 1, step)
        if state is None:
            await db.execute("delete from set_up where step = $1", step)
        else:
            await settle_steps([step], state)


async def settle_steps(steps: Iterable[SetUpStep], state: StepSaid = StepSaid.DONE) -> None:
    """Steps are settled by what is saved, as part of the action that saves it."""
    sql = """
        insert into set_up (step, state, said_at) select unnest($1::text[]), $2, $3
        on conflict (step) do update set state = excluded.state, said_at = excluded.said_at
    """
    await db.execute(sql, sorted(set(steps)), state, clock.now())
