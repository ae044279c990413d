"""The door of Stripe: its signature is the only key. Keeps what it tells; the worker acts upon it."""

from __future__ import annotations

import structlog
from litestar import Response, post

from training.payments.actions import stripe_events
from training.payments.clients.stripe import BadSignature, signed_event
from training.web.auth import PUBLIC
from training.web.pages import Asked

LARGEST = 256_000  # bytes: Stripe's events are a few kilobytes
log = structlog.get_logger()


@post("/stripe", permission=PUBLIC, exclude_from_csrf=True, status_code=200, request_max_body_size=LARGEST)
async def told(request: Asked) -> Response[str]:
    """200 as soon as it is kept: Stripe tells again, for three days, whatever is answered otherwise."""
    try:
        event = signed_event(await request.body(), request.headers.get("stripe-signature", ""))
    except BadSignature as error:
        log.warning("stripe.bad_signature", why=str(error))
        return Response("signature\n", status_code=400, media_type="text/plain")
    new = await stripe_events.receive(event)
    return Response("kept\n" if new else "known\n", media_type="text/plain")
