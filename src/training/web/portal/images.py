"""The pictures that people gave: an offer's own, a supporter's logo. The program's own are its static files."""

from __future__ import annotations

import re

from litestar import Response, Router, get
from litestar.params import FromPath

from training.catalogue.rules.looks import may_see_picture
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.reporting.portal.images import image
from training.web.auth import PUBLIC
from training.web.pages import Asked, actor_of, with_etag
from training.web.security import PICTURE, PRIVATE

# An address never shows other bytes; but who no longer agrees to be seen is kept by no cache for longer than a week.
KEPT = "public, max-age=604800, immutable"
NAME = re.compile(r"([0-9a-f]{32})(-2x)?\.webp")


@get("/images/{name:str}", permission=PUBLIC, exclude_from_csrf=True)
async def show(request: Asked, name: FromPath[str]) -> Response[bytes]:
    """A picture, at one of its two sizes. That of a draft only for those who write it."""
    named = NAME.fullmatch(name)
    found = await image(named[1], wide=bool(named[2])) if named else None
    if found is None or (found.state is not None and not may_see_picture(actor_of(request), found.state)):
        raise NotFound(_("Cette image n’existe pas."))
    kept = PRIVATE if found.state is not None and not may_see_picture(None, found.state) else KEPT
    headers = {"Cache-Control": kept, "Content-Security-Policy": PICTURE}
    return with_etag(request, found.content, found.media_type, **headers)


ROUTER = Router("/", route_handlers=[show])
