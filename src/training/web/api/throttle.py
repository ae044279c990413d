"""How often a key, or a visitor's network, may ask: a token bucket each, in this process's memory.

Kept out of PostgreSQL on purpose: a row a request would cost more than most requests.
"""

from __future__ import annotations

import math
import time
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from training.identity.rules import network_of
from training.kernel.actor import Actor
from training.kernel.errors import TooMany
from training.kernel.i18n import _
from training.web.auth import client_address

# Rate per second and burst. A key's: more than eight clients that book as fast as one process can serve them get
# through for ten seconds, so only a loop that ran away meets it. A visitor's: a town hall is one address.
KEY = (500.0, 5_000.0)
VISITOR = (50.0, 200.0)
REMEMBERED = 10_000  # buckets; past that the full ones, which say nothing, are forgotten


class Buckets:
    """Token buckets by name; each fills at `rate` up to `burst`, and a request takes one token."""

    def __init__(self) -> None:
        self._levels: dict[str, tuple[float, float]] = {}  # name → tokens, when

    def take(self, name: str, rate: float, burst: float, now: float) -> int:
        """Take a token: 0, or the seconds to wait for one."""
        tokens, then = self._levels.get(name, (burst, now))
        tokens = min(burst, tokens + (now - then) * rate)
        if tokens < 1:
            return max(1, math.ceil((1 - tokens) / rate))
        if name not in self._levels and len(self._levels) >= REMEMBERED:
            self._forget(now)
        self._levels[name] = (tokens - 1, now)
        return 0

    def _forget(self, now: float) -> None:
        slowest = max(burst / rate for rate, burst in (KEY, VISITOR))
        self._levels = {name: level for name, level in self._levels.items() if now - level[1] < slowest}


_buckets = Buckets()


async def not_too_often(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """The API's guard: TooMany, which is answered 429 with Retry-After (RFC 6585 4)."""
    actor: Actor | None = connection.scope.get("user")
    if actor is not None:
        wait = _buckets.take(f"{actor.kind}:{actor.id}", *KEY, time.monotonic())
    else:
        wait = _buckets.take(network_of(client_address(connection)), *VISITOR, time.monotonic())
    if wait:
        raise TooMany(_("Trop de demandes en peu de temps : attendez un instant."), retry_after=wait)
