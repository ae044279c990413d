"""What the host's tools ask: is it alive, is it ready; and the platform's own colour, logo and icon."""

from __future__ import annotations

import hmac
import shutil
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from training.kernel import db, migrate, palette, queue, render, settings
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.records import queries as records
from training.web.auth import PUBLIC
from training.web.pages import the_platform, with_etag
from training.web.security import ASKED_AGAIN, FOR_EVER, PICTURE

FREE_MIN = 16 << 20  # bytes: with less, PostgreSQL cannot take one more piece of its journal, and stops
LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
PROXIED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")  # what proxies say of whom they ask for


@get("/healthz", permission=PUBLIC, exclude_from_csrf=True)
async def healthz() -> dict[str, str]:
    """Alive: the loop answers. Asks nothing of the database, so that its absence does not restart us."""
    return {"status": "ok"}


@get("/readyz", permission=PUBLIC, exclude_from_csrf=True)
async def readyz(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """Ready: the database answers, its schema is ours, the queue is there. What is missing is named to who may know."""
    state = await _state()
    said = state if _may_know(request) else {"ready": state["ready"]}
    return Response(said, status_code=200 if state["ready"] else 503, headers={"Cache-Control": "no-store"})


async def _state() -> dict[str, Any]:
    try:
        missing = await migrate.missing()
        jobs = None if missing else await queue.state()
        full = await db.lacks_room() or _no_disk_left()
    except db.UNAVAILABLE as error:  # a full disk may be why
        return {"ready": False, "database": type(error).__name__, "disk": "full" if _no_disk_left() else "unknown"}
    return {
        "ready": not missing and not full,
        "database": "ok",
        "disk": "full" if full else "ok",
        "missing_migrations": missing,
        "queue": None if jobs is None else {"waiting": jobs.waiting, "failed": jobs.failed},
    }


def _no_disk_left() -> bool:
    """Of the embedded database alone: another's disk is not seen from here before something is written."""
    now = settings.current()
    try:
        return now.database_url is None and shutil.disk_usage(now.data_dir).free < FREE_MIN
    except OSError:
        return False


def _may_know(request: Request[Any, Any, Any]) -> bool:
    """The machine itself, or who shows METRICS_TOKEN. A proxy's request is not the machine's, trusted or not."""
    token, said = settings.current().metrics_token, request.headers.get("authorization", "")
    if token and hmac.compare_digest(said.encode(), f"Bearer {token}".encode()):
        return True
    peer = request.client.host if request.client else ""
    return peer in LOOPBACK and not any(name in request.headers for name in PROXIED)


@get("/theme.css", permission=PUBLIC, exclude_from_csrf=True)
async def theme(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Every colour of pages, made from the accent of the platform's settings."""
    platform = await the_platform()
    return with_etag(request, palette.css(platform.accent).encode(), "text/css")


@get("/style/{digest:str}/{audience:str}", permission=PUBLIC, exclude_from_csrf=True)
async def style(digest: FromPath[str], audience: FromPath[str]) -> Response[bytes]:
    """An audience's components as one file. `digest` is in the address only so that browsers may keep it for ever."""
    if audience not in render.SHEETS:
        raise NotFound(_("Cette page n’existe pas ou n’existe plus."))
    css = render.stylesheet(audience)
    kept = (
        "public, max-age=31536000, immutable"
        if render.style(audience).endswith(f"/{digest}/{audience}")
        else "no-cache"
    )
    return Response(css, media_type="text/css", headers={"Cache-Control": kept})


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


@get("/marque.svg", permission=PUBLIC, exclude_from_csrf=True)
async def icon(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The initials of the platform on its colour: the icon of pages. What is asked for by its digest never changes."""
    platform = await the_platform()
    asked = f"{request.url.path}?{request.url.query}"
    headers = {"Cache-Control": FOR_EVER if asked == platform.icon else ASKED_AGAIN, "Content-Security-Policy": PICTURE}
    return with_etag(request, platform.mark.encode(), "image/svg+xml", **headers)


@get("/robots.txt", permission=PUBLIC, exclude_from_csrf=True, media_type="text/plain")
async def robots() -> str:
    """Feeds stay allowed: Google Calendar obeys this file."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/gestion", "/espace", "/lien", "/connexion"))
    return f"User-agent: *\n{closed}Allow: /agenda/\n"


ROUTER = Router("/", route_handlers=[healthz, readyz, theme, style, logo, icon, robots], include_in_schema=False)
