"""What becomes billable when, and what leaves the drafts again."""

from __future__ import annotations

import pytest

import makers
from draft_makers import (
    drafts,
    hold,
    issued,
    town_of,
)
from training.attendance.actions import hold_session
from training.billing.actions import make_billable as billable
from training.billing.actions.issue import issue
from training.billing.queries import drafts as waiting
from training.billing.queries import invoices as queries
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import call_off_session, cancel
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_lines_carry_the_booking_and_the_offer_s_accounts(database_test):
    town = await town_of()
    await db.execute("update offer set analytic_code = 'VELO', sales_account = '706100'")
    booked = await makers.make_booking(town, 10)
    await hold(town.session)
    rows = await db.connection().fetch("select booking, analytic_code, sales_account, kind, unit from invoice_line")
    assert [tuple(r) for r in rows] == [(booked.id, "VELO", "706100", "service", "LS")]


@pytest.mark.parametrize(("bill_present", "quantity"), [(False, 10), (True, 7)])
async def test_per_seat_bills_the_seats_booked_unless_the_offer_says_present(database_test, bill_present, quantity):
    town = await town_of()
    offer = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_250)
    await db.execute("update offer set bill_present = $1", bill_present)
    session = await makers.make_session(offer, starts_at=town.starts_at)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, 10))
    await hold(session, {booked.id: 7})
    (draft,) = await drafts()
    (line,) = await queries.lines(draft.id)
    assert (line.quantity, line.unit, draft.net_cents) == (quantity, "C62", quantity * 1_250)


async def test_nobody_came_where_who_comes_is_billed(database_test):
    town = await town_of()
    offer = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_250)
    await db.execute("update offer set bill_present = true")
    session = await makers.make_session(offer, starts_at=town.starts_at)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, 10))
    await hold(session, {booked.id: 0})
    assert await drafts() == []
    (seen,) = await waiting.unbilled(SYSTEM.scope)
    assert (seen.reference, seen.seats, seen.present) == (booked.reference, 10, 0)


async def test_what_the_worker_has_not_billed_yet_is_not_said_to_be_free(database_test):
    town = await town_of()
    booked = await makers.make_booking(town, 10)
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session, {booked.id: 7})
        assert await waiting.unbilled(SYSTEM.scope) == []


async def test_a_flat_price_is_billed_even_when_nobody_came(database_test):
    town = await town_of()
    await db.execute("update offer set bill_present = true")
    booked = await makers.make_booking(town, 10)
    await hold(town.session, {booked.id: 0})
    (draft,) = await drafts()
    assert draft.net_cents == 35_000
    assert await waiting.unbilled(SYSTEM.scope) == []


async def test_billed_at_confirmation_then_held_makes_nothing_more(database_test):
    town = await town_of(buyer="association", billing_moment="confirmed")
    await makers.make_booking(town, 10)
    await drain()
    (draft,) = await drafts()
    assert draft.net_cents == 35_000
    (listed,) = await waiting.drafts(SYSTEM.scope)
    assert listed.green, "an early invoice waits for no head-count"
    await hold(town.session)
    assert [d.id for d in await drafts()] == [draft.id]
    assert await db.value("select count(*) from billable") == 1


@pytest.mark.parametrize(("reason", "made"), [(None, 0), ("Régie d’avances.", 1)])
async def test_a_public_buyer_is_billed_at_confirmation_only_with_a_reason(database_test, reason, made):
    town = await town_of(billing_moment="confirmed", early_billing_reason=reason)
    await makers.make_booking(town, 10)
    await drain()
    assert len(await drafts()) == made
    await hold(town.session)
    assert len(await drafts()) == 1


async def test_at_confirmation_an_option_and_a_price_by_head_count_wait(database_test):
    town = await town_of(buyer="association", billing_moment="confirmed")
    await makers.make_booking(town, 10, option=True)
    offer = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_250)
    await db.execute("update offer set bill_present = true where slug = 'place'")
    session = await makers.make_session(offer, starts_at=town.starts_at)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, 10))
    await drain()
    assert await drafts() == []
    await hold(session, {booked.id: 4})
    (draft,) = await drafts()
    assert draft.net_cents == 4 * 1_250


async def test_cancelled_leaves_the_drafts_and_is_not_billed_late(database_test):
    town = await town_of(buyer="association", billing_moment="confirmed")
    booked = await makers.make_booking(town, 10)
    kept = await makers.book_apart(town, 3)
    await drain()
    assert len(await drafts()) == 2
    await cancel(SYSTEM, booked.id)
    await drain()
    assert [d.booking for d in await drafts()] == [kept.reference]
    await billable.bill_at_confirmation(SYSTEM, booked.id)  # late, or doubled
    await billable.withdraw(SYSTEM, kept.id)
    assert [d.booking for d in await drafts()] == [kept.reference]
    assert await db.value("select count(*) from billable") == 1


async def test_a_session_called_off_bills_nobody(database_test):
    town = await town_of(buyer="association", billing_moment="confirmed")
    for seats in (3, 4):
        await makers.make_booking(town, seats)
    await drain()
    await call_off_session(SYSTEM, town.session, "Verglas.")
    await drain()
    assert await drafts() == []
    assert await db.value("select count(*) from billable") == 0
    assert await waiting.to_credit(SYSTEM.scope) == []


async def test_cancelled_after_the_invoice_is_listed_as_to_credit(database_test):
    town = await town_of(buyer="association", billing_moment="confirmed")
    booked = await makers.make_booking(town, 10)
    await drain()
    (draft,) = await drafts()
    number = await issue(SYSTEM, draft.id)
    assert await waiting.to_credit(SYSTEM.scope) == []
    await cancel(SYSTEM, booked.id)
    await drain()
    (found,) = await waiting.to_credit(SYSTEM.scope)
    assert (found.number, found.reference, found.left_cents) == (number, booked.reference, 35_000)
    assert len(await issued()) == 1
