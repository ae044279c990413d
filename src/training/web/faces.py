"""The cut faces, to every page's browser."""

from __future__ import annotations

import asyncio

from litestar import Response, Router, get
from litestar.params import FromPath

from training.kernel import faces
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.web.auth import PUBLIC

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@get("/faces/{digest:str}/{name:str}", permission=PUBLIC, exclude_from_csrf=True)
async def face(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One file of the present cut, or the sheet that names them; another cut's address has gone, or comes later."""
    folder = faces.for_pages()
    found = None
    if folder is not None and digest == faces.digest():
        found = (await asyncio.to_thread(faces.served, folder)).get(name)
    if found is None:
        raise NotFound(_("Cette police de caractères n’est pas ici."))
    media_type, content = found
    return Response(content, media_type=media_type, headers=FOR_EVER)


ROUTER = Router("/", route_handlers=[face], include_in_schema=False)
