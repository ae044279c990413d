"""The pages of who delivers, under /animation."""

from litestar import Router

from training.web.animation.pages import HANDLERS, deliverers_only

ROUTER = Router("/", route_handlers=HANDLERS, guards=[deliverers_only], include_in_schema=False)
