"""States of bookings, and which follows which. No I/O."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from training.kernel.errors import Conflict
from training.kernel.i18n import N_, _


class BookingState(StrEnum):
    """`pending`: the organisation is not known yet; `offered`: from the waiting list, for a time."""

    PENDING = "pending"
    OPTION = "option"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    WAITING = "waiting"


S = BookingState

BOOKING_MOVES: dict[BookingState, frozenset[BookingState]] = {
    S.PENDING: frozenset({S.CONFIRMED, S.DECLINED, S.CANCELLED, S.EXPIRED}),
    S.OPTION: frozenset({S.CONFIRMED, S.CANCELLED, S.EXPIRED}),
    S.OFFERED: frozenset({S.CONFIRMED, S.DECLINED, S.CANCELLED, S.EXPIRED}),
    S.WAITING: frozenset({S.OFFERED, S.CANCELLED, S.EXPIRED}),
    S.CONFIRMED: frozenset({S.CANCELLED}),
    S.CANCELLED: frozenset(),
    S.DECLINED: frozenset(),
    S.EXPIRED: frozenset(),
}
OCCUPYING = frozenset({S.PENDING, S.OPTION, S.OFFERED, S.CONFIRMED})  # as booking_occupies() in SQL
NAMEABLE = OCCUPYING | {S.WAITING}  # as long as they may come; as booking_may_come() in SQL
ENDED = frozenset(BookingState) - NAMEABLE
IN_LINE = frozenset({S.OFFERED, S.WAITING})  # stands on the waiting list, or came up; as booking_in_line() in SQL
EXPIRING = frozenset({S.PENDING, S.OPTION, S.OFFERED})  # undecided, for a time; as booking_expires() in SQL


class AskedBy(StrEnum):
    """How a booking that the team wrote down was asked for."""

    PHONE = "phone"
    MAIL = "mail"
    PAPER = "paper"
    VISIT = "visit"


ASKED_NAMES: dict[AskedBy, str] = {
    AskedBy.PHONE: N_("par téléphone"),
    AskedBy.MAIL: N_("par courriel"),
    AskedBy.PAPER: N_("sur papier"),
    AskedBy.VISIT: N_("sur place"),
}


class EndedBy(StrEnum):
    """Who ended a booking."""

    ORGANISATION = "organisation"
    PLATFORM = "platform"
    SYSTEM = "system"  # its time ran out


class SeatsOrigin(StrEnum):
    """Why a booking's number of seats changed."""

    RESIZED = "resized"  # somebody said how many
    ADDED = "added"  # the organisation booked again
    MERGED = "merged"  # an offer from the waiting list was accepted beside it


def is_late(state: BookingState, expires_at: datetime | None, now: datetime) -> bool:
    """Whether its time to be decided has run out, swept or not."""
    return state in EXPIRING and expires_at is not None and expires_at <= now


def check_move(current: BookingState, wanted: BookingState, expires_at: datetime | None, now: datetime) -> None:
    """Conflict unless a booking may go from one state to the other; past its time it is refused unswept."""
    if wanted == S.CONFIRMED and is_late(current, expires_at, now):
        raise Conflict(already(S.EXPIRED))
    if wanted not in BOOKING_MOVES[current]:
        raise Conflict(already(current))


def already(state: BookingState) -> str:
    """Why nothing more becomes of a booking in this state."""
    words = {
        S.CONFIRMED: _("Cette réservation est déjà confirmée."),
        S.CANCELLED: _("Cette réservation est déjà annulée."),
        S.DECLINED: _("Cette réservation a été refusée."),
        S.EXPIRED: _("Cette réservation a expiré : refaites-en une."),
    }
    return words.get(state, _("Cette réservation ne le permet pas dans son état actuel."))
