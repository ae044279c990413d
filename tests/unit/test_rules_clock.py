"""Instants in UTC, days in Paris, and a clock that stops."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.kernel import clock


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_after_midnight_in_paris_it_is_the_new_day() -> None:
    with clock.frozen(datetime(2027, 6, 30, 22, 30, tzinfo=UTC)):
        assert clock.today() == date(2027, 7, 1)


def test_the_clock_stops_and_goes_on() -> None:
    instant = datetime(2027, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=1)))
    with clock.frozen(instant):
        assert clock.now() == instant
        assert clock.now().tzinfo is UTC
        with clock.frozen(instant + timedelta(days=1)):
            assert clock.today() == date(2027, 3, 2)
        assert clock.now() == instant
    assert clock.now() > datetime(2025, 1, 1, tzinfo=UTC)
    assert clock.now() != instant


def test_it_goes_on_after_a_failure() -> None:
    instant = datetime(2001, 1, 1, tzinfo=UTC)
    with pytest.raises(LookupError), clock.frozen(instant):
        raise LookupError
    assert clock.now() != instant


def test_a_task_takes_the_stopped_clock_with_it() -> None:
    async def ask() -> date:
        return clock.today()

    async def whole() -> tuple[date, date]:
        with clock.frozen(datetime(2001, 1, 1, 12, tzinfo=UTC)):
            inside = asyncio.create_task(ask())
        return await inside, await ask()

    inside, outside = asyncio.run(whole())
    assert inside == date(2001, 1, 1)
    assert outside != inside


@pytest.mark.parametrize("use", [clock.local, lambda naive: clock.frozen(naive).__enter__()])
def test_a_naive_time_means_nothing(use) -> None:
    with pytest.raises(ValueError, match=r"aware|naive"):
        use(datetime(2027, 3, 1, 12, 0))  # noqa: DTZ001 - that is the point


def test_winter_and_summer() -> None:
    nine = time(9)
    assert clock.at(date(2027, 1, 15), nine) == datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
    assert clock.at(date(2027, 7, 15), nine) == datetime(2027, 7, 15, 7, 0, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_the_first_one() -> None:
    """31 October 2027, 2:30 is first summer time, an hour later winter time."""
    assert clock.at(date(2027, 10, 31), time(2, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_the_hour_that_march_skips_moves_forward() -> None:
    made = clock.at(date(2027, 3, 28), time(2, 30))
    assert clock.local(made).time() == time(3, 30)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.times())
def test_what_the_wall_shows_is_what_was_asked(day: date, wall: time) -> None:
    shown = clock.local(clock.at(day, wall))
    skipped = shown.time() != wall
    assert shown.date() == day
    assert not skipped or (day.month == 3 and day.weekday() == 6 and wall.hour == 2)
