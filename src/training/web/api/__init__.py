"""api."""

from litestar import Router

ROUTER = Router("/api/v1", route_handlers=[])
