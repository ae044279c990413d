"""What fell with a session and comes back with it: as it was, with a fresh term where it had one. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.bookings.rules.seats import option_ends, request_ends
from training.bookings.rules.states import OCCUPYING, BookingState
from training.directory.rules.organisations import OrganisationState
from training.scheduling.rules import LockedSession

S = BookingState


@dataclass(frozen=True, slots=True)
class Fallen:
    """A booking that fell with its session, what it was before, and where its organisation stands by now."""

    id: int
    seats: int
    earlier: BookingState
    organisation: OrganisationState


@dataclass(frozen=True, slots=True)
class Back:
    """How a booking comes back."""

    state: BookingState
    expires_at: datetime | None = None


def comes_back(fallen: Fallen, session: LockedSession, left: int, now: datetime) -> Back | None:
    """How a booking is when its session takes place after all; None where its contact has to book anew.

    `left`: seats that nobody has. A request follows its organisation, which may have been approved or refused
    meanwhile; what waits for an answer needs time for one, before bookings close.
    """
    if fallen.earlier in OCCUPYING and fallen.seats > left:
        return None
    if fallen.earlier == S.CONFIRMED:
        return Back(S.CONFIRMED)
    if session.closes_at <= now:
        return None
    if fallen.earlier == S.WAITING:
        return Back(S.WAITING)
    if fallen.earlier != S.PENDING:
        return Back(fallen.earlier, option_ends(session, now))
    return {
        OrganisationState.APPROVED: Back(S.CONFIRMED),
        OrganisationState.PENDING: Back(S.PENDING, request_ends(session, now)),
    }.get(fallen.organisation)
