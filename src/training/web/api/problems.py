"""What the API refuses, as it documents it; the words and the status come from the domains and web/refusals.py."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from msgspec import Struct

from training.kernel.errors import DomainError
from training.kernel.i18n import _
from training.web.refusals import answer

MEDIA_TYPE = "application/problem+json"  # RFC 9457 6.1


class NotJson(DomainError):
    """The body is not a JSON document (RFC 8259)."""

    slug = "not-json"


class KeyNeeded(DomainError):
    """No key, or one that is unknown or revoked."""

    status = 401
    slug = "key-needed"


class FieldError(Struct):
    """A field and what is wrong with it."""

    field: str
    message: str


class Problem(Struct, omit_defaults=True):
    """A refusal (RFC 9457). `errors`: with 422; `seats_left`: when a session is full."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
    seats_left: int | None = None


def unauthenticated(request: Request[Any, Any, Any], _error: HTTPException) -> Response[Any]:
    """401 with the scheme to use (RFC 9110 11.6.1): programs are not sent to a sign-in page."""
    refusal = answer(request, KeyNeeded(_("Il faut une clé d’accès en service : « Authorization: Bearer <clé> ».")))
    refusal.headers["WWW-Authenticate"] = "Bearer"
    return refusal


def _example(status: int, slug: str, title: str, detail: str, **more: object) -> Example:
    value = {"type": f"/problems/{slug}", "title": title, "status": status, "detail": detail, **more}
    return Example(summary=title, value=value)


_DOCUMENTED: dict[int, tuple[str, Example]] = {
    400: (
        "Le corps n’est pas du JSON.",
        _example(400, "not-json", "Demande refusée", "Le corps de la demande n’est pas du JSON."),
    ),
    401: (
        "Pas de clé, ou une clé inconnue ou révoquée.",
        _example(401, "key-needed", "Connectez-vous", "Il faut une clé d’accès en service."),
    ),
    403: (
        "La clé ne permet pas cela.",
        _example(403, "forbidden", "Accès refusé", "Votre rôle ne permet pas de faire cela."),
    ),
    404: (
        "Cela n’existe pas, ou appartient à une autre structure.",
        _example(404, "not-found", "Introuvable", "Cette réservation n’existe pas."),
    ),
    409: (
        "L’état des choses ne le permet pas (ou plus) : complet, clos, déjà fait.",
        _example(
            409,
            "session-full",
            "Ce n’est pas possible",
            "Il reste 12 places : demandez-en 12 ou moins, ou choisissez une autre date.",
            seats_left=12,
        ),
    ),
    422: (
        "Une valeur ne va pas ; `errors` les dit toutes.",
        _example(
            422,
            "invalid",
            "À corriger",
            "Un nombre entier, 1 ou plus.",
            errors=[{"field": "seats", "message": "Un nombre entier, 1 ou plus."}],
        ),
    ),
    429: (
        "Trop de demandes : attendre le nombre de secondes de `Retry-After`.",
        _example(429, "too-many-requests", "Un peu trop vite", "Trop de demandes en peu de temps."),
    ),
}


def documented(*statuses: int) -> dict[int, ResponseSpec]:
    """The refusals of an operation, for its OpenAPI description."""
    return {
        status: ResponseSpec(
            data_container=Problem,
            generate_examples=False,
            description=_DOCUMENTED[status][0],
            media_type=MEDIA_TYPE,
            examples=[_DOCUMENTED[status][1]],
        )
        for status in statuses
    }
