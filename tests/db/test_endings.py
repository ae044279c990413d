"""What ended what is a row: what comes back with a session, and who is told, is read there and nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from training.bookings import queries
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.bookings.actions.ending import call_off_session, cancel, decline, reinstate_session
from training.directory.actions.organisations import approve
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Scope
from training.reporting import facilitator_pages as missions
from training.scheduling.actions.assignments import answer_assignment, assign, withdraw_assignment
from training.scheduling.actions.changing import edit_session
from training.scheduling.actions.planning import publish_session
from training.scheduling.rules import SessionState
from training.worker import drain

pytestmark = pytest.mark.anyio
SNOW = "Neige"


@pytest.fixture(autouse=True)
async def _noon(database_test: None):
    with clock.frozen(makers.NOON):
        yield


async def state_of(booking: int) -> str:
    found = await queries.booking_by_id(SYSTEM.scope, booking)
    assert found is not None
    return str(found.state)


async def told(booking: int) -> list[str]:
    """What the contact of a booking was told, in order."""
    sql = "select occasion from mail where subject_kind = 'booking' and subject_id = $1 order by id"
    found = await db.connection().fetch(sql, booking)
    return [record["occasion"] for record in found if record["occasion"] != "staff_booking"]


async def ending(booking: int):
    """The open ending of a booking."""
    return await db.connection().fetchrow(
        "select * from booking_ending where booking = $1 and undone_at is null", booking
    )


async def test_a_booking_cancelled_by_itself_for_the_same_words_does_not_come_back(database_test):
    town = await makers.make_town()
    alone, fallen = await makers.make_booking(town, 3), await makers.book_apart(town, 4)
    await drain()
    await cancel(SYSTEM, alone.id, SNOW)
    await drain()
    await call_off_session(SYSTEM, town.session, SNOW)
    await drain()
    assert await told(alone.id) == ["booking_confirmed", "booking_cancelled"], "once, when it was cancelled"
    await reinstate_session(SYSTEM, town.session)
    await drain()
    assert (await state_of(alone.id), await state_of(fallen.id)) == ("cancelled", "confirmed")
    assert await told(alone.id) == ["booking_confirmed", "booking_cancelled"]
    assert await told(fallen.id) == ["booking_confirmed", "booking_cancelled", "booking_reinstated"]
    assert await db.value("select seats_taken from session where id = $1", town.session) == 4


async def test_an_ending_says_who_when_why_with_what_and_the_state_before(database_test):
    town = await makers.make_town()
    alone, option = await makers.make_booking(town, 3), await makers.book_beside(town, 4, option=True)
    await cancel(SYSTEM, alone.id, "Trop loin")
    await call_off_session(SYSTEM, town.session, f" {SNOW} ")
    call_off = await db.connection().fetchrow("select * from call_off")
    assert (call_off["reason"], call_off["earlier"], call_off["actor_kind"]) == (SNOW, "published", "system")
    one, other = await ending(alone.id), await ending(option.id)
    assert (one["earlier"], one["reason"], one["call_off"]) == ("confirmed", "Trop loin", None)
    assert (other["earlier"], other["reason"], other["call_off"]) == ("option", SNOW, call_off["id"])
    assert {one["ended_at"], other["ended_at"]} == {clock.now()}


async def test_options_that_fell_with_a_session_come_back_with_a_fresh_term(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 5, option=True)
    await drain()
    with clock.frozen(makers.NOON + timedelta(days=1)):
        await call_off_session(SYSTEM, town.session, SNOW)
        await drain()
    with clock.frozen(makers.NOON + timedelta(days=8)):  # its own term is over
        await reinstate_session(SYSTEM, town.session)
        await drain()
        found = await queries.booking_by_id(SYSTEM.scope, option.id)
        assert found is not None
        assert (found.state, found.expires_at) == ("option", town.starts_at)
        await bookings.confirm(SYSTEM, option.id)
    assert await told(option.id) == ["booking_optioned", "booking_cancelled", "booking_reinstated"]


async def test_an_option_without_time_left_stays_ended_and_its_contact_is_told(database_test):
    town = await makers.make_town()
    option, firm = await makers.make_booking(town, 5, option=True), await makers.book_beside(town, 2)
    await edit_session(SYSTEM, town.session, capacity=60, closes_at=makers.NOON + timedelta(days=2), note="")
    await call_off_session(SYSTEM, town.session, SNOW)
    await drain()
    with clock.frozen(makers.NOON + timedelta(days=3)):
        await reinstate_session(SYSTEM, town.session)
        await drain()
    assert (await state_of(option.id), await state_of(firm.id)) == ("cancelled", "confirmed")
    assert (await told(option.id))[-1] == "booking_not_reinstated"


async def test_requests_and_the_waiting_list_come_back_as_they_stand_now(database_test):
    town = await makers.make_town()
    first = await makers.make_organisation("Une", siret=None, approved=False, domain="une.example.org")
    second = await makers.make_organisation("Deux", siret=None, approved=False, domain="deux.example.org")
    asked = [await bookings.book(SYSTEM, NewBooking(town.session, who, 10)) for who in (first, second)]
    await makers.make_booking(town, 40)
    waits = await bookings.wait(SYSTEM, NewBooking(town.session, town.organisation, 20))
    await call_off_session(SYSTEM, town.session, SNOW)
    await approve(SYSTEM, first)
    await drain()
    await reinstate_session(SYSTEM, town.session)
    await drain()
    assert [await state_of(b.id) for b in (*asked, waits)] == ["confirmed", "pending", "waiting"]
    assert [(await told(b.id))[-1] for b in (*asked, waits)] == ["booking_reinstated"] * 3


async def test_a_declined_request_does_not_come_back(database_test):
    town = await makers.make_town()
    asker = await makers.make_organisation("Une", siret=None, approved=False, domain="une.example.org")
    request = await bookings.book(SYSTEM, NewBooking(town.session, asker, 10))
    await decline(SYSTEM, request.id, SNOW)
    await call_off_session(SYSTEM, town.session, SNOW)
    await reinstate_session(SYSTEM, town.session)
    assert await state_of(request.id) == "declined"


async def test_a_session_comes_back_as_what_it_was(database_test):
    town = await makers.make_town()
    draft = await makers.make_session(town.offer, state=SessionState.DRAFT)
    await call_off_session(SYSTEM, draft, SNOW)
    await reinstate_session(SYSTEM, draft)
    assert await db.value("select state from session where id = $1", draft) == "draft", "nobody had published it"
    await publish_session(SYSTEM, draft)
    await db.execute("update session set state = 'confirmed' where id = $1", draft)
    await call_off_session(SYSTEM, draft, SNOW)
    await reinstate_session(SYSTEM, draft)
    assert await db.value("select state from session where id = $1", draft) == "confirmed"


async def test_called_off_twice_before_anybody_was_told_is_told_once(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 3)
    await drain()
    await call_off_session(SYSTEM, town.session, SNOW)
    await reinstate_session(SYSTEM, town.session)
    await call_off_session(SYSTEM, town.session, SNOW)
    await drain()
    assert await told(booked.id) == ["booking_confirmed", "booking_cancelled"]


async def facilitators(town: makers.Town) -> dict[str, str]:
    rows = await db.connection().fetch(
        "select f.name, a.state from assignment a join facilitator f on f.id = a.facilitator where a.slot = $1",
        town.slot,
    )
    return {row["name"]: row["state"] for row in rows}


async def coming_of(facilitator: int) -> list[int]:
    return [m.session for m in await missions.coming(Scope(facilitators={facilitator: frozenset()}))]


async def test_who_was_withdrawn_in_the_instant_of_the_call_off_did_not_fall_with_it(database_test):
    """Instants were compared: the clock of one transaction, or of a test, is the same for both."""
    town = await makers.make_town()
    bruno = await makers.make_facilitator("bruno@example.org", "Bruno")
    cleo = await makers.make_facilitator("cleo@example.org", "Cléo")
    away, no = [await assign(SYSTEM, town.slot, who) for who in (bruno, cleo)]
    await withdraw_assignment(SYSTEM, away)
    await answer_assignment(SYSTEM, no, accepts=False)
    await drain()
    await call_off_session(SYSTEM, town.session, SNOW)
    assert await coming_of(bruno) == [], "it was not theirs any more"
    assert await coming_of(town.facilitator) == [town.session], "they must find out"
    await reinstate_session(SYSTEM, town.session)
    assert await facilitators(town) == {"Aline Anime": "confirmed", "Bruno": "withdrawn", "Cléo": "declined"}
    await assign(SYSTEM, town.slot, bruno)
    await withdraw_assignment(SYSTEM, away)
    open_ones = "select count(*) from assignment_ending where assignment = $1 and undone_at is null"
    assert await db.value(open_ones, away) == 1
