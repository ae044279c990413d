"""One organisation in one session is one group: one booking, at one price, whatever it asks for afterwards."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import makers
from training.attendance.actions import admit, hold_session
from training.billing.actions.undo_held import undo_held
from training.bookings import queries
from training.bookings.actions import booking as bookings
from training.bookings.actions import ending
from training.bookings.actions.booking import NewBooking, NewParticipant, RepeatKey
from training.bookings.rules.groups import BookedAlready
from training.bookings.rules.prices import PriceRisen
from training.catalogue.rules.tariffs import TariffMode
from training.directory.actions import organisations
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid
from training.papers.rules.references import References
from training.reporting.office.bookings import bookings as listed
from training.reporting.office.today.counts import waiting
from training.scheduling.rules import SessionFull
from training.worker import drain

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def _noon(database_test: None):
    with clock.frozen(makers.NOON):
        yield


async def view(booking: int) -> queries.BookingView:
    found = await queries.booking_by_id(SYSTEM.scope, booking)
    assert found is not None
    return found


async def changes(booking: int) -> list[tuple[object, ...]]:
    sql = """
        select seats_before, seats, price_before_cents, price_cents, origin
        from seats_change where booking = $1 order by id
    """
    return [tuple(record) for record in await db.connection().fetch(sql, booking)]


async def offered(session: int, organisation: int, seats: int) -> int:
    """As from the waiting list, which nothing offers from yet."""
    sql = """
        insert into booking (reference, session, organisation, contact, state, seats, tariff_mode, unit_price_cents,
                             price_cents, note, created_at, updated_at)
        select 'R-OFFERED', $1, $2, id, 'offered', $3, 'flat', 35000, 35000, 'Fauteuil', now(), now()
        from contact where organisation = $2 limit 1 returning id
    """
    return int(await db.value(sql, session, organisation, seats))


async def test_booking_three_then_two_more_is_one_flat_price(database_test):
    town = await makers.make_town()
    first = await makers.make_booking(town, 3)
    again = await makers.make_booking(town, 2)
    assert (again.id, again.reference, again.seats, again.price_cents) == (first.id, first.reference, 5, 35_000)
    assert await db.value("select count(*) from booking") == 1
    assert await db.value("select seats_taken from session where id = $1", town.session) == 5
    assert await changes(first.id) == [(3, 5, 35_000, 35_000, "added")]


async def test_five_small_bookings_are_one_invoice(database_test):
    town = await makers.make_town()
    for _each in range(5):
        booked = await makers.make_booking(town, 2)
    with clock.frozen(town.ends_at + timedelta(hours=1)):
        await hold_session(SYSTEM, town.session)
        await drain()
    assert await db.value("select sum(amount_cents) from billable where booking = $1", booked.id) == 35_000
    assert await db.value("select count(*) from billable") == 1


async def test_by_the_seat_more_cost_what_was_promised_or_less(database_test):
    town = await makers.make_town()
    offer = await makers.make_offer("assis", mode=TariffMode.PER_SEAT, cents=1_000)
    session = await makers.make_session(offer)
    await bookings.book(SYSTEM, NewBooking(session, town.organisation, 3))
    await db.execute("update tariff set amount_cents = 1500 where offer = $1", offer)
    more = await bookings.book(SYSTEM, NewBooking(session, town.organisation, 2))
    assert (more.seats, more.price_cents) == (5, 5_000), "the price that was promised"
    await db.execute("update tariff set amount_cents = 800 where offer = $1", offer)
    more = await bookings.book(SYSTEM, NewBooking(session, town.organisation, 1))
    assert (more.seats, more.price_cents) == (6, 4_800), "today's, where it is lower"
    with pytest.raises(PriceRisen) as refused:
        await bookings.book(SYSTEM, NewBooking(session, town.organisation, 1, accept_price_cents=800))
    assert refused.value.extra == {"price_cents": 5_600}, "of all the seats, as the answer would say"


async def test_people_and_numbers_that_come_with_more_seats(database_test):
    town = await makers.make_town()
    first = await makers.make_booking(town, 2, participants=(NewParticipant("Ana"),), note="Par la cour")
    await makers.make_booking(
        town, 1, participants=(NewParticipant("Bob", "bob@example.org"), NewParticipant("Cléo")),
        purchase_order="EJ-1", note="Un fauteuil",
    )  # fmt: skip
    found = await view(first.id)
    assert [p.name for p in await queries.participants(first.id)] == ["Ana", "Bob", "Cléo"]
    assert (found.references, found.note) == (References(purchase_order="EJ-1"), "Par la cour\nUn fauteuil")
    await makers.make_booking(town, 1, purchase_order="EJ-1", service_code="MOB", note="Un fauteuil")
    found = await view(first.id)
    assert found.references == References(purchase_order="EJ-1", service_code="MOB")
    assert found.note == "Par la cour\nUn fauteuil"
    with pytest.raises(Conflict, match="EJ-1") as refused:
        await makers.make_booking(town, 1, purchase_order="EJ-2")
    assert refused.value.field == "purchase_order"
    with pytest.raises(Invalid, match="plus de noms"):
        await makers.make_booking(town, 1, participants=tuple(NewParticipant(f"P{n}") for n in range(3)))
    assert (await view(first.id)).seats == 4, "what is refused adds nothing"


async def test_more_seats_than_are_left_are_refused_to_a_group_too(database_test):
    town = await makers.make_town()
    await makers.make_booking(town, 59)
    with pytest.raises(SessionFull) as full:
        await makers.make_booking(town, 2)
    assert full.value.extra == {"seats_left": 1}


async def test_an_option_gets_more_seats_and_keeps_its_term(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 3, option=True)
    term = (await view(option.id)).expires_at
    with clock.frozen(makers.NOON + timedelta(days=2)):
        more = await makers.make_booking(town, 2, option=True)
        assert (more.id, more.state, more.seats) == (option.id, "option", 5)
    assert (await view(option.id)).expires_at == term


async def test_a_request_gets_more_seats(database_test):
    town = await makers.make_town()
    new = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="n.example.org")
    first = await bookings.book(SYSTEM, NewBooking(town.session, new, 3))
    more = await bookings.book(SYSTEM, NewBooking(town.session, new, 2))
    assert (more.id, more.state, more.seats) == (first.id, "pending", 5)
    await organisations.approve(SYSTEM, new)
    with pytest.raises(BookedAlready, match=first.reference):
        await bookings.book(SYSTEM, NewBooking(town.session, new, 1))
    await drain()
    more = await bookings.book(SYSTEM, NewBooking(town.session, new, 1))
    assert (more.id, more.state, more.seats) == (first.id, "confirmed", 6)


@pytest.mark.parametrize("option", [True, False])
async def test_firm_beside_an_option_names_it(database_test, option):
    town = await makers.make_town()
    first = await makers.make_booking(town, 3, option=option)
    with pytest.raises(BookedAlready, match=first.reference) as refused:
        await makers.make_booking(town, 2, option=not option)
    assert refused.value.extra == {"reference": first.reference, "seats": 3}
    assert await db.value("select seats_taken from session where id = $1", town.session) == 3


async def test_an_option_past_its_time_is_in_nobodys_way_before_the_sweep(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 58, option=True)
    await db.execute("update booking set expires_at = $1", makers.NOON + timedelta(hours=1))
    with clock.frozen(makers.NOON + timedelta(hours=2)):
        firm = await makers.make_booking(town, 5)
        assert (firm.id != option.id, firm.state, firm.seats) == (True, "confirmed", 5)
        assert (await view(option.id)).state == "expired"
        await drain()
    told = "select occasion from mail where subject_id = $1 and subject_kind = 'booking'"
    assert {r["occasion"] for r in await db.connection().fetch(told, option.id)} >= {"booking_expired"}


async def test_who_was_shown_other_seats_is_asked(database_test):
    """« Vous avez déjà 40 places »: a form that did not say so adds nothing."""
    town = await makers.make_town()
    first = await makers.make_booking(town, 40, had=0)
    with pytest.raises(BookedAlready, match="40 places") as refused:
        await makers.make_booking(town, 5, had=0)
    assert refused.value.extra == {"reference": first.reference, "seats": 40}
    assert (await makers.make_booking(town, 5, had=40)).seats == 45
    with pytest.raises(BookedAlready, match="45 places"):
        await makers.make_booking(town, 5, had=40)


async def test_the_same_key_adds_nothing_twice(database_test):
    town = await makers.make_town()
    await makers.make_booking(town, 3)
    more, key = NewBooking(town.session, town.organisation, 2, had=3), RepeatKey("user:1", "form")
    made = [await bookings.book(SYSTEM, more, key) for _time in range(3)]
    assert [(b.seats, b.repeated) for b in made] == [(5, False), (5, True), (5, True)]


async def test_a_booking_that_was_cancelled_is_not_brought_back_by_a_new_one(database_test):
    town = await makers.make_town()
    first = await makers.make_booking(town, 3)
    await ending.cancel(SYSTEM, first.id)
    again = await makers.make_booking(town, 2)
    assert (again.id != first.id, again.seats) == (True, 2)


async def test_the_waiting_list_stands_beside_and_is_one_too(database_test):
    town = await makers.make_town()
    firm = await makers.make_booking(town, 50)
    waits = await bookings.wait(SYSTEM, NewBooking(town.session, town.organisation, 20))
    more = await bookings.wait(SYSTEM, NewBooking(town.session, town.organisation, 15))
    assert (waits.id != firm.id, more.id, more.seats, more.state) == (True, waits.id, 35, "waiting")
    with pytest.raises(Invalid, match="même vide"):
        await bookings.wait(SYSTEM, NewBooking(town.session, town.organisation, 26))
    assert (await makers.make_booking(town, 1)).seats == 51
    await db.execute("update booking set state = 'offered', seats = 5 where id = $1", waits.id)
    with pytest.raises(BookedAlready, match=waits.reference):
        await bookings.wait(SYSTEM, NewBooking(town.session, town.organisation, 10))


async def test_an_accepted_offer_joins_what_was_booked(database_test):
    town = await makers.make_town()
    firm = await makers.make_booking(town, 3)
    offer = await offered(town.session, town.organisation, 2)
    await bookings.name_participants(SYSTEM, offer, (NewParticipant("Ana"),))
    assert await bookings.confirm(SYSTEM, offer) == firm.id
    found, gone = await view(firm.id), await view(offer)
    assert (found.seats, found.price_cents, found.note, found.named) == (5, 35_000, "Fauteuil", 1)
    assert (gone.state, gone.joined, gone.named) == ("cancelled", firm.reference, 0)
    assert await changes(firm.id) == [(3, 5, 35_000, 35_000, "merged")]
    assert await db.value("select seats_taken from session where id = $1", town.session) == 5
    await drain()
    said = "select count(*) from mail where subject_kind = 'booking' and subject_id = $1"
    assert await db.value(said, offer) == 0, "nothing was cancelled"


async def test_an_offer_is_not_accepted_beside_an_option(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 3, option=True)
    offer = await offered(town.session, town.organisation, 2)
    with pytest.raises(BookedAlready, match=option.reference):
        await bookings.confirm(SYSTEM, offer)
    await ending.cancel(SYSTEM, option.id)
    assert await bookings.confirm(SYSTEM, offer) == offer


async def test_an_offer_whose_people_came_is_counted_with_what_was_booked(database_test):
    town = await makers.make_town()
    firm = await makers.make_booking(town, 3)
    offer = await offered(town.session, town.organisation, 2)
    with clock.frozen(town.ends_at + timedelta(hours=1)):
        await hold_session(SYSTEM, town.session, {firm.id: 2})
        await admit(SYSTEM, offer, 2)
    found = await db.connection().fetch("select booking, present from head_count")
    assert [tuple(one) for one in found] == [(firm.id, 4)]
    assert (await view(firm.id)).seats == 5


async def stands(booking: int) -> tuple[object, ...]:
    found = await view(booking)
    return found.state, found.seats, found.price_cents, found.named, found.expires_at, found.joined


async def test_an_offer_that_joined_who_came_stayed_joined_when_held_was_undone(database_test):
    town = await makers.make_town()
    firm = await makers.make_booking(town, 3)
    offer = await offered(town.session, town.organisation, 2)
    await bookings.name_participants(SYSTEM, offer, (NewParticipant("Ada"),))
    before = [await stands(firm.id), await stands(offer)]
    await hold_session(SYSTEM, town.session, {firm.id: 2}, "Venus plus tôt.")
    await admit(SYSTEM, offer, 2)
    assert ((await view(firm.id)).seats, (await view(firm.id)).named) == (5, 1)
    await undo_held(SYSTEM, town.session, "Mauvaise séance.")
    await drain()
    assert [await stands(firm.id), await stands(offer)] == before
    assert (await changes(firm.id))[-1] == (5, 3, 35_000, 35_000, "resized")
    assert await db.value("select seats_taken from session where id = $1", town.session) == 5


@pytest.mark.commits
async def test_eight_at_once_for_one_organisation_are_one_booking_with_all_the_seats(database_test):
    town = await makers.make_town()
    made = await asyncio.gather(*(makers.make_booking(town, 3) for _each in range(8)))
    assert {b.reference for b in made} == {made[0].reference}
    assert sorted(b.seats for b in made) == list(range(3, 25, 3))
    kept = await db.pool().fetchrow("select count(*), sum(seats), max(price_cents) from booking")
    assert tuple(kept) == (1, 24, 35_000)
    assert await db.pool().fetchval("select count(*) from seats_change") == 7


@pytest.mark.commits
async def test_an_option_and_a_firm_booking_at_once_are_never_both(database_test):
    town = await makers.make_town()
    asked = (makers.make_booking(town, 3, option=bool(n % 2)) for n in range(6))
    made = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(b).__name__ for b in made} == {"Booked", "BookedAlready"}
    assert await db.pool().fetchval("select count(*) from booking") == 1


async def test_what_holds_it_is_the_index(database_test):
    town = await makers.make_town()
    firm = await makers.make_booking(town, 3)
    other = await offered(town.session, town.organisation, 2)
    for state in ("pending", "option", "confirmed"):
        with pytest.raises(BookedAlready):
            async with db.atomic():
                await db.execute("update booking set state = $1 where id = $2", state, other)
    await ending.cancel(SYSTEM, firm.id)
    with pytest.raises(BookedAlready):
        async with db.atomic():
            await db.execute("update booking set state = 'confirmed' where id in ($1, $2)", firm.id, other)


async def test_what_was_booked_again_after_a_return_does_not_meet_what_fell(database_test):
    """Called off, back without seats for it, booked again, called off and back again: one of them lives."""
    town = await makers.make_town()
    fell = await makers.make_booking(town, 40)
    await ending.call_off_session(SYSTEM, town.session, "Neige")
    await db.execute("update session set capacity = 30 where id = $1", town.session)
    await ending.reinstate_session(SYSTEM, town.session)
    again = await makers.make_booking(town, 5)
    await ending.call_off_session(SYSTEM, town.session, "Verglas")
    await db.execute("update session set capacity = 60 where id = $1", town.session)
    await ending.reinstate_session(SYSTEM, town.session)
    assert ((await view(fell.id)).state, (await view(again.id)).state) == ("cancelled", "confirmed")


async def test_doubles_of_before_fall_with_their_session_and_come_back_both(database_test):
    town = await makers.make_town()
    both = [await makers.make_booking(town, 3), await makers.book_apart(town, 2)]
    await ending.call_off_session(SYSTEM, town.session, "Neige")
    await ending.reinstate_session(SYSTEM, town.session)
    assert [(await view(b.id)).state for b in both] == ["confirmed", "confirmed"]


async def test_doubles_of_before_are_listed_on_the_home_until_one_is_left(database_test):
    town = await makers.make_town()
    first = await makers.make_booking(town, 3)
    other = await offered(town.session, town.organisation, 2)
    assert (await waiting(SYSTEM.scope)).doubled == 0
    await db.execute("update booking set state = 'confirmed', doubled = true where id = $1", other)
    assert (await waiting(SYSTEM.scope)).doubled == 1
    assert {b.id for b in await listed(SYSTEM.scope, state="doubled")} == {first.id, other}
    assert (await makers.make_booking(town, 1)).id == first.id
    await ending.cancel(SYSTEM, other)
    assert (await waiting(SYSTEM.scope)).doubled == 0
    assert await listed(SYSTEM.scope, state="doubled") == []
