"""What is closed stays closed: nothing is dated inside, and who was writing is waited for."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

import accounts_makers as books
from accounts_makers import APRIL, two_invoices
from training.accounting.actions.close import close_period
from training.accounting.actions.open_balance import Opening, open_balance, open_balances
from training.accounting.formats.opening_csv import OpeningRow
from training.accounting.queries import accounts as reading
from training.billing.actions import settle
from training.billing.queries.periods import closed_until
from training.billing.rules.payments import Way
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid

pytestmark = pytest.mark.anyio


async def test_nothing_is_dated_inside_a_closed_period(database_test):
    _town, first, second = await two_invoices()
    payment = await books.pay(first, 42_000, date(2027, 3, 20))
    with clock.frozen(books.noon(date(2027, 4, 5))):
        await close_period(SYSTEM, date(2027, 3, 31))
        kept = (await reading.closings())[0].totals
        assert (kept.documents, kept.net_cents, kept.vat_cents, kept.gross_cents) == (1, 35_000, 7_000, 42_000)
        assert (kept.received_cents, kept.due_cents) == (42_000, 0)
        new = settle.NewPayment(way=Way.CASH, amount_cents=100, received_on=date(2027, 3, 31), payer=second.payer)
        with pytest.raises(Invalid, match="La période est close jusqu’au mercredi 31 mars"):
            await settle.record_payment(SYSTEM, new)
        with pytest.raises(Invalid, match="close"):
            await settle.refund(SYSTEM, payment, 100, date(2027, 3, 31), "?")
        with pytest.raises(Invalid, match="close"):
            await open_balance(SYSTEM, Opening("A1", second.payer, date(2027, 3, 2), APRIL, 100))
        with pytest.raises(Invalid, match="close"):
            await open_balances(SYSTEM, [OpeningRow(2, "A1", "commune-d-essai", date(2027, 3, 2), APRIL, 100)])
        with pytest.raises(Invalid, match="dans une période close"):
            async with db.atomic():
                await db.execute(
                    "insert into payment (way, received_on, amount_cents, created_at) values ('cash', $1, 1, $2)",
                    date(2027, 3, 31),
                    clock.now(),
                )
        with pytest.raises(Conflict, match="déjà close"):
            await close_period(SYSTEM, date(2027, 2, 28))
        after = settle.NewPayment(way=Way.CASH, amount_cents=100, received_on=APRIL, payer=second.payer)
        await settle.record_payment(SYSTEM, after)
        assert await closed_until() == date(2027, 3, 31)


@pytest.mark.commits
async def test_who_was_writing_when_the_period_closed_is_waited_for(database_test):
    _town, first, _second = await two_invoices()
    order: list[str] = []

    async def pays() -> None:
        async with db.atomic():
            new = settle.NewPayment(way=Way.CASH, amount_cents=100, received_on=date(2027, 3, 31), payer=first.payer)
            await settle.record_payment(SYSTEM, new)
            await asyncio.sleep(0.5)
            order.append("paid")

    async def closes() -> None:
        await asyncio.sleep(0.2)
        await close_period(SYSTEM, date(2027, 3, 31))
        order.append("closed")

    with clock.frozen(books.noon(date(2027, 4, 5))):
        await asyncio.gather(pays(), closes())
    assert order == ["paid", "closed"]
    assert (await reading.closings())[0].totals.received_cents == 100
