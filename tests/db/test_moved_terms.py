"""A session moves under options and requests: their terms follow it, and their people are told once, by rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import makers
from invitation_mails import later
from training.bookings import queries
from training.bookings.actions.booking import NewBooking, book, wait
from training.bookings.actions.ending import expire_options
from training.bookings.rules.states import BookingState
from training.bookings.rules.terms import refitted
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.workdays import after_workdays
from training.scheduling.actions.changing import Moved, edit_session, edit_venue, move_session
from training.scheduling.actions.planning import lock_session
from training.worker import drain

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def _noon(database_test: None):
    with clock.frozen(makers.NOON):
        yield


async def to(town: makers.Town, starts_at: datetime, venue: int | None = None) -> None:
    await move_session(
        SYSTEM, town.session, {town.slot: Moved(starts_at, starts_at + timedelta(hours=3), venue or town.venue)}
    )


async def found(booking: int) -> queries.BookingView:
    view = await queries.booking_by_id(SYSTEM.scope, booking)
    assert view is not None
    return view


async def asked(town: makers.Town) -> int:
    """A request of an organisation that nobody has looked at."""
    who = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="nouvelle.example.org")
    return (await book(SYSTEM, NewBooking(town.session, who, 2))).id


async def told(booking: int) -> list[str]:
    sql = "select occasion from mail where subject_kind = 'booking' and subject_id = $1 order by id"
    rows = [row["occasion"] for row in await db.connection().fetch(sql, booking)]
    return [one for one in rows if one != "staff_booking"]


async def test_a_request_outlived_the_closing_of_a_session_that_was_brought_forward(database_test):
    town = await makers.make_town()
    request = await asked(town)
    assert (await found(request)).expires_at == after_workdays(makers.NOON, 5)
    sooner = makers.NOON + 2 * DAY
    await to(town, sooner)
    await later()
    assert (await found(request)).expires_at == sooner
    with clock.frozen(sooner - timedelta(minutes=1)):
        assert await expire_options() == 0


async def test_a_request_outlived_bookings_that_were_closed_early(database_test):
    town = await makers.make_town()
    request, option = await asked(town), await makers.make_booking(town, 3, option=True)
    promised = (await found(option.id)).expires_at
    soon = makers.NOON + DAY
    await edit_session(SYSTEM, town.session, capacity=60, closes_at=soon, note="")
    await later()
    assert (await found(request)).expires_at == soon
    assert (await found(option.id)).expires_at == promised, "its contact was told that day"
    with clock.frozen(soon + timedelta(minutes=1)):
        await expire_options()
        await drain()
        assert [(await found(one)).state for one in (request, option.id)] == ["expired", "option"]
    assert (await told(request))[-1] == "booking_unanswered"


async def test_a_session_put_off_gives_what_its_nearness_had_taken(database_test):
    """Asked two days before, so with two days to answer; moved by three weeks, it has its five working days."""
    town = await makers.make_town()
    with clock.frozen(town.starts_at - 2 * DAY):
        request, option = await asked(town), await makers.make_booking(town, 3, option=True)
        await drain()
        assert {(await found(one)).expires_at for one in (request, option.id)} == {town.starts_at}
        await to(town, town.starts_at + 21 * DAY)
        await later()
        assert (await found(request)).expires_at == after_workdays(clock.now(), 5)
        assert (await found(option.id)).expires_at == clock.now() + 7 * DAY
    words = await db.value("select text from mail where occasion = 'booking_moved' and subject_id = $1", option.id)
    assert "à confirmer avant" in words, "and its contact is told until when"


async def test_a_session_put_off_after_it_had_begun_ended_its_options_at_once(database_test):
    town = await makers.make_town()
    with clock.frozen(town.starts_at - DAY):
        option = await makers.make_booking(town, 3, option=True)
        await drain()
    with clock.frozen(town.starts_at + timedelta(hours=1)):
        await to(town, town.starts_at + 7 * DAY)
        await expire_options()
        assert (await found(option.id)).state == "option", "the move is settling"
        await later()
        await expire_options()
        assert (await found(option.id)).expires_at == town.starts_at + 6 * DAY
    assert await told(option.id) == ["booking_optioned", "booking_moved"]


async def test_an_option_ends_before_its_session_starts(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 3, option=True)
    await to(town, makers.NOON + 3 * DAY)
    await later()
    assert (await found(option.id)).expires_at == makers.NOON + 3 * DAY


async def test_an_offer_keeps_its_day(database_test):
    town = await makers.make_town()
    locked = await lock_session(town.session)
    day = makers.NOON + DAY
    assert refitted(BookingState.OFFERED, day, makers.NOON - 30 * DAY, locked) == day
    assert refitted(BookingState.OFFERED, town.starts_at + DAY, makers.NOON, locked) == town.starts_at


@pytest.mark.parametrize(
    ("asked_at", "ends"),
    [
        (datetime(2027, 4, 30, 9, tzinfo=UTC), datetime(2027, 5, 10, 9, tzinfo=UTC)),  # Ascension on Thursday 6
        (datetime(2027, 12, 24, 9, tzinfo=UTC), datetime(2027, 12, 31, 9, tzinfo=UTC)),  # Christmas on a Saturday
        (
            datetime(2027, 3, 26, 9, tzinfo=UTC),
            datetime(2027, 4, 5, 8, tzinfo=UTC),
        ),  # Easter Monday 29, and summer time
        (datetime(2027, 7, 13, 9, tzinfo=UTC), datetime(2027, 7, 21, 9, tzinfo=UTC)),  # the 14th
    ],
)
async def test_working_days_leave_out_french_holidays(database_test, asked_at, ends):
    assert after_workdays(asked_at, 5) == ends


# --- who is told of a move


async def test_a_mail_about_something_else_hid_a_move(database_test):
    """Instants were compared: whoever was written to after the move, about anything, was not told of it."""
    town = await makers.make_town()
    option = await makers.make_booking(town, 3, option=True)
    await drain()
    await to(town, town.starts_at + DAY)
    with clock.frozen(clock.now() + timedelta(seconds=30)):
        await db.execute(
            """
            insert into mail (message_id, occasion, subject_kind, subject_id, to_name, to_email, subject, text, html,
                              state, attempts, last_answer, created_at)
            select 'other', 'trial', subject_kind, subject_id, to_name, to_email, '', '', '', 'held', 0, '', $1
            from mail where occasion = 'booking_optioned'
            """,
            clock.now(),
        )
    await later()
    assert (await told(option.id))[-1] == "booking_moved"


async def test_an_address_corrected_and_a_move_there_and_back_are_told_as_they_are(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 3, option=True)
    await drain()
    await to(town, town.starts_at + DAY)
    await to(town, town.starts_at)
    await later()
    assert await told(option.id) == ["booking_optioned"], "there and back is no move"
    await edit_venue(SYSTEM, town.venue, {"access": "Par la cour."})
    await later()
    assert await told(option.id) == ["booking_optioned"], "words are no move"
    await edit_venue(SYSTEM, town.venue, {"address": "4 rue Neuve"})
    await later()
    await later()
    assert await told(option.id) == ["booking_optioned", "booking_moved"]


async def test_whoever_waits_is_told_of_a_move_and_keeps_no_seat(database_test):
    town = await makers.make_town()
    await makers.make_booking(town, 60)
    other = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    waits = await wait(SYSTEM, NewBooking(town.session, other, 4))
    await drain()
    await to(town, town.starts_at + DAY)
    await later()
    assert await told(waits.id) == ["booking_waiting", "booking_moved"]
    words = await db.value("select text from mail where occasion = 'booking_moved'")
    assert "liste d’attente" in words
    assert "restent gardées" not in words


async def test_an_option_that_is_over_is_told_of_no_move(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 3, option=True)
    await drain()
    with clock.frozen(makers.NOON + 8 * DAY):  # nobody swept it yet
        await to(town, town.starts_at + DAY)
        await later()
        await expire_options()
        await drain()
    assert await told(option.id) == ["booking_optioned", "booking_expired"]


async def test_a_move_before_the_first_mail_is_said_in_it(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 3, option=True)
    await to(town, town.starts_at + DAY)
    await later()
    assert await told(option.id) == ["booking_optioned"]
