"""An organisation's place: which one, and what is coming and waiting there."""

from __future__ import annotations

from litestar import Router, get
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory import queries as directory
from training.kernel.permissions import Permission
from training.reporting.portal.space import space_page
from training.web.auth import SIGNED_IN
from training.web.pages import Asked, go, page, parts, the_actor
from training.web.portal.organisation import frame, organisation_of


@get("/espace", permission=SIGNED_IN)
async def choose(request: Asked) -> Template | Redirect:
    """Straight in where there is one organisation; the choice where there are several; register where there is none."""
    actor = the_actor(request)
    found = await directory.organisations(list(actor.scope.organisations))
    if len(found) == 1:
        return go(f"/espace/{found[0].slug}")
    if found:
        return await page(request, "portal/spaces.html", organisations=found)
    if actor.may(Permission.OFFICE_SEE):
        return go("/gestion")
    return go("/animation" if actor.scope.facilitators or actor.scope.partners else "/inscription")


@get("/espace/{slug:str}", permission=Permission.BOOKINGS_SEE)
async def home(request: Asked, slug: FromPath[str]) -> Template:
    """What waits for somebody, what is coming, the money, the year."""
    organisation = await organisation_of(request, slug, Permission.BOOKINGS_SEE)
    found = await space_page(the_actor(request), organisation)
    return await page(request, "portal/space.html", **parts(found), **frame(request, organisation))


ROUTER = Router("/", route_handlers=[choose, home])
