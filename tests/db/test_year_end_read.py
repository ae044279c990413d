"""What ends a year, read row by row: its first day and its closing, VAT that waits, what is another year's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

import makers
from book_rows import draft, issued, money, owed, private, put, settle
from training.accounting.queries import sources, year_end
from training.accounting.rules.entries import GivenUp, VatDue
from training.billing.queries.periods import closed_at, first_day
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.kernel import clock, db
from training.kernel.actor import SYSTEM

pytestmark = pytest.mark.anyio

LAST = date(2027, 3, 31)
BEFORE, AFTER = LAST - timedelta(days=1), LAST + timedelta(days=1)


# Days of the books


async def test_the_books_begin_with_whatever_came_first(payer):
    assert await first_day() is None
    await draft(payer)
    await issued("F1", payer, AFTER)
    assert await first_day() == AFTER
    await money(LAST, 100, payer)
    assert await first_day() == LAST
    await owed("OLD", payer, BEFORE)
    assert await first_day() == BEFORE
    await issued("F2", payer, BEFORE - timedelta(days=1))
    assert await first_day() == BEFORE - timedelta(days=1)


async def test_a_day_was_closed_when_the_first_period_that_holds_it_was(payer):
    for until, days in ((BEFORE, 1), (LAST, 2)):
        await put("period_close", until=until, totals="{}", closed_at=clock.now() + timedelta(days=days))
    assert await closed_at(BEFORE) == clock.now() + timedelta(days=1)
    assert await closed_at(LAST) == clock.now() + timedelta(days=2)
    assert await closed_at(AFTER) is None


# VAT that waits for its payment


@pytest.mark.parametrize("order", list(permutations((8, 14, -98))))
async def test_vat_is_due_or_taken_back_to_the_cent_in_whatever_order_it_comes(payer, order):
    """Below zero: given up. Money takes the VAT from its beginning, what is given up from its end."""
    await issued("F1", payer, BEFORE, 100, 20)
    for n, cents in enumerate(order):
        day = BEFORE + timedelta(days=n)
        if cents > 0:
            await settle(day, cents, await money(day, cents, payer), "F1")
        else:
            await settle(day, -cents, None, "F1", "write_off")
    found = await sources.not_exported(AFTER)
    due = [one.cents for one in found if isinstance(one, VatDue)]
    first, second = [cents for cents in order if cents > 0]
    assert due == [round(first / 6), round((first + second) / 6) - round(first / 6)]
    assert [one.waiting_cents for one in found if isinstance(one, GivenUp)] == [20 - round(22 / 6)]


# Invoiced for the next year


async def test_what_was_invoiced_ahead_is_shared_by_days_and_less_what_was_credited_by_then(payer):
    """Each line but F1's, F2's and F3's is left out by one clause."""
    ahead = {"served_from": AFTER, "served_until": AFTER}
    over = {"served_from": BEFORE, "served_until": AFTER + timedelta(days=1)}  # two days of four
    await issued("F1", payer, LAST, lines=((1_001, over),))
    await issued("F2", payer, LAST, lines=((1_000, ahead),))
    await issued("F3", payer, BEFORE, lines=((500, ahead), (400, {"served_from": LAST, "served_until": LAST})))
    await issued("F4", payer, AFTER, lines=((1_000, ahead),))
    await issued("F5", payer, LAST, lines=((1_000, ahead),))
    await issued("D6", payer, LAST, lines=((1_000, ahead),))
    await issued("F7", payer, LAST, lines=((-1_000, {**ahead, "quantity": -1}),))
    await draft(payer, lines=((1_000, ahead),))
    for number, of, on, cents in (("A1", "F2", LAST, 300), ("A2", "F2", AFTER, 200), ("A3", "F5", LAST, 1_000)):
        corrects = await db.value("select id from invoice where number = $1", of)
        await issued(number, payer, on, corrects=corrects, lines=((cents, ahead),))
    found = await year_end.ahead(LAST)
    assert [(one.number, one.net_cents, one.next_cents) for one in found] == [
        ("F3", 500, 500), ("F1", 1_001, 501), ("F2", 700, 700),
    ]  # fmt: skip


# Held, and not invoiced


