"""Who is asking: the cookie or the key becomes an actor; the guard compares what a route needs with what they hold."""

from __future__ import annotations

import ipaddress
from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import Empty, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from training.identity import queries
from training.identity.actions import keys, signin
from training.identity.rules import ABSOLUTE, network_of
from training.kernel import i18n, settings
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.scheduling import queries as scheduling
from training.web.security import veiled

PUBLIC = "public"  # anybody
SIGNED_IN = "signed-in"  # anybody who is known, whatever their role


def cookie_name(name: str) -> str:
    """`__Host-` in production: no other host and no other path can set it (RFC 6265bis 4.1.3.2)."""
    return f"__Host-{name}" if settings.current().production else name


class Authentication(AbstractAuthenticationMiddleware):
    """A statement for a signed-in request (two for a facilitator), none for a visitor or what the host's tools ask."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A form is read before the database is asked who sends it: should it be away, what was typed is not."""
        if scope["type"] == ScopeType.HTTP and scope.get("method") == "POST" and not scope["path"].startswith("/api/"):
            request: Request[Any, Any, Any] = Request(scope, receive, send)
            await request.form()
            ScopeState.from_scope(scope).csrf_token = request.cookies.get(cookie_name("csrf"), Empty)
        if scope["type"] == ScopeType.HTTP and isinstance(token := ScopeState.from_scope(scope).csrf_token, str):
            ScopeState.from_scope(scope).csrf_token = veiled(token)
        await super().__call__(scope, receive, send)

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        """The actor and, for a browser, its session's token."""
        i18n.language.set(preferred_language(connection.headers.get("accept-language", "")))
        if connection.url.path.startswith("/api/"):
            scheme, _space, key = connection.headers.get("authorization", "").partition(" ")
            actor = await queries.by_key(key.strip()) if scheme.lower() == "bearer" and key else None
            if key and actor is None:  # a key that is known always works, whoever else asks from the same network
                await keys.refuse_unknown(network_of(client_address(connection)))
            return AuthenticationResult(user=actor, auth=None)
        # /healthz must answer without the database, whoever asks
        token = None if connection.url.path == "/healthz" else connection.cookies.get(cookie_name("signin"))
        entered = await queries.by_session(token) if token else None
        if entered is None:
            return AuthenticationResult(user=None, auth=None)
        if entered.slide:
            await signin.slide(entered.session)
        actor = entered.actor
        if actor.scope.facilitators:
            actor = actor.facilitating(await scheduling.facilitated(actor.scope.facilitators))
        return AuthenticationResult(user=actor, auth=token)


def preferred_language(header: str) -> str:
    """The first of our languages that a browser names (RFC 9110 12.5.4, without weights: they come in order)."""
    for part in header.split(","):
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        if code in i18n.LANGUAGES:
            return code
    return i18n.SOURCE


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse before anything is opened. A route that declares nothing is a mistake of ours, not an open door.

    Whether the actor holds the permission *there* (this organisation, this session) is asked by the action.
    """
    if "\x00" in connection.scope["path"]:  # PostgreSQL has no such text, so nothing has such a name
        raise NotFound(_("Cette adresse ne mène nulle part."))
    needed = handler.opt.get("permission")
    if needed is None:
        raise RuntimeError(f"{handler.handler_name} declares no permission")
    if needed == PUBLIC:
        return
    actor: Actor | None = connection.scope.get("user")
    if actor is None:
        raise NotAuthorizedException(_("Connectez-vous pour continuer."))
    if needed != SIGNED_IN and not actor.holds_somewhere(needed):
        raise PermissionDeniedException(
            _("Vous n’avez pas accès à cette page. Demandez-le à la personne qui gère les accès.")
        )


def signin_cookie(token: str) -> Cookie:
    """The cookie of a signed-in browser."""
    return Cookie(
        key=cookie_name("signin"),
        value=token,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.current().production,
    )


def forgotten_cookie(name: str) -> Cookie:
    """What makes a browser forget one of ours."""
    return Cookie(
        key=cookie_name(name),
        value="",
        max_age=0,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.current().production,
    )


def client_address(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The address that asks. X-Forwarded-For is believed from the right, as long as our own proxies wrote it."""
    peer = connection.client.host if connection.client else ""
    trusted = settings.current().trusted_proxies
    chain = [part.strip() for part in connection.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    while chain and _within(peer, trusted):
        peer = chain.pop()
    return peer


def _within(address: str, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)
