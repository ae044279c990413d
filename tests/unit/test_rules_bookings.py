"""What may be booked, by whom, until when; and every move of a booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.bookings.rules import states, who_may
from training.bookings.rules.groups import BookedAlready, joined_note, joined_references, mate_of
from training.bookings.rules.prices import merged, resized
from training.bookings.rules.seats import (
    SessionClosed,
    check_bookable,
    check_more,
    check_named,
    check_open,
    new_reference,
    seats_missing,
)
from training.bookings.rules.states import BOOKING_MOVES, BookingState
from training.bookings.rules.who_may import Standing
from training.catalogue.rules.tariffs import Price, TariffMode
from training.kernel.errors import Conflict, Forbidden, Invalid
from training.papers.rules.references import NO_REFERENCES, References
from training.scheduling.rules import LockedSession, SessionFull, SessionKind, SessionState

NOW = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
US, OTHERS = 7, 8
SESSION = LockedSession(
    id=1,
    offer=1,
    kind=SessionKind.OPEN,
    organisation=None,
    state=SessionState.PUBLISHED,
    capacity=60,
    seats_taken=20,
    closes_at=NOW + timedelta(days=5),
    starts_at=NOW + timedelta(days=7),
    ends_at=NOW + timedelta(days=7, hours=3),
)
BOOKED = Standing(US, BookingState.CONFIRMED, None, SESSION.state, SESSION.starts_at)
STATES = st.sampled_from(BookingState)


def test_seats_up_to_the_last_may_be_booked() -> None:
    check_bookable(SESSION, US, 40, NOW)
    check_bookable(replace(SESSION, state=SessionState.CONFIRMED), US, 1, NOW)
    check_bookable(replace(SESSION, kind=SessionKind.PRIVATE, organisation=US), US, 1, NOW)
    check_bookable(replace(SESSION, closes_at=NOW + SECOND), US, 1, NOW)


@pytest.mark.parametrize("seats", [0, -1])
def test_one_seat_at_least(seats: int) -> None:
    with pytest.raises(Invalid, match="une au moins") as refused:
        check_open(SESSION, US, seats, NOW)
    assert refused.value.field == "seats"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": SessionKind.PRIVATE, "organisation": OTHERS}, "réservée à une autre structure"),
        ({"state": SessionState.DRAFT}, "n’est pas ouverte"),
        ({"state": SessionState.HELD}, "n’est pas ouverte"),
        ({"state": SessionState.CANCELLED}, "n’est pas ouverte"),
        ({"starts_at": NOW}, "a déjà commencé"),
        ({"starts_at": NOW - timedelta(days=1), "closes_at": NOW - timedelta(days=1)}, "a déjà commencé"),
        ({"closes_at": NOW}, "ne se réserve plus"),
    ],
)
def test_a_session_that_takes_no_booking(change: dict[str, object], words: str) -> None:
    with pytest.raises(SessionClosed, match=words) as refused:
        check_open(replace(SESSION, **change), US, 1, NOW)
    assert (refused.value.status, refused.value.slug) == (409, "session-closed")


@pytest.mark.parametrize(
    ("taken", "words", "left"),
    [
        (57, "Il reste 3 places : demandez-en 3 ou moins", 3),
        (59, "Il reste 1 place : demandez-en une", 1),
        (60, "complète", 0),
    ],
)
def test_what_is_left_is_said(taken: int, words: str, left: int) -> None:
    with pytest.raises(SessionFull, match=words) as refused:
        check_bookable(replace(SESSION, seats_taken=taken), US, 4, NOW)
    assert refused.value.extra == {"seats_left": left}
    assert (refused.value.slug, refused.value.field) == ("session-full", "seats")


def test_a_full_session_is_still_open_to_those_who_wait() -> None:
    check_open(replace(SESSION, seats_taken=60), US, 1, NOW)


def test_nobody_is_told_of_fewer_than_no_seats() -> None:
    assert seats_missing(-3).extra == {"seats_left": 0}


@given(STATES, STATES)
def test_a_booking_moves_as_the_table_says(current: BookingState, wanted: BookingState) -> None:
    if wanted in BOOKING_MOVES[current]:
        states.check_move(current, wanted, NOW + SECOND, NOW)
        states.check_move(current, wanted, None, NOW)
    else:
        with pytest.raises(Conflict):
            states.check_move(current, wanted, None, NOW)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (BookingState.CONFIRMED, "déjà confirmée"),
        (BookingState.CANCELLED, "déjà annulée"),
        (BookingState.DECLINED, "a été refusée"),
        (BookingState.EXPIRED, "a expiré"),
        (BookingState.WAITING, "état actuel"),
    ],
)
def test_why_a_booking_is_not_confirmed_is_said(state: BookingState, words: str) -> None:
    with pytest.raises(Conflict, match=words):
        states.check_move(state, BookingState.CONFIRMED, None, NOW)


@pytest.mark.parametrize("state", sorted(states.EXPIRING))
def test_an_option_past_its_time_is_refused_before_the_sweep(state: BookingState) -> None:
    states.check_move(state, BookingState.CONFIRMED, NOW + SECOND, NOW)
    with pytest.raises(Conflict, match="a expiré"):
        states.check_move(state, BookingState.CONFIRMED, NOW, NOW)
    states.check_move(state, BookingState.EXPIRED, NOW, NOW)
    states.check_move(state, BookingState.CANCELLED, NOW, NOW)


def test_seats_are_given_back_for_good() -> None:
    """What occupies can always be cancelled, and what ended never occupies again."""
    assert all(BookingState.CANCELLED in BOOKING_MOVES[state] for state in states.OCCUPYING)
    ended = {state for state, after in BOOKING_MOVES.items() if not after}
    assert ended == set(BookingState) - states.OCCUPYING - {BookingState.WAITING}
    assert states.EXPIRING <= states.OCCUPYING
    assert all(BookingState.EXPIRED in BOOKING_MOVES[state] for state in states.EXPIRING)


def test_an_organisation_cancels_until_the_session_starts() -> None:
    start = BOOKED.starts_at
    who_may.check_cancel(BOOKED, start - SECOND, team=False)
    with pytest.raises(Conflict, match="appelez-nous"):
        who_may.check_cancel(BOOKED, start, team=False)


def test_the_platform_cancels_until_the_session_was_held() -> None:
    later = BOOKED.starts_at + timedelta(days=1)
    who_may.check_cancel(BOOKED, later, team=True)
    with pytest.raises(Conflict, match="a eu lieu"):
        who_may.check_cancel(replace(BOOKED, session_state=SessionState.HELD), later, team=True)


def test_the_team_confirms_even_after_the_session_was_held() -> None:
    """The group came all the same: the office hid the button once the session had started, the action allowed it."""
    option = replace(BOOKED, state=BookingState.OPTION, expires_at=None)
    later = BOOKED.starts_at + timedelta(hours=1)
    who_may.check_confirm(option, later, team=True)
    with pytest.raises(SessionClosed):
        who_may.check_confirm(option, later, team=False)
    held = replace(option, session_state=SessionState.HELD)
    who_may.check_confirm(replace(held, expires_at=later), later, team=True)
    with pytest.raises(SessionClosed):
        who_may.check_confirm(held, later, team=False)
    with pytest.raises(Conflict, match="est venue"):
        who_may.check_decline(replace(held, state=BookingState.PENDING))
    with pytest.raises(Forbidden, match="validée"):
        who_may.check_confirm(replace(option, state=BookingState.PENDING), NOW, team=False)


def test_a_reference_can_be_read_aloud() -> None:
    made = {new_reference() for _ in range(500)}
    assert len(made) == 500
    for reference in made:
        assert reference.startswith("R-")
        assert len(reference) == 9
        assert not set(reference[2:]) & set("01OI")
        assert reference == reference.upper()


# --- another number of seats

FLAT, PLACE = Price(TariffMode.FLAT, 35_000, 35_000, None), Price(TariffMode.PER_SEAT, 1_000, 3_000, None)
FREE = Price(TariffMode.FREE, 0, 0, 20_000)


def test_seats_change_until_the_session_starts_and_for_the_team_until_it_is_held() -> None:
    start, held = BOOKED.starts_at, replace(BOOKED, session_state=SessionState.HELD)
    for seats in (1, 9):
        who_may.check_resize(BOOKED, start - SECOND, before=3, seats=seats, team=False)
        who_may.check_resize(BOOKED, start, before=3, seats=seats, team=True)
        with pytest.raises(Conflict, match="appelez-nous"):
            who_may.check_resize(BOOKED, start, before=3, seats=seats, team=False)
        with pytest.raises(Conflict, match="a eu lieu"):
            who_may.check_resize(held, start, before=3, seats=seats, team=True)
    with pytest.raises(Invalid, match="annulez") as refused:
        who_may.check_resize(BOOKED, NOW, before=3, seats=0, team=True)
    assert refused.value.field == "seats"


@given(state=STATES)
def test_seats_of_what_is_over_do_not_change(state: BookingState) -> None:
    booking = replace(BOOKED, state=state, expires_at=NOW if state in states.EXPIRING else None)
    if state in (BookingState.CONFIRMED, BookingState.WAITING):
        who_may.check_resize(booking, NOW, before=3, seats=2, team=False)
    else:
        with pytest.raises(Conflict):
            who_may.check_resize(booking, NOW, before=3, seats=2, team=False)


def test_more_seats_are_checked_as_for_a_booking_and_after_the_close_for_the_team_only() -> None:
    check_more(SESSION, US, 3, 43, NOW, team=False)
    with pytest.raises(SessionFull, match="43 en tout") as full:
        check_more(SESSION, US, 3, 44, NOW, team=False)
    assert (full.value.field, full.value.extra) == ("seats", {"seats_left": 40})
    with pytest.raises(SessionFull, match="complète"):
        check_more(replace(SESSION, seats_taken=60), US, 3, 4, NOW, team=True)
    with pytest.raises(SessionClosed, match="ne se réserve plus"):
        check_more(SESSION, US, 3, 4, SESSION.closes_at, team=False)
    check_more(SESSION, US, 3, 4, SESSION.closes_at, team=True)


def test_no_fewer_seats_than_people_named() -> None:
    check_named(3, 3)
    with pytest.raises(Invalid, match="3 personnes sont nommées") as refused:
        check_named(3, 2)
    assert refused.value.field == "seats"


@given(before=st.integers(1, 60), seats=st.integers(1, 60), today=st.integers(0, 5_000))
def test_another_number_of_seats_costs_by_the_tariff_that_was_promised(before: int, seats: int, today: int) -> None:
    now = Price(TariffMode.PER_SEAT, today, today * seats, None)
    for said in (FLAT, FREE):
        assert resized(said, before, seats, now) == said
    had = replace(PLACE, price_cents=before * 1_000)
    for known in (now, None):
        cost = resized(had, before, seats, known)
        assert cost.price_cents == cost.unit_price_cents * seats <= 1_000 * seats, "never above the promise"
        if seats <= before or known is None:
            assert cost.unit_price_cents == 1_000


@given(one=st.integers(0, 5_000), two=st.integers(0, 5_000), had=st.integers(1, 30), more=st.integers(1, 30))
def test_two_promises_merged_cost_no_more_than_both(one: int, two: int, had: int, more: int) -> None:
    for first in (Price(TariffMode.FLAT, one, one, None), Price(TariffMode.PER_SEAT, one, one * had, None)):
        for second in (Price(TariffMode.FLAT, two, two, None), Price(TariffMode.PER_SEAT, two, two * more, None)):
            assert merged(first, second, had, had + more, None).price_cents <= first.price_cents + second.price_cents


# --- one group, one booking


def test_seats_asked_for_anew_join_what_is_there_in_the_same_state() -> None:
    there = [("R-1", BookingState.WAITING, 4), ("R-2", BookingState.CONFIRMED, 40)]
    assert mate_of([], BookingState.CONFIRMED, 0) is None
    assert (
        mate_of(there, BookingState.CONFIRMED),
        mate_of(there, BookingState.WAITING),
        mate_of(there, BookingState.CONFIRMED, 40),
    ) == (1, 0, 1)
    assert mate_of(there[:1], BookingState.CONFIRMED, 0) is None, "who waits for seats may book those that are left"
    for wanted in (BookingState.OPTION, BookingState.PENDING):
        with pytest.raises(BookedAlready, match="R-2") as refused:
            mate_of(there, wanted)
        assert refused.value.extra == {"reference": "R-2", "seats": 40}
    for had in (0, 39):
        with pytest.raises(BookedAlready, match="40 places"):
            mate_of(there, BookingState.CONFIRMED, had)
    with pytest.raises(BookedAlready, match="0 place"):
        mate_of([], BookingState.CONFIRMED, 40)


def test_an_empty_number_is_filled_and_another_one_refused() -> None:
    known = References(purchase_order="EJ-1")
    told = References(purchase_order="EJ-1", service_code="MOB")
    assert joined_references(known, told, "R-1") == told
    assert joined_references(known, NO_REFERENCES, "R-1") == known
    with pytest.raises(Conflict, match="R-1") as refused:
        joined_references(known, References(purchase_order="EJ-2"), "R-1")
    assert refused.value.field == "purchase_order"


@pytest.mark.parametrize(
    ("known", "told", "kept"),
    [("", "", ""), ("A", "", "A"), ("", "B", "B"), ("A", "B", "A\nB"), ("A\nB", "B", "A\nB"), ("AB", "B", "AB\nB")],
)
def test_a_note_is_added_once(known: str, told: str, kept: str) -> None:
    assert joined_note(known, told) == kept