async def test_what_was_held_and_not_invoiced_by_then_is_less_its_payers_own_deposit(payer):
    town, somebody = await makers.make_town(), await private("Autre")
    morning = datetime(2027, 3, 31, 7, tzinfo=UTC)

    async def owes(cents: int, invoice: int | None = None, *, starts: datetime = morning, held: bool = True) -> int:
        session = await makers.make_session(town.offer, starts_at=starts)
        booked = (await bookings.book(SYSTEM, NewBooking(session, payer, 1))).id
        await _billable(booked, payer, cents, invoice)
        if held:
            await put("holding", session=session, held_at=clock.now(), earlier="published")
        return booked

    plain, drafted = await owes(100), await owes(200, await draft(payer))
    later = await owes(300, await _in("F1", AFTER))
    await owes(400, await _in("F2", LAST))
    await owes(0)
    await owes(500, starts=morning + timedelta(hours=13))  # it ends on 1 April in Paris
    await owes(600, held=False)
    for booked, who, number, on, cents in (
        (plain, payer, "D1", LAST, 30), (plain, somebody, "D2", LAST, 5), (drafted, payer, "D3", AFTER, 7),
    ):  # fmt: skip
        await _billable(booked, who, cents, await _in(number, on), "deposit")
    await _billable(later, payer, 9, await draft(payer, kind="deposit"), "deposit")
    found = await year_end.to_invoice(LAST)
    assert [(one.net_cents, one.deposit_cents) for one in found] == [(100, 30), (200, 0), (300, 0)]
    assert {one.held_on for one in found} == {LAST}
    assert 500 in {one.net_cents for one in await year_end.to_invoice(AFTER)}


async def test_a_session_over_both_years_is_shared_by_its_dates_and_a_credited_deposit_is_none(payer):
    """Two dates, before and after the last day: half of it is of each year, invoiced ahead or not at all."""
    town = await makers.make_town()
    start = datetime(2027, 3, 20, 7, tzinfo=UTC)
    session = await makers.make_session(town.offer, starts_at=start, slots=2)
    second = start + timedelta(days=22)
    await db.execute(
        "update slot set starts_at = $2, ends_at = $3 where id = "
        "(select max(id) from slot where session = $1)",
        session, second, second + timedelta(hours=3),
    )  # fmt: skip
    booked = (await bookings.book(SYSTEM, NewBooking(session, payer, 1))).id
    dates = {"served_from": date(2027, 3, 20), "served_until": date(2027, 4, 11), "booking": booked}
    await issued("F1", payer, BEFORE, lines=((1_001, dates),))
    (ahead,) = await year_end.ahead(LAST)
    assert (ahead.net_cents, ahead.next_cents) == (1_001, 501)
    await put("holding", session=session, held_at=clock.now(), earlier="published")
    await _billable(booked, payer, 1_001, await draft(payer))
    deposit = await _in("D1", LAST)
    await _billable(booked, payer, 1_000, deposit, "deposit")
    assert [(x.net_cents, x.deposit_cents) for x in await year_end.to_invoice(LAST)] == [(501, 1_000)]
    await issued("A1", payer, LAST, corrects=deposit)
    assert [(x.held_on, x.net_cents, x.deposit_cents) for x in await year_end.to_invoice(LAST)] == [
        (date(2027, 3, 20), 501, 0)
    ]


@pytest.mark.parametrize(("taken_back", "to_invoice"), [(AFTER, 0), (LAST, 1)])
async def test_what_was_invoiced_by_then_and_replaced_later_was_invoiced(payer, taken_back, to_invoice):
    town = await makers.make_town()
    session = await makers.make_session(town.offer, starts_at=datetime(2027, 3, 20, 7, tzinfo=UTC))
    await put("holding", session=session, held_at=clock.now(), earlier="published")
    booked = (await bookings.book(SYSTEM, NewBooking(session, payer, 1))).id
    wrong = await issued("F1", payer, BEFORE)
    await issued("A1", payer, taken_back, corrects=wrong)
    await _billable(booked, payer, 1_000, await issued("F2", payer, AFTER, replaces=wrong))
    assert len(await year_end.to_invoice(LAST)) == to_invoice


async def _in(number: str, on: date) -> int:
    payer = await db.value("select min(id) from organisation")
    return await issued(number, payer, on)


async def _billable(booked: int, payer: int, cents: int, invoice: int | None, part: str = "whole") -> None:
    line = await db.value("select min(id) from invoice_line where invoice = $1", invoice)
    facts = {"amount_cents": cents, "part": part, "invoice_line": line, "created_at": clock.now()}
    await put("billable", booking=booked, payer=payer, **facts)
