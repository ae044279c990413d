"""One search among everything: its page, and the answers that appear while somebody types."""

from __future__ import annotations

from urllib.parse import unquote

from litestar import get
from litestar.response import Template

from training.kernel.permissions import Permission
from training.reporting.office.search.page import search_page
from training.web.office.page import show
from training.web.pages import Asked, bare_page, parts, the_actor
from training.web.parameters import LONGEST, asked

PATH = "/gestion/recherche"
TYPED = "X-Typed"  # what was typed so far, percent-encoded: addresses are kept in the logs of whatever is on the way


@get(PATH, permission=Permission.OFFICE_SEE)
async def search(request: Asked) -> Template:
    """What a text finds: of each kind the best few, or one kind at length."""
    found = await search_page(the_actor(request), asked(request, "q"), asked(request, "genre"))
    return await show(request, "search/search", **parts(found))


@get(PATH + "/reponses", permission=Permission.OFFICE_SEE)
async def answers(request: Asked) -> Template:
    """The same while it is typed, as a part of any page."""
    typed = unquote(request.headers.get(TYPED, "")).replace("\x00", "").strip()[:LONGEST]
    return bare_page(request, "office/search/answers.html", **parts(await search_page(the_actor(request), typed)))


HANDLERS = [search, answers]
