"""The facilitators' pages, under /animation."""

from litestar import Router

from training.web.animation.pages import HANDLERS, facilitators_only

ROUTER = Router("/", route_handlers=HANDLERS, guards=[facilitators_only], include_in_schema=False)
