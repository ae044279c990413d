"""Money that comes in for a booking's invoice in the demonstration, by transfer, cheque or in cash."""

from __future__ import annotations

from training.billing.actions import settle
from training.billing.actions.settle import NewPayment
from training.billing.rules.payments import Way
from training.demo.events import Town
from training.demo.ledger import due, receivable_of
from training.kernel import clock, db
from training.kernel.actor import SYSTEM


async def pay(town: Town, key: str, way: Way, cents: int | None = None, reference: str = "") -> None:
    """The payer of a booking pays its invoice, or `cents` of it; nothing where nothing is due."""
    receivable = await receivable_of(town.bookings[key])
    left = await due(receivable) if receivable else 0
    if not receivable or not left:
        return
    amount = min(cents or left, left)
    payer = await db.value("select payer from receivable where id = $1", receivable)
    new = NewPayment(way=way, amount_cents=amount, received_on=clock.today(), payer=payer, reference=reference)
    await settle.record_payment(SYSTEM, new, {receivable: amount})
