"""The one place that talks to Stripe, and that believes what is signed with its secret. Decides nothing.

Stripe's API as of the SDK's own version: since 2026-09-30 a session is limited to a way of paying with
`allowed_payment_method_types`, and `payment_method_types` is refused.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import stripe
import structlog
from stripe.params.checkout import SessionCreateParams

from training.kernel import db, settings
from training.kernel.errors import DomainError
from training.kernel.i18n import _

CONNECT, READ = 3, 8  # seconds: a person waits
RETRIES = 2  # the key makes them harmless
TOLERANCE = 300  # seconds between Stripe's signing and our reading, as Stripe advises

T = TypeVar("T")
log = structlog.get_logger()
stripe.enable_telemetry = False


class StripeUnavailable(DomainError):
    """Stripe did not answer, or did not want this; nothing was charged. `reason` is for the log and the attempt.

    `refused`: Stripe answered, and will answer the same again."""

    status = 502
    slug = "online-payment"

    def __init__(self, reason: str, *, refused: bool) -> None:
        super().__init__(
            _("Le paiement en ligne ne répond pas pour le moment. Rien n’a été débité : réessayez dans un instant.")
        )
        self.reason = reason
        self.refused = refused


class BadSignature(Exception):
    """A notice that Stripe did not sign, or signed too long ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page of Stripe's is asked for. `metadata` comes back with every notice about it."""

    key: str
    method: str
    amount_cents: int
    currency: str
    label: str
    email: str | None
    reference: str
    metadata: dict[str, str]
    back: str
    cancelled: str
    ends_at: int
    locale: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of Stripe's. `status` is open, complete or expired."""

    id: str
    url: str
    status: str


@dataclass(frozen=True, slots=True)
class StripeNotice:
    """A notice that Stripe signed, as it came; `payment_intent` when it is about one."""

    id: str
    type: str
    payment_intent: str | None
    payload: str


def configured() -> bool:
    """Whether the host gave Stripe's key."""
    return settings.current().stripe_secret_key is not None


async def open_session(asked: Asked) -> Opened:
    """Have Stripe make the page where the amount is paid. The same key gives the same page. StripeUnavailable."""
    whole: SessionCreateParams = {
        "mode": "payment",
        "allowed_payment_method_types": [asked.method],
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": asked.currency,
                    "unit_amount": asked.amount_cents,
                    "product_data": {"name": asked.label},
                },
            }
        ],
        "client_reference_id": asked.reference,
        "metadata": asked.metadata,
        # a charge takes its payment's metadata over: notices about it alone can be told from other shops'
        "payment_intent_data": {"metadata": asked.metadata, "description": asked.label},
        "success_url": asked.back,
        "cancel_url": asked.cancelled,
        "expires_at": asked.ends_at,
        "locale": asked.locale,
    }
    if asked.email:
        whole["customer_email"] = asked.email
    made = await _call(
        lambda client: client.v1.checkout.sessions.create(whole, {"idempotency_key": asked.key}),
    )
    return Opened(made.id, made.url or "", made.status or "open")


async def expire_session(session: str) -> Opened:
    """Close a page of Stripe's so that nobody pays there any more. One that is not open is read as it stands."""
    try:
        made = await _call(lambda client: client.v1.checkout.sessions.expire(session))
    except StripeUnavailable as error:
        if not error.refused:
            raise
        made = await _call(lambda client: client.v1.checkout.sessions.retrieve(session))
    return Opened(made.id, made.url or "", made.status or "")


async def read_session(session: str) -> dict[str, Any]:
    """A session as Stripe describes it now."""
    found = await _call(lambda client: client.v1.checkout.sessions.retrieve(session))
    return dict(json.loads(str(found)))


def signed_event(body: bytes, signature: str) -> StripeNotice:
    """What Stripe tells. BadSignature: it was somebody else, or long ago."""
    secret = settings.current().stripe_webhook_secret
    try:
        payload = body.decode()
        stripe.WebhookSignature.verify_header(payload, signature, secret, TOLERANCE)
        event = json.loads(payload)
        about = event["data"]["object"]
        intent = about["id"] if about["object"] == "payment_intent" else about.get("payment_intent")
        return StripeNotice(str(event["id"]), str(event["type"]), intent, payload)
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSignature(type(error).__name__) from None


async def _call(ask: Callable[[stripe.StripeClient], T]) -> T:
    if db.in_transaction():
        raise RuntimeError("Stripe is never called with a transaction open")
    now = settings.current()
    if now.stripe_secret_key is None:
        raise StripeUnavailable("no key", refused=False)
    client = _client(now.stripe_secret_key, now.stripe_api_base)
    try:
        return await asyncio.to_thread(ask, client)
    except stripe.StripeError as error:
        # 4xx: this request will never pass with this key; a timeout or 5xx: nobody knows, the same key may ask again
        spent = error.http_status is not None and 400 <= error.http_status < 500 and error.http_status not in (409, 429)
        reason = f"{type(error).__name__}: {error.user_message or error}"
        log.warning("stripe.refused", error=type(error).__name__, status=error.http_status, code=error.code)
        raise StripeUnavailable(reason, refused=spent) from error


@lru_cache(4)
def _client(key: str, base: str | None) -> stripe.StripeClient:
    http = stripe.RequestsClient(timeout=(CONNECT, READ))
    if base is None:
        return stripe.StripeClient(key, max_network_retries=RETRIES, http_client=http)
    return stripe.StripeClient(key, base_addresses={"api": base}, max_network_retries=RETRIES, http_client=http)
