"""Head-counts: how many of each booking's seats were filled."""

from __future__ import annotations

from piccolo.columns import Integer, Serial, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from training.bookings.tables import Booking
from training.kernel.columns import belongs_to, instant, short_text
from training.scheduling.tables import Session


class Holding(Table, tablename="holding"):
    """The fact that a session was held, once: said by whom is in the audit."""

    id: Serial
    session = belongs_to(Session, unique=True)
    held_at = instant()
    early_reason = short_text(400, null=True)  # why it counted as held before its end
    earlier = Varchar(length=20, default="published")  # the session's state before
    actor_kind = short_text(10, null=True)  # who said so: a person may be mistaken


class Unholding(Table, tablename="unholding"):
    """That a session was said to be held by mistake, and why that was taken back. Triggers refuse UPDATE and DELETE."""

    id: Serial
    session = belongs_to(Session)
    held_at = instant()
    undone_at = instant()
    reason = short_text(400)


class HeadCount(Table, tablename="head_count"):
    """How many came for a booking: the proof of service when no sheet was signed."""

    id: Serial
    booking = belongs_to(Booking, unique=True)
    present = Integer(default=None)
    counted_at = instant()

    head_count_is_not_negative = Check("present >= 0")
