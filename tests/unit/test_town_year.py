"""The demonstration's two years of sessions and bookings hold together on any day they are shown. No database."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, time, timedelta
from functools import cache
from itertools import pairwise

import pytest

from training.bookings.rules.seats import OPTION_LIFE, REQUEST_LIFE
from training.demo.town import calendar, offers, organisations, people, places, venues
from training.demo.town.bookings import STORY_SEATS, bookings
from training.demo.town.calendar import SEED, is_working_day, plan
from training.demo.town.shapes import OCCUPYING, PlannedBooking, PlannedSession
from training.kernel.clock import at, local
from training.kernel.workdays import after_workdays

DAYS = [
    date(2026, 11, 23),
    date(2026, 12, 1),  # three weeks on: the days before Christmas
    date(2026, 12, 6),  # … and between Christmas and the new year
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 3, 7),  # three weeks on: the clocks go forward
    date(2027, 4, 25),  # a spring full of bank holidays
    date(2027, 7, 14),
    date(2027, 8, 2),
    date(2027, 10, 10),  # three weeks on: the clocks went back
    date(2028, 2, 8),  # three weeks on: 29 February
    date(2028, 2, 29),
    date(2031, 5, 1),
]
SEEDS = [SEED, 1, 61]

OFFER = {offer.slug: offer for offer in offers.OFFERS}
ORGANISATION = {one.slug: one for one in organisations.ORGANISATIONS}
VENUE = {venue.slug: venue for venue in venues.VENUES}
PLACE = {place.insee: place for place in places.PLACES}
FACILITATOR = {one.person.slug: one for one in people.FACILITATORS}

on_many_days = pytest.mark.parametrize("today", DAYS, ids=str)


@cache
def town(today: date, seed: int = SEED) -> tuple[tuple[PlannedSession, ...], tuple[PlannedBooking, ...]]:
    sessions = plan(today, seed)
    return tuple(sessions), tuple(bookings(sessions, today, seed))


# --- sessions ------------------------------------------------------------------------------------------------------


@on_many_days
@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_and_no_room_is_taken_twice(today: date, seed: int) -> None:
    taken = defaultdict(list)
    for session in town(today, seed)[0]:
        for slot in session.slots:
            names = [assignment.facilitator for assignment in slot.assignments]
            assert len(names) == len(set(names)) >= 1
            for name in (slot.venue, *names):
                taken[name].append((slot.starts_at, slot.ends_at))
    clashes = [
        (name, before, after)
        for name, spans in taken.items()
        for before, after in pairwise(sorted(spans))
        if after[0] < before[1]
    ]
    assert clashes == []


@on_many_days
@pytest.mark.parametrize("seed", SEEDS)
def test_sessions_fit_their_offer_their_room_and_the_clock(today: date, seed: int) -> None:
    sessions, _ = town(today, seed)
    assert 75 <= len(sessions) <= 90
    assert len({session.key for session in sessions}) == len(sessions)
    for session in sessions:
        offer = OFFER[session.offer]
        length = sum((slot.ends_at - slot.starts_at for slot in session.slots), timedelta())
        assert length == timedelta(minutes=offer.duration_minutes)
        assert offer.group_min <= session.capacity <= offer.group_max
        assert all(before.ends_at <= after.starts_at for before, after in pairwise(session.slots))
        assert (session.kind == "private") == (session.organisation is not None)
        for slot in session.slots:
            assert VENUE[slot.venue].capacity >= session.capacity
            assert is_working_day(local(slot.starts_at).date())
            assert 8 <= local(slot.starts_at).hour < local(slot.ends_at).hour <= 20
            assert all(session.offer in FACILITATOR[one.facilitator].offers for one in slot.assignments)


@on_many_days
@pytest.mark.parametrize("seed", SEEDS)
def test_states_agree_with_the_calendar(today: date, seed: int) -> None:
    morning = at(today, time(0))
    for session in town(today, seed)[0]:
        assert session.created_at < (session.published_at or session.starts_at)
        if session.ends_at < morning:
            assert session.state in ("held", "cancelled")
        else:
            assert session.starts_at > morning + timedelta(days=1)
            assert session.state in ("draft", "published", "confirmed", "cancelled")
        assert (session.state == "draft") == (session.published_at is None)
        assert (session.state == "held") == (session.held_at is not None)
        assert (session.state == "cancelled") == (session.cancelled_at is not None) == bool(session.reason)
        if session.held_at is not None:
            assert session.ends_at < session.held_at < morning
        if session.cancelled_at is not None and session.published_at is not None:
            assert session.published_at < session.cancelled_at < min(morning, session.starts_at)
        if session.published_at is not None:
            assert session.published_at < min(morning, session.starts_at)


@on_many_days
def test_there_is_something_of_everything(today: date) -> None:
    sessions, _ = town(today)
    assert {session.state for session in sessions} == {"draft", "published", "confirmed", "held", "cancelled"}
    assert {session.kind for session in sessions} == {"open", "private"}
    assert {len(session.slots) for session in sessions} == {1, 2, 3}
    states = {one.state for session in sessions for slot in session.slots for one in slot.assignments}
    assert states == {"proposed", "accepted", "confirmed"}
    inhabitants = [PLACE[VENUE[slot.venue].insee].population for session in sessions for slot in session.slots]
    assert sum(people < places.VILLAGE_BELOW for people in inhabitants) > len(inhabitants) / 2  # we go to the villages
    assert any(len({slot.assignments for slot in session.slots}) > 1 for session in sessions)


@on_many_days
@pytest.mark.parametrize("seed", SEEDS)
def test_forty_seats_wait_for_the_story(today: date, seed: int) -> None:
    sessions, booked = town(today, seed)
    taken = occupied(booked)
    coming = [
        session
        for session in sessions
        if session.offer == "sensibilisation-velo-electrique"
        and session.kind == "open"
        and session.state == "published"
        and session.starts_at > at(today, time(23, 59))
        and session.capacity - taken[session.key] >= STORY_SEATS
    ]
    assert len(coming) >= 4
    story = next(session for session in coming if session.key == "story")
    assert story.capacity >= 60
    assert 10 <= (local(story.starts_at).date() - today).days <= 32
    assert PLACE[VENUE[story.slots[0].venue].insee].population < places.VILLAGE_BELOW
    assert people.STORY_FACILITATOR in {one.facilitator for one in story.slots[0].assignments}
    assert FACILITATOR[people.STORY_FACILITATOR].has_account
    whose = {booking.organisation for booking in booked if booking.session == "story"}
    assert organisations.STORY_ORGANISATION not in whose


def test_the_same_day_and_seed_give_the_same_town() -> None:
    today = DAYS[0]
    again = plan(today, SEED)
    assert (tuple(again), tuple(bookings(again, today, SEED))) == town(today)
    assert plan(today, 1) != again


def test_days_off_are_known() -> None:
    off = [date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17), date(2026, 11, 11), date(2026, 12, 25)]
    assert [day for day in off if is_working_day(day)] == []  # Easter Monday, Ascension, Whit Monday…
    assert is_working_day(date(2028, 2, 29))
    assert not calendar.is_session_day(date(2027, 8, 3))


# --- bookings ------------------------------------------------------------------------------------------------------


def occupied(booked: tuple[PlannedBooking, ...]) -> Counter[str]:
    taken: Counter[str] = Counter()
    for booking in booked:
        if booking.state in OCCUPYING:
            taken[booking.session] += booking.seats
    return taken


@on_many_days
@pytest.mark.parametrize("seed", SEEDS)
def test_seats_are_never_oversold_even_for_a_moment(today: date, seed: int) -> None:
    sessions, booked = town(today, seed)
    for session in sessions:
        mine = [one for one in booked if one.session == session.key and one.state != "waiting"]
        for one in mine:
            then = [  # what was taken at that moment, this one included
                other.seats
                for other in mine
                if other.booked_at <= one.booked_at
                and (other.state in OCCUPYING or other.settled_at is None or other.settled_at > one.booked_at)
            ]
            assert sum(then) <= session.capacity, (session.key, one.key)
    assert all(booking.seats >= 1 for booking in booked)


@on_many_days
@pytest.mark.parametrize("seed", SEEDS)
def test_bookings_agree_with_their_session_and_the_clock(today: date, seed: int) -> None:
    sessions, booked = town(today, seed)
    by_key = {session.key: session for session in sessions}
    morning = at(today, time(0))
    pairs = Counter((booking.session, booking.organisation) for booking in booked)
    assert max(pairs.values()) == 1
    assert len({booking.key for booking in booked}) == len(booked)
    for booking in booked:
        session = by_key[booking.session]
        assert session.published_at is not None
        known = ORGANISATION[booking.organisation].state == "approved"
        assert known == (booking.state not in ("pending", "declined")) or session.state == "cancelled"
        assert session.organisation in (None, booking.organisation)
        assert session.published_at < booking.booked_at < min(morning, session.starts_at)
        assert booking.settled_at is None or booking.booked_at <= booking.settled_at < min(morning, session.starts_at)
        if session.state == "held":
            assert booking.state in ("confirmed", "cancelled", "declined", "expired")
        if session.state == "cancelled":
            assert booking.state == "cancelled"
        if booking.state == "option":
            assert booking.expires_at is not None
            assert booking.expires_at == booking.booked_at + OPTION_LIFE > at(today, time(23))
        if booking.state == "pending":  # or the first sweep ends it, and the demonstration has no request to decide
            assert after_workdays(booking.booked_at, REQUEST_LIFE) > at(today, time(23))


@on_many_days
def test_bookings_are_in_every_state_and_who_waits_waits_for_a_full_session(today: date) -> None:
    sessions, booked = town(today)
    assert {booking.state for booking in booked} == {
        "pending",
        "option",
        "confirmed",
        "cancelled",
        "declined",
        "expired",
        "waiting",
    }
    taken = occupied(booked)
    by_key = {session.key: session for session in sessions}
    waiting = [booking for booking in booked if booking.state == "waiting"]
    for one in waiting:
        assert taken[one.session] == by_key[one.session].capacity
        earlier = [other for other in booked if other.session == one.session and other.state == "confirmed"]
        assert all(other.booked_at < one.booked_at for other in earlier)


@on_many_days
def test_a_year_of_invoices_comes_out_of_it(today: date) -> None:
    sessions, booked = town(today)
    held = {session.key: session for session in sessions if session.state == "held"}
    assert set(held) <= {booking.session for booking in booked if booking.state == "confirmed"}
    due = []
    for booking in booked:
        if booking.state == "confirmed" and booking.session in held:
            session = held[booking.session]
            tariff = offers.tariff_for(OFFER[session.offer], ORGANISATION[booking.organisation].kind)
            due.append((session, booking, offers.price_cents(tariff, booking.seats)))
    paid = [(session, booking, cents) for session, booking, cents in due if cents]
    assert 25 <= len(paid) <= 40
    assert len(due) - len(paid) >= 8  # free ones, that get a confirmation and never a number
    assert len({(local(session.ends_at).year, local(session.ends_at).month) for session, _, _ in paid}) >= 8
    assert sum(booking.organisation == organisations.STORY_ORGANISATION for _, booking, _ in paid) >= 3
