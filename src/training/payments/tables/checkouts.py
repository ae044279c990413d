"""Attempts to pay online, what Stripe told of them, and the papers that say what was received."""

from __future__ import annotations

from piccolo.columns import BigInt, Serial, Text, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from training.billing.tables.receivables import Payment, Receivable
from training.kernel.columns import belongs_to, instant, short_text
from training.records.tables import Entry


class Checkout(Table, tablename="checkout"):
    """One attempt to pay online. `key` is Stripe's Idempotency-Key, given before Stripe is called.

    `door` is where the person came from and goes back to: the organisation's space, or the mailed link. `payment` is
    the money that it became.
    """

    id: Serial
    receivable = belongs_to(Receivable)
    key = short_text(60, unique=True)
    way = short_text(20)
    amount_cents = BigInt(default=None)
    state = short_text(20)
    door = short_text(10)
    stripe_session = short_text(200, null=True, unique=True)
    payment_intent = short_text(200, null=True, index=True)
    payment = belongs_to(Payment, null=True, unique=True)
    url = Text(default="")
    failure = Varchar(length=400, default="")
    created_at = instant()
    updated_at = instant()

    checkout_amount_is_positive = Check("amount_cents > 0")


class StripeEvent(Table, tablename="stripe_event"):
    """What Stripe told us, kept as it came before anything is done with it; twice told, kept once."""

    id: Serial
    event_id = short_text(200, unique=True)
    type = short_text(100)
    payment_intent = short_text(200, null=True, index=True)
    payload = Text(default=None)
    received_at = instant()
    processed_at = instant(null=True)
    outcome = Varchar(length=400, default="")


class Receipt(Table, tablename="receipt"):
    """The numbered paper that says a payment was received."""

    id: Serial
    payment = belongs_to(Payment, unique=True)
    entry = belongs_to(Entry, unique=True)
    created_at = instant()
