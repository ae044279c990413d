"""« Aujourd’hui », the first page of the day."""

from __future__ import annotations

from litestar import get
from litestar.response import Template

from training.kernel.permissions import Permission
from training.reporting.office.today.page import today_page
from training.web.office.page import show
from training.web.pages import Asked, parts, the_actor


@get("/gestion", permission=Permission.OFFICE_SEE)
async def home(request: Asked) -> Template:
    """What needs a person now, and the next seven days."""
    return await show(request, "today", **parts(await today_page(the_actor(request))))


HANDLERS = [home]
