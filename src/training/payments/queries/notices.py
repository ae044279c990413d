"""What Stripe told of refunds and disputes, read from the inbox whole: what stands is worked out anew each time."""

from __future__ import annotations

import json
from collections.abc import Iterable

import asyncpg

from training.kernel import db
from training.payments.rules import checkout as rules
from training.payments.rules.checkout import ChargeNotice

MONEY = (
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.refund.updated",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)


async def notices_of(payment_intent: str) -> list[ChargeNotice]:
    """Of one payment."""
    sql = "select id, payload from stripe_event where payment_intent = $1 and type = any($2)"
    return _notices(await db.connection().fetch(sql, payment_intent, list(MONEY)))


async def contested(receivable: int) -> bool:
    """Whether a payer's bank contests, or took back for good, money that was to pay this."""
    sql = """
        select id, payload from stripe_event where type = any($2)
        and payment_intent in (select payment_intent from checkout where receivable = $1)
    """
    return rules.contested(_notices(await db.connection().fetch(sql, receivable, list(MONEY))))


def _notices(records: Iterable[asyncpg.Record]) -> list[ChargeNotice]:
    found = []
    for row in records:
        event = json.loads(row["payload"])
        about = event["data"]["object"]
        cents = about["amount_refunded"] if about["object"] == "charge" else about["amount"]
        told = int(event.get("created") or 0)
        found.append(ChargeNotice(about["object"], about["id"], int(cents), str(about.get("status")), told, row["id"]))
    return found
