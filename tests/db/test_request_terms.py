"""A request ends by itself in five working days: its seats were held for ever, and its people heard nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

import makers
from training.bookings import queries
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.bookings.actions.ending import expire_options
from training.directory.actions.organisations import approve
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict
from training.kernel.workdays import after_workdays, is_workday
from training.messages import queries as mails
from training.reporting.office.today.counts import waiting
from training.scheduling.actions.changing import edit_session
from training.worker import drain

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def _noon(database_test: None):
    with clock.frozen(makers.NOON):
        yield


async def requested(days: int = 30) -> tuple[makers.Town, int, int]:
    """A town whose session is in so many days, who asks, and the request."""
    town = await makers.make_town()
    session = await makers.make_session(town.offer, starts_at=makers.NOON + days * DAY)
    asker = await makers.make_organisation("Une", siret=None, approved=False, domain="une.example.org")
    return town, asker, (await bookings.book(SYSTEM, NewBooking(session, asker, 4))).id


async def standing(booking: int) -> queries.BookingView:
    found = await queries.booking_by_id(SYSTEM.scope, booking)
    assert found is not None
    return found


async def test_five_working_days_leave_out_sundays_and_holidays(database_test):
    friday = datetime(2027, 3, 26, 10, 0, tzinfo=UTC)  # Easter Monday is the 29th
    assert after_workdays(friday, 1) == datetime(2027, 3, 30, 9, 0, tzinfo=UTC), "the clocks changed in between"
    assert not any(
        is_workday(date(2027, *day)) for day in ((5, 6), (5, 17), (7, 14), (3, 27))
    )  # Ascension, Whit Monday
    assert after_workdays(makers.NOON, 5) == makers.NOON + 7 * DAY


async def test_a_request_expires_after_five_working_days_and_its_contact_is_told(database_test):
    _town, _asker, request = await requested()
    assert (await standing(request)).expires_at == makers.NOON + 7 * DAY
    with clock.frozen(makers.NOON + 7 * DAY):
        with pytest.raises(Conflict, match="expiré"):
            await bookings.confirm(SYSTEM, request)
        assert await expire_options() == 1
        await drain()
    found = await standing(request)
    assert (found.state, found.earlier) == ("expired", "pending")
    assert await db.value("select seats_taken from session where id = $1", found.session) == 0
    assert [m.occasion for m in await mails.mails()].count("booking_unanswered") == 1
    assert "booking_expired" not in {m.occasion for m in await mails.mails()}, "it was no option"


async def test_a_request_never_outlives_the_time_to_book(database_test):
    town, asker, _request = await requested()
    await edit_session(SYSTEM, town.session, capacity=60, closes_at=makers.NOON + DAY, note="")
    late = await bookings.book(SYSTEM, NewBooking(town.session, asker, 4))
    assert (await standing(late.id)).expires_at == makers.NOON + DAY


async def test_a_request_from_before_terms_counts_from_the_upgrade(database_test):
    _town, _asker, request = await requested()
    await db.execute("update booking set expires_at = null where id = $1", request)
    with clock.frozen(makers.NOON + 14 * DAY):
        assert await expire_options() == 0
        assert (await standing(request)).expires_at == makers.NOON + 21 * DAY


async def test_nothing_ends_by_itself_once_its_session_has_started(database_test):
    _town, _asker, request = await requested(days=3)
    found = await standing(request)
    assert found.expires_at == found.starts_at
    with clock.frozen(found.starts_at + DAY):
        assert await expire_options() == 0
    assert (await standing(request)).state == "pending", "they may be sitting there"


async def test_an_approval_confirms_what_is_in_time_and_leaves_the_rest(database_test):
    _town, asker, request = await requested()
    with clock.frozen(makers.NOON + 7 * DAY):
        await approve(SYSTEM, asker)
        await drain()
        assert (await standing(request)).state == "pending", "the sweep ends it, and tells"


async def test_the_home_says_when_the_first_request_expires(database_test):
    await requested()
    found = await waiting(SYSTEM.scope)
    assert (found.bookings, found.first_term) == (1, makers.NOON + 7 * DAY)
