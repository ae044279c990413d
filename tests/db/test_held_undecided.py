"""A session held over options and requests that nobody settled: they wait for somebody to say whether they came."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from training.attendance.actions import admit, hold_session
from training.billing.actions.undo_held import undo_held
from training.bookings import queries
from training.bookings.actions import booking as bookings
from training.bookings.actions.ending import decline, end_absent, expire_options
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid
from training.messages import queries as mails
from training.reporting.office import bookings as office
from training.reporting.office.today.counts import waiting
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_an_option_never_outlives_the_time_to_book(database_test):
    town = await makers.make_town()
    with clock.frozen(town.starts_at - timedelta(days=2)):
        option = await makers.make_booking(town, 5, option=True)
    found = await queries.booking_by_id(SYSTEM.scope, option.id)
    assert found is not None
    assert found.expires_at == town.starts_at


async def held_over() -> tuple[makers.Town, int, int]:
    """A session that was held over an option and a request; the last mails are about how they were made."""
    town = await makers.make_town()
    with clock.frozen(town.starts_at - timedelta(hours=1)):
        option = await makers.make_booking(town, 5, option=True)
        asked = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="nouvelle.example.org")
        request = await bookings.book(SYSTEM, bookings.NewBooking(town.session, asked, 2))
        await drain()
    with clock.frozen(town.ends_at):
        await expire_options()
        await hold_session(SYSTEM, town.session)
        await drain()
    return town, option.id, request.id


async def state_of(booking: int) -> str:
    found = await queries.booking_by_id(SYSTEM.scope, booking)
    assert found is not None
    return str(found.state)


async def occasions() -> list[str]:
    return sorted(m.occasion for m in await mails.mails())


async def test_people_who_came_were_told_that_they_were_refused(database_test):
    _town, option, request = await held_over()
    assert [await state_of(option), await state_of(request)] == ["option", "pending"]
    assert not {"booking_expired", "booking_declined", "booking_unanswered"} & set(await occasions())
    found = await waiting(SYSTEM.scope)
    assert (found.undecided, found.bookings) == (2, 0), "to be decided, no longer to be approved"
    assert [b.reference for b in await office.bookings(SYSTEM.scope, state=office.UNDECIDED)] != []


async def test_who_came_is_confirmed_counted_and_billed_without_a_mail_that_it_is_booked(database_test):
    town, option, request = await held_over()
    before = await occasions()
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await admit(SYSTEM, request, 2)
        await drain()
    assert [await state_of(option), await state_of(request)] == ["option", "confirmed"]
    assert await db.value("select present from head_count where booking = $1", request) == 2
    assert await db.value("select count(*) from billable where booking = $1 and held", request) == 1
    assert "booking_confirmed" not in [m for m in await occasions() if m not in before]


async def test_who_did_not_come_ends_without_a_word(database_test):
    _town, option, request = await held_over()
    before = await occasions()
    for booking in (option, request):
        await end_absent(SYSTEM, booking)
    await drain()
    assert [await state_of(option), await state_of(request)] == ["expired", "expired"]
    assert await occasions() == before
    assert await db.value("select count(*) from billable") == 0
    with pytest.raises(Conflict):
        await admit(SYSTEM, request, 2)


async def test_what_was_decided_for_a_session_that_was_not_held_is_undecided_again(database_test):
    town, option, _request = await held_over()
    await end_absent(SYSTEM, option)
    await undo_held(SYSTEM, town.session, "Mauvaise séance.")
    assert await state_of(option) == "option"
    with pytest.raises(Conflict, match="encore confirmé"):
        await end_absent(SYSTEM, option)


async def test_the_team_confirms_after_it_was_held_and_refuses_no_more(database_test):
    town, option, request = await held_over()
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await bookings.confirm(SYSTEM, option)
        await drain()
        with pytest.raises(Conflict, match="est venue"):
            await decline(SYSTEM, request, "Complet.")
    assert await state_of(option) == "confirmed"
    assert await db.value("select count(*) from billable where booking = $1", option) == 1


async def test_more_present_than_booked_is_asked_before_it_is_billed(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    with clock.frozen(town.ends_at):
        with pytest.raises(Invalid, match="7 présents, pour 5 réservés"):
            await hold_session(SYSTEM, town.session, {booked.id: 7})
        with pytest.raises(Invalid, match="9 présents"):
            await hold_session(SYSTEM, town.session, {booked.id: 9}, more={booked.id: 7})
        await hold_session(SYSTEM, town.session, {booked.id: 7}, more={booked.id: 7})
    assert await db.value("select present from head_count where booking = $1", booked.id) == 7


async def test_the_team_may_confirm_after_the_start_until_it_was_held(database_test):
    town = await makers.make_town()
    with clock.frozen(town.starts_at - timedelta(hours=1)):
        option = await makers.make_booking(town, 5, option=True)
    with clock.frozen(town.starts_at - timedelta(minutes=1)):
        await bookings.confirm(SYSTEM, option.id)
    found = await queries.booking_by_id(SYSTEM.scope, option.id)
    assert found is not None
    assert found.state == "confirmed"


async def held_early() -> tuple[makers.Town, int, int]:
    """A session held a month ahead over an option and a request, whose terms have run out since."""
    town = await makers.make_town()
    with clock.frozen(town.starts_at - timedelta(days=30)):
        option = await makers.make_booking(town, 5, option=True)
        asked = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="nouvelle.example.org")
        request = await bookings.book(SYSTEM, bookings.NewBooking(town.session, asked, 2))
        await hold_session(SYSTEM, town.session, early_reason="La classe est venue plus tôt.")
        await drain()
    return town, option.id, request.id


async def test_a_session_held_before_its_date_lost_its_undecided_bookings_and_mailed_them(database_test):
    town, option, request = await held_early()
    with clock.frozen(town.starts_at - timedelta(days=5)):
        assert await expire_options() == 0
        await drain()
        assert [await state_of(option), await state_of(request)] == ["option", "pending"]
        assert not {"booking_expired", "booking_unanswered"} & set(await occasions())
        assert (await waiting(SYSTEM.scope)).undecided == 2


async def test_what_was_held_before_its_date_gets_no_term_any_more(database_test):
    town, _option, request = await held_early()
    await db.execute("update booking set expires_at = null where id = $1", request)
    with clock.frozen(town.starts_at - timedelta(days=5)):
        await expire_options()
    assert await db.value("select expires_at from booking where id = $1", request) is None


async def test_who_came_before_the_date_was_refused_for_a_term_gone_by(database_test):
    town, option, request = await held_early()
    with clock.frozen(town.starts_at - timedelta(days=5)):
        await admit(SYSTEM, option, 5)
        await bookings.confirm(SYSTEM, request)
    assert [await state_of(option), await state_of(request)] == ["confirmed", "confirmed"]


async def booked_as(booking: int) -> tuple[object, ...]:
    sql = "select state, expires_at, seats, price_cents, confirmed_at from booking where id = $1"
    return tuple(await db.connection().fetchrow(sql, booking))


async def test_undoing_held_left_confirmed_who_was_said_to_have_come(database_test):
    town, option, request = await held_early()
    before = [await booked_as(option), await booked_as(request)]
    mails_before = await occasions()
    await admit(SYSTEM, request, 2)
    await bookings.confirm(SYSTEM, option)  # the same, said on the page of the booking
    await drain()
    await undo_held(SYSTEM, town.session, "Mauvaise séance.")
    await drain()
    assert [await booked_as(option), await booked_as(request)] == before
    assert set(await occasions()) - set(mails_before) <= {"invoice_lacking"}, (
        "asked for its bill, not told it is booked"
    )
    assert await db.value("select count(*) from head_count") == 0
    assert await db.value("select count(*) from admission where undone_at is null") == 0
    assert await db.value("select seats_taken from session where id = $1", town.session) == 7


async def test_a_price_that_went_down_as_they_came_is_the_promised_one_again(database_test):
    town, option, _request = await held_early()
    await db.execute("update booking set price_cents = 99000, unit_price_cents = 99000 where id = $1", option)
    before = await booked_as(option)
    await admit(SYSTEM, option, 5)
    assert (await booked_as(option))[3] != 99_000
    await undo_held(SYSTEM, town.session, "Mauvaise séance.")
    assert await booked_as(option) == before


async def test_undoing_held_twice_puts_back_what_was_decided_since(database_test):
    town, option, _request = await held_early()
    before = await booked_as(option)
    for _time in range(2):
        await admit(SYSTEM, option, 5)
        await undo_held(SYSTEM, town.session, "Mauvaise séance.")
        assert await booked_as(option) == before
        await hold_session(SYSTEM, town.session, early_reason="La classe est venue plus tôt.")
