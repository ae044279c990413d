"""The only place where time is made: instants are aware and in UTC, days are the platform's.

Tests freeze it with `frozen(instant)`; everything that asks here then agrees.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")  # the platform's zone: people read and type its wall clock

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The present day on the platform's calendar: an invoice issued at 0 h 30 in Paris is of the new day."""
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """An instant as the platform's wall clock shows it. Naive datetimes are refused: nobody knows what they mean."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no instant: make times in kernel/clock.py")
    return instant.astimezone(PARIS)


def at(day: date, wall: time) -> datetime:
    """The instant (UTC) at which the platform's wall clock shows `day`, `wall`.

    In the hour that happens twice in October the first is meant; a time that March skips moves forward.
    """
    return datetime.combine(day, wall, PARIS).astimezone(UTC)


@contextlib.contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Stop the clock at `instant` for the current context (tests, and the demo, which writes its past year)."""
    if instant.tzinfo is None:
        raise ValueError("freeze the clock at an aware instant")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
