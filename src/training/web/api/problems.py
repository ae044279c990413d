"""The API’s own refusals, and the shape of all of them; words and status come from the domains and web/refusals.py."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.handlers import BaseRouteHandler
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
    """Un champ, et ce qui ne va pas."""

    field: str
    message: str


class Problem(Struct, omit_defaults=True):
    """Un refus (RFC 9457). `errors` : champs en cause ; `seats_left` : séance complète ; `price_cents` : prix dépassé ;
    `reference` et `seats` : la réservation qui est déjà là."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
    seats_left: int | None = None
    price_cents: int | None = None
    reference: str | None = None
    seats: int | None = None


async def refuse_unknown_key(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """A guard: who shows a key means to be known, even where nobody has to be."""
    if connection.scope.get("user") is None and "authorization" in connection.headers:
        raise NotAuthorizedException


def unauthenticated(request: Request[Any, Any, Any], _error: HTTPException) -> Response[Any]:
    """401 with the scheme to use (RFC 9110 11.6.1): programs are not sent to a sign-in page."""
    refusal = answer(request, KeyNeeded(_("Il faut une clé d’accès en service : « Authorization: Bearer <clé> ».")))
    refusal.headers["WWW-Authenticate"] = "Bearer"
    return refusal
