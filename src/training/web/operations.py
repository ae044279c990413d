"""What the host's tools ask: is it alive, is it ready; and the platform's own colour and logo."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get

from training.kernel import db, migrate, queue
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.records import queries as records
from training.web.auth import PUBLIC
from training.web.pages import the_platform, with_etag
from training.web.security import PICTURE


@get("/healthz", permission=PUBLIC, exclude_from_csrf=True)
async def healthz() -> dict[str, str]:
    """Alive: the loop answers. Asks nothing of the database, so that its absence does not restart us."""
    return {"status": "ok"}


@get("/readyz", permission=PUBLIC, exclude_from_csrf=True)
async def readyz() -> Response[dict[str, Any]]:
    """Ready: the database answers, its schema is ours, the queue is there. Says what is missing."""
    try:
        missing = await migrate.missing()
        jobs = None if missing else await queue.state()
    except db.UNAVAILABLE as error:
        return Response({"ready": False, "database": type(error).__name__}, status_code=503)
    state = {
        "ready": not missing,
        "database": "ok",
        "missing_migrations": missing,
        "queue": None if jobs is None else {"waiting": jobs.waiting, "failed": jobs.failed},
    }
    return Response(state, status_code=503 if missing else 200)


@get("/theme.css", permission=PUBLIC, exclude_from_csrf=True)
async def theme(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The accent of the platform's settings, as the one custom property that pages are coloured by."""
    platform = await the_platform()
    css = f":root{{--accent:{platform.accent}}}\n"
    return with_etag(request, css.encode(), "text/css")


LOGOS = {"image/png", "image/jpeg", "image/svg+xml"}


@get("/logo", permission=PUBLIC, exclude_from_csrf=True)
async def logo(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The platform's logo, and no other file. Pages ask for it with its id behind, so that a new one shows at once."""
    file = (await the_platform()).logo
    stored = None if file is None else await records.file(file)
    if stored is None or stored.media_type not in LOGOS:
        raise NotFound(_("La plateforme n’a pas de logo."))
    headers = {"Cache-Control": "public, max-age=3600", "Content-Security-Policy": PICTURE}
    return with_etag(request, stored.content, stored.media_type, **headers)


@get("/robots.txt", permission=PUBLIC, exclude_from_csrf=True, media_type="text/plain")
async def robots() -> str:
    """Feeds stay allowed: Google Calendar obeys this file."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/gestion", "/espace", "/lien", "/connexion"))
    return f"User-agent: *\n{closed}Allow: /agenda/\n"


ROUTER = Router("/", route_handlers=[healthz, readyz, theme, logo, robots], include_in_schema=False)
