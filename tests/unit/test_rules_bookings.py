"""What may be booked, by whom, until when; and every move of a booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.bookings.rules import states, who_may
from training.bookings.rules.seats import SessionClosed, check_bookable, check_open, new_reference, seats_missing
from training.bookings.rules.states import BOOKING_MOVES, BookingState
from training.bookings.rules.who_may import Standing
from training.kernel.errors import Conflict, Forbidden, Invalid
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
        ({"closes_at": NOW}, "sont closes"),
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
