"""The session that a paper is about is the one of all its bookings, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

import makers
from training.billing.queries.talons import talon_of, talon_of_session

pytestmark = pytest.mark.anyio


async def test_the_bookings_of_one_session_are_shown_with_all_their_places(database_test: None) -> None:
    town = await makers.make_town()
    first = await makers.make_booking(town, seats=4)
    beside = await makers.book_beside(town, seats=3)
    talon = await talon_of([first.id, beside.id])
    assert talon is not None
    assert (talon.count, talon.dates) == (7, 1)
    assert talon.title
    assert talon.city


async def test_two_sessions_or_none_are_no_session(database_test: None) -> None:
    town = await makers.make_town()
    other = replace(town, session=await makers.make_session(town.offer))
    here, there = await makers.make_booking(town, seats=4), await makers.make_booking(other, seats=3)
    assert await talon_of([here.id, there.id]) is None
    assert await talon_of([]) is None
    assert await talon_of_session(0, 3) is None
