"""The number of seats of a booking changes in one action: up as seats are left, down as long as one may cancel."""

from __future__ import annotations

import asyncio

import pytest

import makers
from training.bookings import queries
from training.bookings.actions import booking as bookings
from training.bookings.actions import ending
from training.bookings.actions.booking import NewBooking, NewParticipant
from training.bookings.actions.resizing import resize
from training.bookings.rules.prices import PriceRisen
from training.bookings.rules.seats import SessionClosed
from training.bookings.rules.states import SeatsOrigin
from training.catalogue.rules.tariffs import TariffMode
from training.directory.rules.organisations import OrganisationClosed
from training.identity.rules import ORGANISATION_ROLES, Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from training.scheduling.actions.changing import edit_session
from training.scheduling.rules import SessionFull

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def _noon(database_test: None):
    with clock.frozen(makers.NOON):
        yield


def of(role: Role, organisation: int) -> Actor:
    return Actor("user", 4_711, "Rachel", scope=Scope(organisations={organisation: ORGANISATION_ROLES[role]}))


async def taken(session: int) -> int:
    return int(await db.value("select seats_taken from session where id = $1", session))


async def facts() -> list[str]:
    found = await db.connection().fetch("select payload from pgqueuer order by id")
    return [name for row in found for name in ("booking.resized",) if name in row["payload"].decode()]


async def test_a_booking_of_three_becomes_one_of_five_and_then_of_two(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 3)
    rachel = of(Role.MANAGER, town.organisation)
    more = await resize(rachel, booked.id, 5)
    assert (more.reference, more.seats, more.price_cents) == (booked.reference, 5, 35_000)
    assert await taken(town.session) == 5
    assert (await resize(rachel, booked.id, 2)).seats == 2
    assert await taken(town.session) == 2
    changed = await queries.seats_changes(booked.id)
    assert [(c.seats_before, c.seats, c.origin) for c in changed] == [(3, 5, "resized"), (5, 2, "resized")]
    who = await db.connection().fetchrow(
        "select actor_kind, actor_id, changed_at from seats_change order by id limit 1"
    )
    assert tuple(who) == ("user", 4_711, clock.now())
    assert len(await facts()) == 2


async def test_the_same_number_again_is_no_change_and_no_fact(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 3)
    assert await resize(SYSTEM, booked.id, 3) == booked
    assert (await queries.seats_changes(booked.id), await facts()) == ([], [])
    await ending.cancel(SYSTEM, booked.id)
    with pytest.raises(Conflict, match="annulée"):
        await resize(SYSTEM, booked.id, 4)


async def test_no_more_than_are_left_and_never_none(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 50)
    await makers.book_beside(town, 8)
    with pytest.raises(SessionFull, match="52 en tout") as full:
        await resize(SYSTEM, booked.id, 53)
    assert full.value.extra == {"seats_left": 2}
    assert (await resize(SYSTEM, booked.id, 52)).seats == 52
    for seats in (0, -1):
        with pytest.raises(Invalid, match="annulez"):
            await resize(SYSTEM, booked.id, seats)


async def test_who_is_named_is_taken_off_first(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 3, participants=(NewParticipant("Ana"), NewParticipant("Bob")))
    with pytest.raises(Invalid, match="2 personnes sont nommées"):
        await resize(SYSTEM, booked.id, 1)
    await bookings.name_participants(SYSTEM, booked.id, (NewParticipant("Ana"),))
    assert (await resize(SYSTEM, booked.id, 1)).seats == 1


async def test_a_price_by_the_seat_is_the_promised_one_and_a_new_yes_is_asked_where_more_is_bought(database_test):
    town = await makers.make_town()
    offer = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_000)
    session = await makers.make_session(offer)
    booked = await bookings.book(SYSTEM, NewBooking(session, town.organisation, 4))
    await db.execute("update tariff set amount_cents = 1500 where offer = $1", offer)
    with pytest.raises(PriceRisen) as risen:
        await resize(SYSTEM, booked.id, 6, accept_price_cents=4_000)
    assert risen.value.extra == {"price_cents": 6_000}
    assert (await resize(SYSTEM, booked.id, 6, accept_price_cents=6_000)).price_cents == 6_000
    assert (await resize(SYSTEM, booked.id, 2)).price_cents == 2_000
    await db.execute("delete from tariff where offer = $1", offer)
    assert (await resize(SYSTEM, booked.id, 3)).price_cents == 3_000, "a promise outlives its tariff"


