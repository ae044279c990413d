"""Every refusal and every failure becomes a page, or problem+json under /api (RFC 9457). The one place for it."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import asyncpg
import structlog
from litestar import Request, Response
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect, Template
from litestar.types import Empty
from litestar.utils.scope.state import ScopeState

from training.catalogue.rules.offers import OfferMoved
from training.kernel import db, i18n
from training.kernel.errors import DomainError, Invalid, TooMany
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.web import looks
from training.web.auth import preferred_language
from training.web.pages import actor_of, bare_page
from training.web.posted import fresh_token, from_our_page

log = structlog.get_logger()

STALE = "stale-form"
FEEDS = ("/agenda/p/", "/agenda/public.ics")  # calendar programs show what they hear as it is, or keep it in their log


class Failure:
    """What is said about a failure: status, the end of its type URI, title, detail, and what the API adds."""

    __slots__ = ("detail", "extra", "headers", "slug", "status", "title")

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str,
        extra: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.slug, self.title, self.detail = status, slug, title, detail
        self.extra, self.headers = dict(extra or {}), dict(headers or {})


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any] | Template | Redirect:
    """The app's only exception handler."""
    if "user" not in request.scope:  # an unknown address: no middleware looked at the reader's language
        i18n.language.set(preferred_language(request.headers.get("accept-language", "")))
    if isinstance(error, OfferMoved):
        return _sent_on(request, error)
    problem = describe(error)
    if problem.status >= 500 and problem.slug == "internal":
        log.error("request.failed", path=request.url.path, exc_info=error)
    if request.url.path.startswith("/api/"):
        return _as_json(problem)
    if request.url.path.startswith(FEEDS):
        words = f"{problem.detail}\n"
        return Response(words, status_code=problem.status, media_type="text/plain", headers=problem.headers)
    if problem.status == 401 and request.method in ("GET", "HEAD"):
        url = request.url
        here = f"{url.path}?{url.query}" if url.query else url.path
        return Redirect(f"/connexion?suite={quote(here, safe='/')}", status_code=303)
    template = bare_page(
        request,
        "error.html",
        problem.status,
        layout=f"{_audience(request)}/layout.html",
        problem=problem,
        look=looks.of_refusal(problem.status),
        again=_typed(request, problem),
        files=_gave_files(request),
    )
    if problem.slug == STALE and template.context["again"] is not None:
        template.cookies = [*template.cookies, fresh_token(request)]
    template.headers.pop("Cache-Control", None)  # no cache keeps a refusal: web.security says so
    template.headers.update(problem.headers)
    return template


def _sent_on(request: Request[Any, Any, Any], moved: OfferMoved) -> Redirect:
    """To the same page of the offer at its present address; what was posted is posted there (RFC 9110 15.4.9)."""
    url = request.url
    path = "/".join(moved.now if part == moved.was else part for part in url.path.split("/"))
    there = f"{path}?{url.query}" if url.query else path
    return Redirect(there, status_code=301 if request.method in ("GET", "HEAD") else 308)


def _audience(request: Request[Any, Any, Any]) -> str:
    """Whose frame a failure is shown in: where somebody works, they stay."""
    actor, path = actor_of(request), request.url.path
    if actor is not None and path.startswith("/gestion") and actor.may(Permission.OFFICE_SEE):
        return "office"
    return "animation" if actor is not None and path.startswith("/animation") else "portal"


def describe(error: Exception) -> Failure:
    """What to say about an exception. Nothing of ours leaks: an unknown one is « internal »."""
    if isinstance(error, DomainError):
        return _refused(error)
    if getattr(error.__cause__, "errno", None) == errno.ENAMETOOLONG:  # of a static file that no disk can hold
        return _http(HTTPException(status_code=404))
    if isinstance(error, HTTPException):
        return _http(error)
    if db.is_full(error):
        log.error("disk.full", error=repr(error))
        words = _("Le site n’a plus de place pour écrire : rien n’a été enregistré. Réessayez plus tard.")
        return Failure(503, "disk-full", _("Plus de place"), words, headers={"Retry-After": "60"})
    if isinstance(error, db.UNAVAILABLE):
        log.warning("database.away", error=repr(error))
        return Failure(
            503,
            "unavailable",
            _("Un instant"),
            _("Le service ne répond pas pour le moment. Réessayez dans quelques secondes : rien n’est perdu."),
            headers={"Retry-After": "5"},
        )
    # a U+0000 in an address, which PostgreSQL keeps in no text; a form whose bytes are no UTF-8
    if isinstance(error, asyncpg.DataError | UnicodeDecodeError):
        log.warning("request.unreadable", error=type(error).__name__)  # its words hold what was sent
        return _http(HTTPException(status_code=400))
    return Failure(
        500, "internal", _("Quelque chose s’est mal passé chez nous"), _("L’équipe technique est prévenue. Réessayez.")
    )


