"""A session held over options and requests that nobody settled: they end with it, and their people are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from training.attendance.actions import hold_session
from training.bookings import queries
from training.bookings.actions import booking as bookings
from training.kernel import clock
from training.kernel.actor import SYSTEM
from training.messages import queries as mails
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_an_option_never_outlives_the_time_to_book(database_test):
    town = await makers.make_town()
    with clock.frozen(town.starts_at - timedelta(days=2)):
        option = await makers.make_booking(town, 5, option=True)
    found = await queries.booking_by_id(SYSTEM.scope, option.id)
    assert found is not None
    assert found.expires_at == town.starts_at


async def test_what_nobody_confirmed_ends_with_the_session(database_test):
    town = await makers.make_town()
    with clock.frozen(town.starts_at - timedelta(hours=1)):
        option = await makers.make_booking(town, 5, option=True)
    with clock.frozen(town.starts_at + timedelta(minutes=5)):
        asked = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="nouvelle.example.org")
    with clock.frozen(town.starts_at - timedelta(minutes=30)):
        request = await bookings.book(SYSTEM, bookings.NewBooking(town.session, asked, 2))
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session)
        await drain()
    for booking, state in ((option, "expired"), (request, "declined")):
        found = await queries.booking_by_id(SYSTEM.scope, booking.id)
        assert found is not None
        assert found.state == state
    assert {"booking_expired", "booking_declined"} <= {m.occasion for m in await mails.mails()}


async def test_the_team_may_confirm_after_the_start_until_it_was_held(database_test):
    town = await makers.make_town()
    with clock.frozen(town.starts_at - timedelta(hours=1)):
        option = await makers.make_booking(town, 5, option=True)
    with clock.frozen(town.starts_at - timedelta(minutes=1)):
        await bookings.confirm(SYSTEM, option.id)
    found = await queries.booking_by_id(SYSTEM.scope, option.id)
    assert found is not None
    assert found.state == "confirmed"
