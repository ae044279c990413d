"""What the host's tools ask: is it alive, is it ready; and the style sheet with the platform's colour."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get

from training.directory import queries as directory
from training.kernel import db, migrate, queue
from training.web.auth import PUBLIC
from training.web.pages import NOBODY, with_etag


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
    platform = await directory.platform() or NOBODY
    css = f":root{{--accent:{platform.accent}}}\n"
    return with_etag(request, css.encode(), "text/css")


@get("/robots.txt", permission=PUBLIC, exclude_from_csrf=True, media_type="text/plain")
async def robots() -> str:
    """Feeds stay allowed: Google Calendar obeys this file."""
    return "User-agent: *\nDisallow: /gestion\nDisallow: /espace\nDisallow: /lien\nDisallow: /connexion\n"


ROUTER = Router("/", route_handlers=[healthz, readyz, theme, robots], include_in_schema=False)
