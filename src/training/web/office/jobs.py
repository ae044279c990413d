"""The queue's failed jobs, in words, and the button that tries them again."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.jobs import retry_job
from training.reporting.office.jobs import jobs_page
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor

P = Permission
JOB_MAX = 2**63 - 1


@get("/gestion/file", permission=P.MAILS_RETRY)
async def jobs(request: Asked) -> Template:
    """What failed for good and waits for a person."""
    return await show(request, "jobs", **parts(await jobs_page()))


@post("/gestion/file/{job:int}/reprendre", permission=P.MAILS_RETRY)
async def try_again(request: Asked, job: FromPath[int]) -> Redirect:
    """Put a job back."""
    if not 0 < job <= JOB_MAX:
        raise NotFound(_("Cette tâche n’existe pas."))
    await retry_job(the_actor(request), job)
    return go("/gestion/file", _("La tâche est relancée : elle aboutit, ou revient ici."))


HANDLERS = [jobs, try_again]
