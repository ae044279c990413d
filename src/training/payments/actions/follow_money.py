"""Refunds and disputes of a payment made online: its settlements follow what Stripe told, whatever came first.

Part of `stripe_events.process`, in its transaction: what is gone is worked out anew from the whole inbox, and only
the difference is written.
"""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.actions.settle import refund, return_refund, settle, take_back
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.payments.queries.notices import notices_of
from training.payments.rules.checkout import gone_cents

GONE = N_("Stripe : remboursé, ou annulé par la banque du donneur d’ordre")
BACK = N_("Stripe : remboursement non abouti, ou contestation gagnée")


@dataclass(frozen=True, slots=True)
class _Money:
    id: int
    receivable: int
    payment_intent: str
    amount_cents: int
    used_cents: int
    refunded_cents: int

    @property
    def left_cents(self) -> int:
        return self.amount_cents - self.used_cents


async def follow_money(actor: Actor, payment: int) -> str:
    """Bring a payment to what Stripe told of it; returns what was done, in words."""
    actor.must(Permission.PLATFORM_RUN)
    money = await _lock(payment)
    notices = await notices_of(money.payment_intent)
    if any(notice.kind == "dispute" for notice in notices):
        await outbox.put("receivable.disputed", ("receivable", money.receivable))
    change = gone_cents(notices, money.amount_cents) - money.refunded_cents
    if change > 0:
        await _take(actor, money, change)
        return f"{euros(change)} repris"
    if change < 0:
        await return_refund(actor, payment, -change, _(BACK))
        await _settle_again(actor, money)
        return f"{euros(-change)} rendus"
    return "déjà su"


async def _take(actor: Actor, money: _Money, cents: int) -> None:
    """What was left of the payment goes first, then what it settled: that is due again."""
    cents = min(cents, money.amount_cents - money.refunded_cents)
    missing = cents - money.left_cents
    sql = """
        select receivable, sum(amount_cents)::bigint as cents from settlement
        where payment = $1 and receivable is not null group by receivable having sum(amount_cents) > 0
        order by receivable <> $2, receivable
    """
    for row in await db.connection().fetch(sql, money.id, money.receivable):
        if missing > 0:
            part = min(missing, int(row["cents"]))
            await take_back(actor, money.id, row["receivable"], _(GONE), part)
            missing -= part
    await refund(actor, money.id, cents, clock.today(), _(GONE))
    await _use_credit_notes(actor, money.receivable)


async def _use_credit_notes(actor: Actor, receivable: int) -> None:
    """A credit note made before the refund had nothing to settle; now it has."""
    sql = """
        select p.id, p.amount_cents - p.used_cents as left_cents
        from payment p join invoice n on n.id = p.credit_note join receivable r on r.invoice = n.corrects
        where r.id = $1 and p.used_cents < p.amount_cents order by p.id
    """
    for row in await db.connection().fetch(sql, receivable):
        if due := min(await _due(receivable), int(row["left_cents"])):
            await settle(actor, row["id"], {receivable: due})


async def _settle_again(actor: Actor, money: _Money) -> None:
    left = int(await db.value("select amount_cents - used_cents from payment where id = $1", money.id))
    if again := min(left, await _due(money.receivable)):
        await settle(actor, money.id, {money.receivable: again})


async def _due(receivable: int) -> int:
    return int(await db.value("select gross_cents - settled_cents from receivable where id = $1", receivable))


async def _lock(payment: int) -> _Money:
    """Every receivable that the payment settles, then the payment."""
    await db.connection().fetch(
        """
        select id from receivable where id in (
            select receivable from settlement where payment = $1 and receivable is not null
            union select receivable from checkout where payment = $1
        ) order by id for update
        """,
        payment,
    )
    sql = """
        select p.id, c.receivable, c.payment_intent, p.amount_cents, p.used_cents, coalesce((
            select sum(amount_cents) from settlement where payment = p.id and kind = 'refund'
        ), 0)::bigint as refunded_cents
        from payment p join checkout c on c.payment = p.id where p.id = $1 for update of p
    """
    found = await db.row(_Money, sql, payment)
    assert found is not None  # noqa: S101 - the caller found it a moment ago, and payments are not deleted
    return found
