"""What other systems tell us, each at its own door: no cookie, no form, only what they sign."""

from litestar import Router

from training.web.hooks import stripe

ROUTER = Router("/hooks", route_handlers=[stripe.told], include_in_schema=False)
