"""Moves of sessions, and slots that can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.kernel.errors import Conflict, Invalid
from training.scheduling import rules
from training.scheduling.rules import (
    SESSION_MOVES,
    SessionState,
    SlotTimes,
    check_move,
    check_paris_time,
    check_slots,
    zone_of,
)

NINE = datetime(2027, 3, 9, 8, 0, tzinfo=UTC)


def slot(start: float, end: float) -> SlotTimes:
    """Hours after NINE."""
    return SlotTimes(NINE + timedelta(hours=start), NINE + timedelta(hours=end))


@given(st.sampled_from(SessionState), st.sampled_from(SessionState))
def test_a_session_moves_as_the_table_says(current: SessionState, wanted: SessionState) -> None:
    if wanted in SESSION_MOVES[current]:
        check_move(current, wanted)
    else:
        with pytest.raises(Conflict, match="Cette séance est "):
            check_move(current, wanted)


def test_a_session_that_was_held_says_so() -> None:
    with pytest.raises(Conflict, match="Cette séance est réalisée"):
        check_move(SessionState.HELD, SessionState.CANCELLED)


def test_only_what_is_still_to_come_is_bookable() -> None:
    assert all(SessionState.HELD in SESSION_MOVES[state] for state in rules.BOOKABLE)
    assert not rules.BOOKABLE & {SessionState.DRAFT, SessionState.HELD, SessionState.CANCELLED}


def test_a_held_place_in_a_facilitator_s_day_can_be_given_back() -> None:
    for state in rules.HOLDING:
        assert rules.AssignmentState.WITHDRAWN in rules.ASSIGNMENT_MOVES[state]


@pytest.mark.parametrize(
    "slots",
    [
        [slot(0, 3)],
        [slot(0, 12)],
        [slot(0, 3), slot(3, 6)],  # one ends when the other begins
        [slot(24, 27), slot(0, 3)],
    ],
)
def test_slots_that_can_be(slots: list[SlotTimes]) -> None:
    check_slots(slots)


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ([], "au moins une date"),
        ([slot(3, 0)], "après son début"),
        ([slot(1, 1)], "après son début"),
        ([slot(0, 12.1)], "douze heures au plus"),
        ([slot(0, 3), slot(2.9, 6)], "se chevauchent"),
        ([slot(2.9, 6), slot(0, 3)], "se chevauchent"),
        ([slot(0, 3), slot(0, 3)], "se chevauchent"),
    ],
)
def test_slots_that_cannot(slots: list[SlotTimes], words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        check_slots(slots)
    assert refused.value.field == "slots"


def test_seats_left() -> None:
    session = rules.LockedSession(
        1, 1, rules.SessionKind.OPEN, None, SessionState.PUBLISHED, 60, 41, NINE, NINE, NINE + timedelta(hours=3)
    )
    assert session.seats_left == 19


@pytest.mark.parametrize("postcode", ["97110", "97200", "97300", "97400", "97500", "97600", "97133", "98600", "98800"])
def test_a_venue_overseas_is_refused_beside_its_commune(postcode: str) -> None:
    with pytest.raises(Invalid, match="outre-mer") as refusal:
        check_paris_time(zone_of(postcode), "commune")
    assert refusal.value.field == "commune"


@pytest.mark.parametrize("postcode", ["61000", "20000", "98000", ""])
def test_a_venue_on_the_clock_of_paris_is_welcome(postcode: str) -> None:
    check_paris_time(zone_of(postcode), "commune")