async def test_a_flat_price_that_was_promised_stays_whatever_tariffs_do(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 3)
    await db.execute("update tariff set amount_cents = 52500")
    assert (await resize(SYSTEM, booked.id, 40, accept_price_cents=35_000)).price_cents == 35_000


async def test_after_bookings_close_fewer_only_and_the_team_until_it_is_held(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    await edit_session(SYSTEM, town.session, capacity=60, closes_at=makers.NOON, note="")
    rachel = of(Role.MEMBER, town.organisation)
    with pytest.raises(SessionClosed, match="ne se réserve plus en ligne"):
        await resize(rachel, booked.id, 6)
    assert (await resize(rachel, booked.id, 4)).seats == 4
    with clock.frozen(town.starts_at):
        with pytest.raises(Conflict, match="appelez-nous"):
            await resize(rachel, booked.id, 3)
        assert (await resize(SYSTEM, booked.id, 6)).seats == 6
    await db.execute("update session set state = 'held'")
    with pytest.raises(Conflict, match="a eu lieu"):
        await resize(SYSTEM, booked.id, 5)


async def test_who_may_not_cancel_gives_no_seat_back_and_another_s_booking_is_none(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    referrer = of(Role.REFERRER, town.organisation)
    assert (await resize(referrer, booked.id, 6)).seats == 6
    with pytest.raises(Forbidden):
        await resize(referrer, booked.id, 5)
    with pytest.raises(Forbidden):
        await resize(of(Role.ACCOUNTANT, town.organisation), booked.id, 7)
    with pytest.raises(NotFound):
        await resize(of(Role.MANAGER, town.organisation + 999), booked.id, 7)


async def test_who_may_not_book_any_more_keeps_or_gives_back_what_it_has(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    await db.execute("update organisation set state = 'archived' where id = $1", town.organisation)
    with pytest.raises(OrganisationClosed, match="archivée"):
        await resize(SYSTEM, booked.id, 6)
    assert (await resize(SYSTEM, booked.id, 4)).seats == 4


async def test_an_option_and_a_place_on_the_waiting_list_change_too(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 3, option=True)
    term = await db.value("select expires_at from booking where id = $1", option.id)
    assert (await resize(SYSTEM, option.id, 50)).state == "option"
    assert await db.value("select expires_at from booking where id = $1", option.id) == term
    waits = await bookings.wait(SYSTEM, NewBooking(town.session, town.organisation, 20))
    assert (await resize(SYSTEM, waits.id, 60)).state == "waiting"
    with pytest.raises(Invalid, match="même vide"):
        await resize(SYSTEM, waits.id, 61)
    assert await taken(town.session) == 50
    with clock.frozen(term), pytest.raises(Conflict, match="expiré"):
        await resize(of(Role.MANAGER, town.organisation), option.id, 4)


@pytest.mark.commits
async def test_two_who_take_the_last_seats_at_once_never_oversell(database_test):
    town = await makers.make_town()
    made = [await makers.book_beside(town, 10) for _each in range(4)]
    done = await asyncio.gather(*(resize(SYSTEM, b.id, 18) for b in made * 2), return_exceptions=True)
    assert await db.pool().fetchval("select seats_taken from session where id = $1", town.session) == 56
    assert await db.pool().fetchval("select count(*) from seats_change") == 2, "the same again is no change"
    assert {type(d).__name__ for d in done} == {"Booked", "SessionFull"}


async def test_where_a_change_comes_from_has_three_names(database_test):
    assert [origin.value for origin in SeatsOrigin] == ["resized", "added", "merged"]
