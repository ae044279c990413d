"""What every table of moves has in common."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs_pages import MOVES
from training.messages.rules import RETRIES, next_wait

FIRST = {
    "session": {"draft", "published"},
    "assignment": {"proposed", "confirmed"},
    "booking": {"pending", "option", "confirmed", "waiting"},
    "invoice": {"draft"},
    "transmission": {"to_deposit"},
    "checkout": {"opening"},
    "mail": {"queued"},
}
FINAL = {
    "session": {"held"},
    "assignment": set(),  # whoever said no, or was replaced, may be asked again
    "booking": {"cancelled", "declined", "expired"},
    "invoice": {"issued"},
    "transmission": {"paid"},
    "checkout": {"paid"},
    "mail": set(),  # any mail can be sent again
}
TABLES = pytest.mark.parametrize("name", MOVES)


def reached(moves: Mapping[StrEnum, frozenset[StrEnum]], first: set[StrEnum]) -> set[StrEnum]:
    """Every state that can follow from these."""
    found = set(first)
    while more := {after for state in found for after in moves[state]} - found:
        found |= more
    return found


def states(name: str) -> type[StrEnum]:
    return type(next(iter(MOVES[name])))


@TABLES
def test_every_state_has_its_line(name: str) -> None:
    assert set(MOVES[name]) == set(states(name))
    assert set().union(*MOVES[name].values()) <= set(states(name))


@TABLES
def test_every_state_can_be_reached(name: str) -> None:
    first = {states(name)(state) for state in FIRST[name]}
    assert reached(MOVES[name], first) == set(states(name))


@TABLES
def test_final_states_are_final_and_no_other(name: str) -> None:
    assert {state.value for state, after in MOVES[name].items() if not after} == FINAL[name]


@TABLES
def test_nothing_moves_to_itself(name: str) -> None:
    assert [state for state, after in MOVES[name].items() if state in after] == []


@TABLES
def test_every_state_can_end(name: str) -> None:
    if FINAL[name]:
        ends = {states(name)(state) for state in FINAL[name]}
        assert [state for state in MOVES[name] if not reached(MOVES[name], {state}) & ends] == []


@given(st.data())
def test_whatever_the_walk_a_held_session_is_never_undone(data: st.DataObject) -> None:
    """However somebody clicks: the only way back is to reinstate what was called off, as it was."""
    moves = MOVES["session"]
    state = data.draw(st.sampled_from(sorted(moves)))
    for _ in range(6):
        if not moves[state]:
            assert state.value in FINAL["session"]
            return
        after = data.draw(st.sampled_from(sorted(moves[state])))
        assert after.value != "draft" or state.value == "cancelled"
        assert state.value != "cancelled" or after.value in ("draft", "published", "confirmed")
        state = after


def test_a_mail_is_tried_ever_later_then_given_up() -> None:
    assert list(RETRIES) == sorted(RETRIES)
    assert [next_wait(n) for n in range(1, len(RETRIES) + 1)] == list(RETRIES)
    assert next_wait(len(RETRIES) + 1) is None
