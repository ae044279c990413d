"""What a payer reads of its invoices: its own sum, what was paid of one, and how far a try to pay online came."""

from __future__ import annotations

import pytest

from book_rows import JAN, TODAY, YESTERDAY, issued, money, other, paid, put, settle
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.reporting.portal import invoices as portal

pytestmark = pytest.mark.anyio

ALL = SYSTEM.scope


async def test_the_payer_s_sum_is_of_what_is_theirs_and_due(payer):
    await issued("F1", payer, JAN, due=TODAY)
    await paid("F1", JAN, 400)
    await issued("F2", payer, JAN)
    await paid("F2", JAN, 1_000)
    await issued("F3", await other(), JAN)
    assert await portal.owed(payer) == portal.Coming(600, 0)


async def test_what_was_taken_back_is_no_payment_and_a_credit_note_is_listed_apart(payer):
    await issued("F1", payer, JAN)
    gone = await paid("F1", JAN, 100)
    await settle(JAN, -100, gone, "F1", "reversal")
    late, early = await money(TODAY, 30, payer), await money(JAN, 20, payer)
    for payment, cents in ((late, 30), (early, 20)):
        await settle(TODAY, cents, payment, "F1", "payment")
    await paid("F1", JAN, 40, "credit_note")
    await settle(YESTERDAY, 5, None, "F1", "write_off")
    owed = await db.value("select id from receivable where number = 'F1'")
    assert [(p.cents, p.received_on) for p in await portal._payments(owed)] == [
        (20, JAN), (5, YESTERDAY), (30, TODAY),
    ]  # fmt: skip


async def test_a_try_that_never_reached_the_bank_is_no_try(payer):
    await issued("F1", payer, JAN)
    owed = await db.value("select id from receivable where number = 'F1'")
    for n, (state, session) in enumerate((("failed", "s1"), ("processing", "s2"), ("failed", None))):
        assert (await portal.under_way([owed, None]) == frozenset({owed})) == (n == 2)
        facts = {"way": "sepa", "amount_cents": 1, "state": state, "door": "space", "stripe_session": session}
        at = clock.now()
        await put("checkout", receivable=owed, key=f"k{n}", created_at=at, updated_at=at, **facts)
    assert (await portal._last_attempt(owed)).state == "processing"
    assert await portal.under_way([owed, None]) == frozenset({owed})
