"""Paying online: the states of an attempt, how long it lives, and what Stripe's notices add up to. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from training.billing.rules.payments import Way

METHODS: Mapping[Way, str] = {Way.CARD: "card", Way.SEPA: "sepa_debit"}  # as Stripe names them
CURRENCY = "eur"
MINIMUM_CENTS = 50  # what Stripe charges at least, in euros
LIFE = timedelta(hours=2)  # Stripe takes 30 minutes to 24 hours
AGAIN = timedelta(hours=1)  # an attempt whose answer was lost is asked again with its own key, while Stripe takes LIFE
REUSED_BEFORE = timedelta(minutes=10)  # a page of Stripe's that ends sooner is not opened again


TO_LOOK_AT = "À VOIR : "  # begins the outcome of an event that a person must look at


class CheckoutState(StrEnum):
    """Where an attempt stands. Processing is not paid: a SEPA debit may take days, and fail."""

    OPENING = "opening"  # written down; Stripe has not answered yet
    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


_S = CheckoutState
# Notices come in any order. Money that came is never forgotten, so everything may become paid, and paid stays.
CHECKOUT_MOVES: dict[CheckoutState, frozenset[CheckoutState]] = {
    _S.OPENING: frozenset({_S.OPEN, _S.PROCESSING, _S.PAID, _S.FAILED, _S.EXPIRED}),
    _S.OPEN: frozenset({_S.PROCESSING, _S.PAID, _S.FAILED, _S.EXPIRED}),
    _S.PROCESSING: frozenset({_S.PAID, _S.FAILED}),
    _S.FAILED: frozenset({_S.OPEN, _S.PAID}),  # open: of two askings with one key, one was answered
    _S.EXPIRED: frozenset({_S.PROCESSING, _S.PAID, _S.FAILED}),
    _S.PAID: frozenset(),
}


def may_become(now: CheckoutState, then: CheckoutState) -> bool:
    """Whether a notice still says something new."""
    return then in CHECKOUT_MOVES[now]


def ends_at(created_at: datetime) -> datetime:
    """When Stripe's page closes: the same at each asking, for one key goes with one request."""
    return (created_at + LIFE).replace(microsecond=0)


# A dispute's money is with the bank from its beginning, and while it is appealed; an inquiry (warning_…) takes none.
WITHDRAWN = frozenset({"needs_response", "under_review", "lost", "appeal_needs_response", "appeal_under_review"})
INQUIRIES = frozenset({"warning_needs_response", "warning_under_review"})  # no money has moved, and somebody disagrees
_REFUND_FAILED = frozenset({"failed", "canceled"})


@dataclass(frozen=True, slots=True)
class ChargeNotice:
    """A refund, dispute or charge as Stripe described it at `told` (Stripe's clock); `row` breaks ties."""

    kind: str  # charge | refund | dispute
    id: str
    cents: int  # of a charge: what was refunded of it so far
    status: str
    told: int
    row: int


def contested(notices: Iterable[ChargeNotice]) -> bool:
    """Whether a dispute stands: it is not decided yet, or was decided against us."""
    last = {n.id: n.status for n in sorted(notices, key=lambda n: (n.told, n.row)) if n.kind == "dispute"}
    return any(status in WITHDRAWN | INQUIRIES for status in last.values())


def gone_cents(notices: Iterable[ChargeNotice], paid_cents: int) -> int:
    """How much of a payment is not ours any more, from all that was told of it, in whatever order it came.

    A charge says the sum of its refunds, each refund says itself: the larger is believed, less what failed.
    """
    last: dict[tuple[str, str], ChargeNotice] = {}
    charged = 0
    for notice in sorted(notices, key=lambda n: (n.told, n.row)):
        last[notice.kind, notice.id] = notice
        if notice.kind == "charge":
            charged = max(charged, notice.cents)
    refunds = [n for n in last.values() if n.kind == "refund"]
    failed = sum(n.cents for n in refunds if n.status in _REFUND_FAILED)
    held = sum(n.cents for n in refunds if n.status not in _REFUND_FAILED)
    disputed = sum(n.cents for n in last.values() if n.kind == "dispute" and n.status in WITHDRAWN)
    return min(paid_cents, max(held, charged - failed, 0) + disputed)
