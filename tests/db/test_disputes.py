"""A payer's bank contests a payment: the money goes, reminders wait, and all comes back when it is won."""

from __future__ import annotations

import pytest

import stripe_server
from online_makers import Debt, begun, due_of, refunded, told
from training.dunning.actions import pauses
from training.dunning.rules.reminding import PauseKind
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.kernel.outbox import Fact
from training.payments.queries.notices import contested
from training.reactions import BY_NAME
from training.worker import react

pytestmark = [pytest.mark.anyio, pytest.mark.commits]


async def open_pauses() -> int:
    return await db.value("select count(*) from payment_pause where ended_at is null")


async def test_a_dispute_pauses_reminders_and_winning_it_pays_again(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    await told(stripe.pay(session), stripe.dispute(session))
    assert await due_of(debt) == 35_000
    left = await db.value("select amount_cents - used_cents from payment")
    assert left == 0, "what the bank took is nobody's credit"
    pause = await db.connection().fetchrow("select * from payment_pause")
    assert (pause["kind"], pause["receivable"], pause["ended_at"]) == ("dispute", debt.receivable, None)
    await told(stripe.dispute_closed(session, "won"))
    assert (await due_of(debt), await refunded()) == (0, 0)
    assert await db.value("select ended_at from payment_pause") is not None


async def test_a_dispute_that_is_lost_stays_due_and_paused(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    await told(stripe.pay(session), stripe.dispute(session), stripe.dispute_closed(session, "lost"))
    assert (await due_of(debt), await refunded()) == (35_000, 35_000)
    assert await open_pauses() == 1


async def test_an_inquiry_takes_no_money(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    await told(stripe.pay(session), stripe.dispute(session, "warning_needs_response"))
    assert (await due_of(debt), await refunded()) == (0, 0)
    assert await open_pauses() == 1
    await told(stripe.dispute_closed(session, "warning_closed"))
    assert await open_pauses() == 0


async def test_one_dispute_won_while_another_stands_lets_no_reminder_leave(debt: Debt, stripe: stripe_server.Stripe):
    """Paid, taken back, paid again and taken back again: the second is not over because the first is."""
    first = await begun(debt, stripe)
    await told(stripe.pay(first), stripe.dispute(first))
    second = await begun(debt, stripe)
    await told(stripe.pay(second), stripe.dispute(second))
    await told(stripe.dispute_closed(first, "won"))
    assert await contested(debt.receivable)
    assert await open_pauses() == 1
    await told(stripe.dispute_closed(second, "won"))
    assert not await contested(debt.receivable)
    assert await open_pauses() == 0


async def test_a_dispute_told_late_and_twice_pauses_once(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    await told(stripe.pay(session), stripe.dispute(session))
    reaction = BY_NAME["dunning.actions.pauses.follow_dispute"]
    for _again in range(2):
        await react(reaction, Fact("receivable.disputed", ("receivable", debt.receivable)))
    assert await open_pauses() == 1
    await told(stripe.dispute_closed(session, "won"))
    await react(reaction, Fact("receivable.disputed", ("receivable", debt.receivable)))
    assert await open_pauses() == 0


async def test_what_staff_said_is_not_ended_by_the_bank(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    await told(stripe.pay(session), stripe.dispute(session))
    await pauses.pause(SYSTEM, debt.receivable, PauseKind.DISPUTE, None, "Facturé deux fois")
    await told(stripe.dispute_closed(session, "won"))
    assert await db.value("select note from payment_pause where ended_at is null") == "Facturé deux fois"
