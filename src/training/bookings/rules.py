"""States of bookings, who may move them, and what may be booked. No I/O."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _, ngettext
from training.scheduling.rules import BOOKABLE, LockedSession, SessionFull, SessionKind, SessionState

OPTION_LIFE = timedelta(days=7)
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # read aloud without mistake: no 0/O, no 1/I


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
    S.PENDING: frozenset({S.CONFIRMED, S.DECLINED, S.CANCELLED}),
    S.OPTION: frozenset({S.CONFIRMED, S.CANCELLED, S.EXPIRED}),
    S.OFFERED: frozenset({S.CONFIRMED, S.DECLINED, S.CANCELLED, S.EXPIRED}),
    S.WAITING: frozenset({S.OFFERED, S.CANCELLED, S.EXPIRED}),
    S.CONFIRMED: frozenset({S.CANCELLED}),
    S.CANCELLED: frozenset(),
    S.DECLINED: frozenset(),
    S.EXPIRED: frozenset(),
}
OCCUPYING = frozenset({S.PENDING, S.OPTION, S.OFFERED, S.CONFIRMED})  # as booking_occupies() in the database
NAMEABLE = OCCUPYING | {S.WAITING}  # as long as they may come
EXPIRING = frozenset({S.OPTION, S.OFFERED})


class MayCancel(StrEnum):
    """Who may cancel a booking, and until when."""

    ORGANISATION = "organisation"  # with Permission.BOOKINGS_CANCEL there, until the session starts
    PLATFORM = "platform"  # with Permission.BOOKINGS_CANCEL at large, until the session is held


class SessionClosed(Conflict):
    """The session takes no bookings any more, or not yet."""

    slug = "session-closed"


class KeyReused(Invalid):
    """An Idempotency-Key came back with another body."""

    slug = "idempotency-key-reused"


def new_reference() -> str:
    """As "R-7F3K2QM": what people say on the telephone."""
    return "R-" + "".join(secrets.choice(_ALPHABET) for _i in range(7))


def check_bookable(session: LockedSession, organisation: int, seats: int, now: datetime) -> None:
    """Raise unless `organisation` may take `seats` seats of the session now: as `check_open`, and SessionFull."""
    check_open(session, organisation, seats, now)
    if seats > session.seats_left:
        raise seats_missing(session.seats_left)


def option_ends(session: LockedSession, now: datetime) -> datetime:
    """When an option made now ends: in a week, and never after bookings close."""
    return min(now + OPTION_LIFE, session.closes_at)


def check_open(session: LockedSession, organisation: int, seats: int, now: datetime) -> None:
    """Raise unless `organisation` may ask for `seats` seats now, however many are left.

    Invalid: not a number of seats. SessionClosed: over, cancelled, not published or somebody else's.
    """
    if seats < 1:
        raise Invalid(_("Indiquez combien de personnes viendront : une au moins."), field="seats")
    if session.kind == SessionKind.PRIVATE and session.organisation != organisation:
        raise SessionClosed(_("Cette séance est réservée à une autre structure."))
    if session.state not in BOOKABLE:
        raise SessionClosed(_("Cette séance n’est pas ouverte à la réservation."))
    if session.starts_at <= now:
        raise SessionClosed(_("Cette séance a déjà commencé ou est passée : choisissez une autre date."))
    if session.closes_at <= now:
        raise SessionClosed(
            _("Les inscriptions à cette séance sont closes : appelez-nous, ou choisissez une autre date.")
        )


def check_participants(names: Sequence[str], seats: int) -> None:
    """Invalid when there are more names than seats, or a participant without one."""
    if len(names) > seats:
        sentence = _("Il y a plus de noms que de places : retirez-en, ou réservez d’autres places.")
        raise Invalid(sentence, field="participants")
    if not all(name.strip() for name in names):
        raise Invalid(_("Chaque participant a un nom."), field="participants")


def seats_missing(left: int) -> SessionFull:
    """The refusal that says how many are left."""
    if left <= 0:
        detail = _("Cette séance est complète : choisissez une autre date, ou appelez-nous.")
    else:
        detail = ngettext(
            "Il reste %(num)d place : demandez-en une, ou choisissez une autre date.",
            "Il reste %(num)d places : demandez-en %(num)d ou moins, ou choisissez une autre date.",
            left,
        ) % {"num": left}
    return SessionFull(detail, field="seats", seats_left=max(left, 0))


def check_move(current: BookingState, wanted: BookingState, expires_at: datetime | None, now: datetime) -> None:
    """Conflict unless a booking may go from one state to the other; an option past its time is refused unswept."""
    if current in EXPIRING and wanted == S.CONFIRMED and expires_at is not None and expires_at <= now:
        raise Conflict(_("Cette option a expiré : refaites une réservation."))
    if wanted not in BOOKING_MOVES[current]:
        raise Conflict(_already(current))


def check_cancel(by: MayCancel, session: LockedSession, now: datetime) -> None:
    """Conflict when it is too late for this kind of person to cancel."""
    if session.state == SessionState.HELD:
        raise Conflict(_("La séance a eu lieu : elle ne s’annule plus."))
    if by == MayCancel.ORGANISATION and session.starts_at <= now:
        raise Conflict(_("La séance a commencé : appelez-nous pour en parler."))


def _already(state: BookingState) -> str:
    words = {
        S.CONFIRMED: _("Cette réservation est déjà confirmée."),
        S.CANCELLED: _("Cette réservation est déjà annulée."),
        S.DECLINED: _("Cette réservation a été refusée."),
        S.EXPIRED: _("Cette option a expiré : refaites une réservation."),
    }
    return words.get(state, _("Cette réservation ne le permet pas dans son état actuel."))
