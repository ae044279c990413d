"""A job that failed for good is tried again because a person says so."""

from __future__ import annotations

from training.kernel import queue
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def retry_job(actor: Actor, job: int) -> None:
    """A person has a job that failed for good tried again."""
    async with acting(actor, "job.retry", ("job", job)):
        actor.must(Permission.MAILS_RETRY)
        await queue.retry(job)
