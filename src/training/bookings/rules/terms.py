"""What becomes of a term when the session that it was set for moves, or bookings close on another day. No I/O."""

from __future__ import annotations

from datetime import datetime

from training.bookings.rules.seats import OPTION_LIFE, REQUEST_LIFE
from training.bookings.rules.states import BookingState
from training.kernel.workdays import after_workdays
from training.scheduling.rules import LockedSession


def refitted(state: BookingState, term: datetime, asked_at: datetime, session: LockedSession) -> datetime:
    """The term as it would have been, had the session always stood where it stands now.

    A request has its working days, and none after bookings close. An option or an offer keeps the day that its contact
    was told, as long as the session has not started by then.
    """
    if state == BookingState.PENDING:
        return min(max(term, after_workdays(asked_at, REQUEST_LIFE)), session.closes_at)
    if state == BookingState.OPTION:
        term = max(term, min(asked_at + OPTION_LIFE, session.closes_at))
    return min(term, session.starts_at)
