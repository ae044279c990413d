"""The queue's failed jobs, in words, and the button that tries them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.kernel import queue
from training.kernel.errors import NotFound
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.records import actions as records
from training.web.office.page import show
from training.web.pages import Asked, go, the_actor

P = Permission
JOB_MAX = 2**63 - 1

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


@get("/gestion/file", permission=P.MAILS_RETRY)
async def jobs(request: Asked) -> Template:
    """What failed for good and waits for a person."""
    found = [
        JobShown(job.id, in_words(job.entrypoint), job.entrypoint, job.attempts, job.created, job.updated)
        for job in await queue.held()
    ]
    return await show(request, "jobs", jobs=found, state=await queue.state())


@post("/gestion/file/{job:int}/reprendre", permission=P.MAILS_RETRY)
async def try_again(request: Asked, job: FromPath[int]) -> Redirect:
    """Put a job back."""
    if not 0 < job <= JOB_MAX:
        raise NotFound(_("Cette tâche n’existe pas."))
    await records.retry_job(the_actor(request), job)
    return go("/gestion/file", _("La tâche reprend : elle aboutit, ou revient ici."))


def in_words(name: str) -> str:
    """What a reaction does: the longest known beginning of its name says it."""
    known = max((start for start in WORDS if name.startswith(start)), key=len, default=None)
    return _(WORDS[known]) if known else _("Suite automatique")


HANDLERS = [jobs, try_again]
