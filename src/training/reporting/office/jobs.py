"""Jobs of the queue that failed for good, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.kernel import queue
from training.kernel.i18n import N_, _
from training.kernel.queue import QueueState

WORDS = {
    "messages.actions.delivery.deliver": N_("Envoyer un courriel"),
    "messages.actions": N_("Écrire un courriel"),
    "billing.actions.make_billable": N_("Préparer la facturation d’une séance"),
    "billing.actions": N_("Préparer une facture"),
    "bookings.actions": N_("Mettre à jour une réservation"),
    "calendar.actions": N_("Mettre à jour les agendas"),
}


@dataclass(frozen=True, slots=True)
class JobShown:
    """A failed job as people read it; `name` is what the logs call it."""

    id: int
    words: str
    name: str
    attempts: int
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class OfficeJobs:
    """What failed for good and waits for a person, and how the queue stands."""

    jobs: list[JobShown]
    state: QueueState


async def jobs_page() -> OfficeJobs:
    """What the page of jobs shows, in two statements."""
    found = [
        JobShown(job.id, in_words(job.entrypoint), job.entrypoint, job.attempts, job.created, job.updated)
        for job in await queue.held()
    ]
    return OfficeJobs(found, await queue.state())


def in_words(name: str) -> str:
    """What a reaction does: the longest known beginning of its name says it."""
    known = max((start for start in WORDS if name.startswith(start)), key=len, default=None)
    return _(WORDS[known]) if known else _("Une suite automatique")
