"""A booking: never more seats than there are, by any door; what it costs, who comes by it, and whose it is."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

import makers
from training.bookings import queries
from training.bookings.actions import booking as actions
from training.bookings.actions import ending
from training.bookings.actions.booking import NewBooking, NewParticipant
from training.bookings.actions.locking import Booked
from training.bookings.rules.seats import SessionClosed
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from training.scheduling.actions.planning import NewSession, NewSlot, plan_session
from training.scheduling.rules import SessionFull

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def taken(session: int) -> int:
    return int(await db.connection().fetchval("select seats_taken from session where id = $1", session))


def member(organisation: int, *permissions: str) -> Actor:
    return Actor("user", None, "Membre", scope=Scope(organisations={organisation: frozenset(permissions)}))


# --- seats


@pytest.mark.commits
async def test_eight_at_once_for_the_last_seats_never_oversell(database_test):
    town = await makers.make_town()
    await makers.make_booking(town, 47)  # 13 are left
    made = await asyncio.gather(*(makers.book_beside(town, 4) for _each in range(8)), return_exceptions=True)
    booked = [m for m in made if isinstance(m, Booked)]
    refused = [m for m in made if isinstance(m, SessionFull)]
    assert (len(booked), len(refused)) == (3, 5)
    assert {r.extra["seats_left"] for r in refused} == {1}
    assert {r.field for r in refused} == {"seats"}
    assert await taken(town.session) == 59
    assert await db.pool().fetchval("select sum(seats) from booking") == 59


@pytest.mark.commits
async def test_bookings_and_cancellations_at_once_keep_the_count_true(database_test):
    town = await makers.make_town()
    first = [await makers.book_beside(town, 6) for _each in range(10)]
    assert await taken(town.session) == 60
    work = [ending.cancel(SYSTEM, b.id) for b in first[:5]] + [makers.book_beside(town, 5) for _each in range(8)]
    await asyncio.gather(*work, return_exceptions=True)
    counted = await db.pool().fetchval("select coalesce(sum(seats), 0) from booking where state = 'confirmed'")
    assert await taken(town.session) == counted <= 60


_INSERT = """
    insert into booking (reference, session, organisation, contact, state, seats, tariff_mode, unit_price_cents,
                         price_cents, created_at, updated_at)
    select $1, $2, $3, id, $4, $5, 'flat', 0, 0, now(), now() from contact where organisation = $3 limit 1
