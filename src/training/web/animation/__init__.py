"""animation."""

from litestar import Router

ROUTER = Router("/", route_handlers=[], include_in_schema=False)
