"""HEAD and OPTIONS, for every address alike: no handler has to know them."""

from __future__ import annotations

import contextlib
from typing import Any

from litestar import Litestar
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from litestar.utils import normalize_path

from training.web.security import HEADERS

ROUTED: tuple[Any, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")
OPEN_FEED = "/agenda/public.ics"
# What a page of another site hears before its script asks for the public feed with If-None-Match (Fetch 4.8).
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def taken(app: Litestar, path: str) -> list[str]:
    """The methods that an address takes, whoever asks; none when there is no such address."""
    found = set()
    for method in ROUTED:
        with contextlib.suppress(HTTPException):
            app.asgi_router.handle_routing(path=normalize_path(path), method=method)
            found.add(method)
    if not found:
        return []
    return sorted(found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set()))


async def tell(methods: list[str], path: str, send: Send) -> None:
    """OPTIONS: what an address takes, and no content (RFC 9110 9.3.7)."""
    said = {**HEADERS, "Allow": ", ".join(methods), **(PREFLIGHT if path == OPEN_FEED else {})}
    headers = [(name.lower().encode(), value.encode()) for name, value in said.items()]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def head(app: ASGIApp, scope: HTTPScope, receive: Receive, send: Send) -> None:
    """HEAD: what GET says, without its content (RFC 9110 9.3.2)."""
    ended = False

    async def heading(message: Message) -> None:
        nonlocal ended
        if message["type"] != "http.response.body":
            await send(message)
        elif not ended:  # a streamed content has several parts: the first one is answered by the end
            ended = True
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    as_get: Scope = {**scope, "method": "GET"}
    await app(as_get, receive, heading)
