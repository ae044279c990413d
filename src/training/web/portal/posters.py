"""The poster of a session, to print and hang up: in its theme's colour, or in black for paper that is coloured."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Response, Router, get
from litestar.params import FromPath

from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.reporting.portal.poster import poster
from training.scheduling import documents
from training.web.auth import PUBLIC
from training.web.pages import Asked, actor_of, with_etag
from training.web.parameters import asked
from training.web.portal.sessions import session_id

_two_at_a_time = asyncio.Semaphore(2)  # a sheet is drawn in a thread, and anybody may ask for one


@get("/seances/{name:str}/affiche.pdf", permission=PUBLIC)
async def sheet(request: Asked, name: FromPath[str]) -> Response[Any]:
    """One sheet, of a session that whoever asks may see; `?encre=noire` for coloured paper."""
    found = await poster(actor_of(request), session_id(name))
    if found is None:
        raise NotFound(
            _("Il n’y a pas d’affiche : cette séance n’existe pas, n’a pas lieu, ou n’est pas ouverte à tous.")
        )
    black = asked(request, "encre") == "noire"
    async with _two_at_a_time:
        page = await asyncio.to_thread(documents.build, found, black=black)
    headers = {"Content-Disposition": f'inline; filename="affiche-{name}.pdf"'}
    return with_etag(request, page, "application/pdf", **headers)


ROUTER = Router("/", route_handlers=[sheet])