def _refused(error: DomainError) -> Failure:
    extra = dict(error.extra)
    if isinstance(error, Invalid):
        extra["errors"] = [{"field": field, "message": message} for field, message in error.errors.items()]
    elif error.field:
        extra["errors"] = [{"field": error.field, "message": error.detail}]
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    titles = {
        400: _("Demande refusée"),
        401: _("Clé requise"),
        403: _("Accès refusé"),
        404: _("Introuvable"),
        409: _("Ce n’est pas possible"),
        422: _("À corriger"),
        429: _("Un peu trop vite"),
    }
    return Failure(error.status, error.slug, titles.get(error.status, titles[400]), error.detail, extra, headers)


def _http(error: HTTPException) -> Failure:
    if isinstance(error, ValidationException):
        faults = error.extra if isinstance(error.extra, list) else []
        words = {fault.get("key", ""): fault["message"] for fault in faults}
        return _refused(Invalid(words or _("Cette demande n’a pas été comprise.")))
    words = {
        400: (_("Demande refusée"), _("Cette demande n’a pas été comprise.")),
        401: (
            _("Votre connexion a pris fin"),
            _("Reconnectez-vous dans un autre onglet, revenez ici, puis recommencez : rien n’est perdu."),
        ),
        403: (
            _("Accès refusé"),
            _("Vous n’avez pas accès à cette page. Demandez-le à la personne qui gère les accès."),
        ),
        404: (_("Page introuvable"), _("Cette page n’existe pas ou n’existe plus.")),
        405: (_("Demande refusée"), _("Cette adresse ne s’utilise pas ainsi.")),
        408: (_("Trop lent"), _("La demande n’est pas arrivée en entier. Recommencez : rien n’a été enregistré.")),
        413: (_("Trop gros"), _("C’est trop gros pour être reçu en une fois.")),
    }
    title, detail = words.get(error.status_code, words[400])
    if error.status_code == 403 and "CSRF" in str(error.detail):
        detail = _("La page était ouverte depuis longtemps : rien n’est encore enregistré. Envoyez-la de nouveau.")
        return Failure(403, STALE, _("Encore une fois"), detail)
    return Failure(error.status_code, f"http-{error.status_code}", title, detail, headers=error.headers)


def _as_json(problem: Failure) -> Response[dict[str, object]]:
    return Response(
        {
            "type": f"/problems/{problem.slug}",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
            **problem.extra,
        },
        status_code=problem.status,
        media_type="application/problem+json",
        headers=problem.headers,
    )


def _typed(request: Request[Any, Any, Any], problem: Failure) -> list[tuple[str, str]] | None:
    """What was typed when the database was away, a sign-in or a token over, or it was too often: sent at a click."""
    stale = problem.slug == STALE and from_our_page(request)
    if not (stale or problem.status in (401, 429, 503)) or request.method != "POST":
        return None
    items = _form(request)
    if items is None:
        return None
    return [(name, str(value)) for name, value in items if name != "_csrf_token" and not isinstance(value, UploadFile)]


def _gave_files(request: Request[Any, Any, Any]) -> bool:
    """Whether files were among it: no page may put them back."""
    return any(isinstance(value, UploadFile) and value.filename for _name, value in _form(request) or ())


def _form(request: Request[Any, Any, Any]) -> list[tuple[str, object]] | None:
    """The form, read before the database was asked for anything; Litestar keeps it with the request."""
    kept = ScopeState.from_scope(request.scope).form
    return None if kept is Empty else list(FormMultiDict.from_form_data(kept).multi_items())
