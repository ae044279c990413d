"""Composition of the web application: routers, middleware, the guard, headers, lifespan."""

from __future__ import annotations

import contextlib
import gc
import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import structlog
from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import DefineMiddleware
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from training.kernel import render, settings
from training.kernel.logs import masked
from training.web import agenda, animation, api, faces, hooks, methods, office, operations, portal
from training.web.auth import PUBLIC, Authentication, guard
from training.web.pages import remember_platform
from training.web.patience import patient
from training.web.posted import BODY_MAX, Posted, csrf_config
from training.web.refusals import answer
from training.web.security import COMPRESSED_FROM, HEADERS, NOT_COMPRESSED, kept_by_caches

log = structlog.get_logger()


async def set_headers(message: Message, scope: Scope) -> None:
    """On every answer, unknown routes included (they never reach a middleware)."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    known = scope.get("user") is not None
    if cached := kept_by_caches(scope["path"], message["status"], known=known):
        headers.setdefault("Cache-Control", cached)
    if settings.current().production:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")


class RequestLog:
    """Give each request an id, which its logs, its audit rows and its jobs carry; log it when it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        request_id = uuid.uuid4().hex[:16]

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableScopeHeaders.from_message(message)["X-Request-Id"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, watched)
            finally:
                log.info(
                    "request",
                    method=scope.get("method"),
                    path=masked(scope["path"]),
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )


class Site(Litestar):
    """Litestar, with HEAD and OPTIONS answered for every address: no guard has to let them by."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, or the lifespan."""
        asked = scope["method"] if scope["type"] == ScopeType.HTTP else ""
        if asked:
            receive = patient(receive)
        if asked == "OPTIONS" and (takes := methods.taken(self, scope["path"])):
            await methods.tell(takes, scope["path"], send)
        elif asked == "HEAD":
            await methods.head(super().__call__, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def settle() -> None:
    """What was made so far stays for good: Python's collector, which held the loop for 0.3 s, looks at it no more."""
    gc.collect()
    gc.freeze()


Lifespan = Callable[[Litestar], contextlib.AbstractAsyncContextManager[None]]


def create_app(lifespan: list[Lifespan] | None = None) -> Litestar:
    """The application. `settings.use()` comes first; `lifespan` opens the pool (and the worker)."""
    static = create_static_files_router(
        path=render.static_root(),
        directories=[render.STATIC],
        include_in_schema=False,
        opt={"permission": PUBLIC, "exclude_from_csrf": True},
        cache_control=CacheControlHeader(max_age=31_536_000, public=True, immutable=True),
    )
    return Site(
        [
            operations.ROUTER,
            faces.ROUTER,
            portal.ROUTER,
            office.ROUTER,
            animation.ROUTER,
            agenda.ROUTER,
            api.ROUTER,
            api.DOCS,
            hooks.ROUTER,
            static,
        ],
        middleware=[RequestLog, DefineMiddleware(Posted, config=csrf_config()), DefineMiddleware(Authentication)],
        guards=[guard],
        lifespan=list(lifespan or []),
        on_startup=[remember_platform, settle],
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=5, minimum_size=COMPRESSED_FROM, exclude=NOT_COMPRESSED
        ),
        before_send=[set_headers],
        exception_handlers={Exception: answer},
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(render.pages())),
        openapi_config=api.OPENAPI,
        request_max_body_size=BODY_MAX,
        logging_config=None,
        pdb_on_exception=False,
        debug=False,
    )


def opening(*managers: Callable[[], contextlib.AbstractAsyncContextManager[Any]]) -> list[Lifespan]:
    """Context managers without an argument, as Litestar wants them: opened in order, closed in reverse."""

    def adapt(manager: Callable[[], contextlib.AbstractAsyncContextManager[Any]]) -> Lifespan:
        @contextlib.asynccontextmanager
        async def lifespan(_app: Litestar) -> AsyncIterator[None]:
            async with manager():
                yield

        return lifespan

    return [adapt(manager) for manager in managers]
