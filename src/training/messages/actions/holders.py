"""Who holds seats that are not confirmed has nothing in a calendar: they are told of each move in words, once.

What each was told of a date is a row (`told_date`): a move is news to whom another time or place was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.bookings.rules.states import NAMEABLE, BookingState
from training.kernel import db
from training.scheduling.queries import SlotView

HOLDING = NAMEABLE - {BookingState.CONFIRMED}


@dataclass(frozen=True, slots=True)
class _Date:
    slot: int
    starts_at: datetime
    ends_at: datetime
    place: str


def _date(slot: SlotView) -> _Date:
    town = " ".join(filter(None, (slot.postcode, slot.city)))
    return _Date(slot.id, slot.starts_at, slot.ends_at, ", ".join(filter(None, (slot.venue, slot.address, town))))


async def note_dates(booking: int, slots: Sequence[SlotView]) -> None:
    """The contact of a booking is told these dates, in this transaction."""
    dates = [_date(slot) for slot in slots]
    await db.execute(
        _NOTE,
        booking,
        [date.slot for date in dates],
        [date.starts_at for date in dates],
        [date.ends_at for date in dates],
        [date.place for date in dates],
    )


_NOTE = """
    insert into told_date (booking, slot, starts_at, ends_at, place)
    select $1, * from unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::text[])
    on conflict (booking, slot)
    do update set starts_at = excluded.starts_at, ends_at = excluded.ends_at, place = excluded.place
"""


async def told_otherwise(session: int, slots: Sequence[SlotView]) -> set[int]:
    """Bookings of a session that were told another time or place than it has now.

    Not those that were told nothing yet: their first mail will say what is so when it is written.
    """
    now = {slot.id: _date(slot) for slot in slots}
    sql = """
        select d.booking, d.slot, d.starts_at, d.ends_at, d.place
        from told_date d join slot t on t.id = d.slot where t.session = $1
    """
    rows = await db.rows(_Told, sql, session)
    return {row.booking for row in rows if row.date != now[row.date.slot]}


@dataclass(frozen=True, slots=True)
class _Told:
    booking: int
    date: _Date
