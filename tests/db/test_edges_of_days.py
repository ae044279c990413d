"""A day is Paris's: months' ends, midnights and years' ends, where a first date and a last, or two clocks, differ."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

import makers
from training.attendance.actions import hold_session
from training.billing.actions.issue import issue
from training.billing.queries import invoices
from training.billing.rules.states import InvoiceState
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.reporting.office import week as reading
from training.worker import drain

pytestmark = pytest.mark.anyio


async def drafted(starts_at: datetime, slots: int = 1) -> invoices.InvoiceView:
    """The monthly payer's draft of a session of three hours a day, from this instant (UTC)."""
    with clock.frozen(makers.NOON):
        town = await makers.make_town(issue_without_look=False)
        await db.execute("update organisation set billing_moment = 'monthly'")
        session = await makers.make_session(town.offer, starts_at=starts_at, slots=slots)
        await bookings.book(SYSTEM, NewBooking(session, town.organisation, 4))
        await drain()
    with clock.frozen(starts_at + timedelta(days=slots)):
        await hold_session(SYSTEM, session)
        await drain()
        (draft,) = await invoices.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)
    return draft


@pytest.mark.parametrize(
    ("starts_at", "slots", "served", "month"),
    [
        # over a month's end: the month in which it ends
        (datetime(2027, 3, 31, 7, tzinfo=UTC), 2, (date(2027, 3, 31), date(2027, 4, 1)), date(2027, 4, 1)),
        (datetime(2027, 3, 30, 7, tzinfo=UTC), 2, (date(2027, 3, 30), date(2027, 3, 31)), date(2027, 3, 1)),
        # 22 h to 1 h in Paris: it ends in May, though in UTC it is still April
        (datetime(2027, 4, 30, 20, tzinfo=UTC), 1, (date(2027, 4, 30), date(2027, 5, 1)), date(2027, 5, 1)),
        # from half past midnight of 1 January in Paris, which is the year before in UTC
        (datetime(2027, 12, 31, 23, 30, tzinfo=UTC), 1, (date(2028, 1, 1), date(2028, 1, 1)), date(2028, 1, 1)),
    ],
)
async def test_a_session_is_billed_in_the_month_of_its_last_day(database_test, starts_at, slots, served, month):
    draft = await drafted(starts_at, slots)
    assert ((draft.served_from, draft.served_until), draft.month) == (served, month)


@pytest.mark.parametrize(
    ("at", "number", "on"),
    [
        (datetime(2027, 12, 31, 22, 59, tzinfo=UTC), "F2027-00001", date(2027, 12, 31)),
        (datetime(2027, 12, 31, 23, 0, tzinfo=UTC), "F2028-00001", date(2028, 1, 1)),
    ],
)
async def test_an_invoice_is_of_the_year_that_it_is_in_paris(database_test, at, number, on):
    draft = await drafted(datetime(2027, 4, 1, 7, tzinfo=UTC))
    with clock.frozen(at):
        await issue(SYSTEM, draft.id)
        (made,) = await invoices.invoices(SYSTEM.scope)
    assert (made.number, made.issued_on) == (number, on)


async def test_the_week_begins_with_today_in_paris_and_has_seven_days(database_test):
    """At 23 h 30 UTC it is tomorrow already; the eighth day is another week's."""
    late = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        first = await makers.make_session(town.offer, starts_at=datetime(2027, 3, 2, 8, tzinfo=UTC))
        last = await makers.make_session(town.offer, starts_at=datetime(2027, 3, 8, 19, tzinfo=UTC))
        await makers.make_session(town.offer, starts_at=datetime(2027, 3, 8, 23, 30, tzinfo=UTC))
        await makers.make_session(town.offer, starts_at=datetime(2027, 3, 1, 12, tzinfo=UTC))
    with clock.frozen(late):
        week = await reading.rack()
    assert week.days == tuple(date(2027, 3, day) for day in range(2, 9))
    assert [[slip.href.rsplit("/", 1)[1] for slip in slips] for slips in week.by_day] == [
        [str(first)], [], [], [], [], [], [str(last)],
    ]  # fmt: skip