"""


@pytest.mark.parametrize("state", ["pending", "option", "offered", "confirmed"])
async def test_no_more_seats_than_there_are_even_by_hand_in_the_database(database_test, state):
    town = await makers.make_town()
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    await db.execute(_INSERT, "R-1", town.session, town.organisation, state, 60)
    assert await taken(town.session) == 60
    with pytest.raises(SessionFull):
        async with db.atomic():
            await db.execute(_INSERT, "R-2", town.session, other, state, 1)
    with pytest.raises(SessionFull):
        async with db.atomic():
            await db.execute("update booking set seats = 61")
    with pytest.raises(SessionFull):
        async with db.atomic():
            await db.execute("update session set capacity = 59 where id = $1", town.session)


async def test_by_hand_what_does_not_occupy_takes_no_seat_and_what_moves_gives_them_back(database_test):
    town = await makers.make_town()
    other = await makers.make_session(town.offer, starts_at=town.starts_at + DAY, capacity=20)
    for n, state in enumerate(("cancelled", "declined", "expired", "waiting")):
        await db.execute(_INSERT, f"R-{n}", town.session, town.organisation, state, 60)
    assert await taken(town.session) == 0
    await db.execute(_INSERT, "R-9", town.session, town.organisation, "confirmed", 15)
    await db.execute("update booking set session = $1 where reference = 'R-9'", other)
    assert (await taken(town.session), await taken(other)) == (0, 15)
    await db.execute("update booking set seats = 7 where reference = 'R-9'")
    assert await taken(other) == 7
    await db.execute("update booking set state = 'cancelled' where reference = 'R-9'")
    assert await taken(other) == 0
    await db.execute("update booking set state = 'confirmed' where reference = 'R-9'")
    await db.execute("delete from booking where reference = 'R-9'")
    assert await taken(other) == 0
    for seats in (0, -1):
        with pytest.raises(asyncpg.CheckViolationError):
            async with db.atomic():
                await db.execute(_INSERT, "R-8", town.session, town.organisation, "confirmed", seats)


async def test_cancelling_gives_the_seats_back_and_is_done_once(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 60)
    with pytest.raises(SessionFull) as full:
        await makers.make_booking(town, 1)
    assert full.value.extra == {"seats_left": 0}
    await ending.cancel(SYSTEM, booked.id)
    assert await taken(town.session) == 0
    with pytest.raises(Conflict):
        await ending.cancel(SYSTEM, booked.id)
    await makers.make_booking(town, 60)


async def test_what_cannot_be_booked_is_refused_in_words(database_test):
    town = await makers.make_town()
    for seats in (0, -3):
        with pytest.raises(Invalid):
            await makers.make_booking(town, seats)
    with pytest.raises(NotFound):
        await actions.book(SYSTEM, NewBooking(0, town.organisation, 1))
    with pytest.raises(NotFound):
        await actions.book(SYSTEM, NewBooking(town.session, 0, 1))
    with clock.frozen(town.starts_at), pytest.raises(SessionClosed):
        await makers.make_booking(town, 1)
    names = (NewParticipant("Alix"), NewParticipant("Blaise"))
    with pytest.raises(Invalid):
        await makers.make_booking(town, 1, participants=names)
    private = await makers.make_session(town.offer, starts_at=town.starts_at + DAY, organisation=town.organisation)
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    with pytest.raises(SessionClosed):
        await actions.book(SYSTEM, NewBooking(private, other, 1))
    await ending.call_off_session(SYSTEM, town.session, "Verglas.")
    with pytest.raises(SessionClosed):
        await makers.make_booking(town, 1)


async def test_bookings_close_when_the_session_says(database_test):
    town = await makers.make_town()
    slot = NewSlot(town.starts_at + DAY, town.ends_at + DAY, None)
    closing = await plan_session(SYSTEM, NewSession(town.offer, 10, (slot,), closes_at=town.starts_at - DAY))
    with clock.frozen(town.starts_at - DAY), pytest.raises(SessionClosed):
        await actions.book(SYSTEM, NewBooking(closing, town.organisation, 1))


async def test_the_price_is_of_the_session_s_day_and_of_the_kind_of_organisation(database_test):
    town = await makers.make_town()
    assert (await makers.make_booking(town, 40)).price_cents == 35_000
    await db.execute(
        "insert into tariff (offer, organisation_kind, mode, amount_cents, valid_from)"
        " values ($1, 'commune', 'per_seat', 1200, $2)",
        town.offer,
        clock.local(town.starts_at).date(),
    )
    assert (await makers.book_beside(town, 7)).price_cents == 8_400
    await db.execute("delete from tariff")
    with pytest.raises(Conflict, match="tarif"):
        await makers.book_beside(town, 1)


async def test_free_and_per_seat(database_test):
    town = await makers.make_town()
    for slug, mode, cents, expected in (
        ("gratuit", TariffMode.FREE, 0, 0),
        ("a-la-place", TariffMode.PER_SEAT, 1_500, 6_000),
    ):
        offer = await makers.make_offer(slug, mode=mode, cents=cents)
        session = await makers.make_session(offer, starts_at=town.starts_at + 2 * DAY)
        booked = await actions.book(SYSTEM, NewBooking(session, town.organisation, 4))
        assert booked.price_cents == expected


# --- who comes


async def test_names_may_come_later_and_the_last_list_stands(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 2, participants=(NewParticipant("Zoé"),))
    await actions.name_participants(
        SYSTEM, booked.id, (NewParticipant("Émile"), NewParticipant("alix", "a@example.org"))
    )
    named = [(p.name, p.email) for p in await queries.participants(booked.id)]
    assert named == [("alix", "a@example.org"), ("Émile", None)]
    for wrong in ((NewParticipant("A"), NewParticipant("B"), NewParticipant("C")), (NewParticipant(" "),)):
        with pytest.raises(Invalid):
            await actions.name_participants(SYSTEM, booked.id, wrong)
    assert len(await queries.participants(booked.id)) == 2
    await ending.cancel(SYSTEM, booked.id)
    with pytest.raises(Conflict):
        await actions.name_participants(SYSTEM, booked.id, ())


# --- who may


async def test_whose_booking_it_is_decides_and_another_s_does_not_exist(database_test):
    town = await makers.make_town()
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    booked = await makers.make_booking(town, 5)
    stranger, mine = member(other, "bookings.make", "bookings.cancel"), member(town.organisation, "bookings.see")
    with pytest.raises(NotFound):
        await ending.cancel(stranger, booked.id)
    with pytest.raises(NotFound):
        await actions.book(stranger, NewBooking(town.session, town.organisation, 1))
    for act in (ending.cancel(mine, booked.id), actions.book(mine, NewBooking(town.session, town.organisation, 1))):
        with pytest.raises(Forbidden):
            await act
    assert await queries.booking(stranger.scope, booked.reference) is None
    assert await queries.booking(mine.scope, booked.reference.lower()) is not None
    boss = member(town.organisation, "bookings.cancel")
    with clock.frozen(town.starts_at), pytest.raises(Conflict):
        await ending.cancel(boss, booked.id)
    with clock.frozen(town.starts_at):
        await ending.cancel(SYSTEM, booked.id)
    with pytest.raises(NotFound):
        await ending.cancel(SYSTEM, 0)


async def test_a_contact_of_somebody_else_cannot_be_given(database_test):
    town = await makers.make_town()
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    theirs = await db.value("select id from contact where organisation = $1 limit 1", other)
    with pytest.raises(Invalid):
        await makers.make_booking(town, 1, contact=theirs)
