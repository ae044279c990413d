"""States of bookings, who may move them, and what may be booked. No I/O."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Forbidden, Invalid, allows
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
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
OCCUPYING = frozenset({S.PENDING, S.OPTION, S.OFFERED, S.CONFIRMED})  # as booking_occupies() in SQL
NAMEABLE = OCCUPYING | {S.WAITING}  # as long as they may come; as booking_may_come() in SQL
EXPIRING = frozenset({S.OPTION, S.OFFERED})


class EndedBy(StrEnum):
    """Who ended a booking."""

    ORGANISATION = "organisation"
    PLATFORM = "platform"
    SYSTEM = "system"  # the option ran out, or its session was held without an answer


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules need of a booking: whose it is, where it stands, and its session."""

    organisation: int
    state: BookingState
    expires_at: datetime | None
    session_state: SessionState
    starts_at: datetime


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


# What may be done to a booking. `check_…` decides for the action, with words; `may_…` is the same for the page, with
# the right to do it. `team`: whether who asks holds the permission at large.


def check_confirm(booking: Standing, now: datetime, *, team: bool) -> None:
    """A request waits for the team; an option is confirmed by its organisation until the session starts.

    The team may until the session is held: the group came all the same.
    """
    if booking.state == S.PENDING and not team:
        raise Forbidden(_("Votre structure attend d’être validée : la réservation le sera avec elle."))
    check_move(booking.state, S.CONFIRMED, booking.expires_at, now)
    if booking.session_state not in BOOKABLE or (booking.starts_at <= now and not team):
        raise SessionClosed(_("Cette séance a déjà commencé ou est passée : choisissez une autre date."))


def may_confirm(actor: Actor, booking: Standing, now: datetime) -> bool:
    """Whether the page offers to confirm."""
    team = actor.may(Permission.BOOKINGS_CONFIRM)
    there = actor.may(Permission.BOOKINGS_CONFIRM, organisation=booking.organisation)
    return there and allows(check_confirm, booking, now, team=team)


def check_decline(booking: Standing) -> None:
    """Only a request that waits for the team is refused."""
    if booking.state != S.PENDING:
        raise Conflict(_already(booking.state))


def may_decline(actor: Actor, booking: Standing) -> bool:
    """Whether the page offers to refuse: the team's."""
    return actor.may(Permission.BOOKINGS_CONFIRM) and allows(check_decline, booking)


def check_cancel(booking: Standing, now: datetime, *, team: bool) -> None:
    """An organisation cancels until the session starts, the team until it is held."""
    if booking.session_state == SessionState.HELD:
        raise Conflict(_("La séance a eu lieu : elle ne s’annule plus."))
    check_move(booking.state, S.CANCELLED, booking.expires_at, now)
    if booking.starts_at <= now and not team:
        raise Conflict(_("La séance a commencé : appelez-nous pour en parler."))


def may_cancel(actor: Actor, booking: Standing, now: datetime) -> bool:
    """Whether the page offers to cancel."""
    team = actor.may(Permission.BOOKINGS_CANCEL)
    there = actor.may(Permission.BOOKINGS_CANCEL, organisation=booking.organisation)
    return there and allows(check_cancel, booking, now, team=team)


def check_name(booking: Standing) -> None:
    """Participants are named as long as they may come."""
    if booking.state not in NAMEABLE:
        raise Conflict(_("Cette réservation n’est plus en cours : ses participants ne se nomment plus."))
    if booking.session_state in (SessionState.HELD, SessionState.CANCELLED):
        raise Conflict(_("La séance a eu lieu ou n’a pas lieu : les participants ne se nomment plus ici."))


def may_name(actor: Actor, booking: Standing) -> bool:
    """Whether the page asks who comes."""
    return actor.may(Permission.BOOKINGS_MAKE, organisation=booking.organisation) and allows(check_name, booking)


def check_tell(booking: Standing) -> None:
    """What the invoice will bear is told as long as there will be one."""
    if booking.state not in NAMEABLE:
        raise Conflict(_("Cette réservation n’est plus en cours : elle ne sera pas facturée."))


def may_tell(actor: Actor, booking: Standing) -> bool:
    """Whether the page asks for what the invoice will bear."""
    return actor.may(Permission.INVOICES_COMPLETE, organisation=booking.organisation) and allows(check_tell, booking)


def _already(state: BookingState) -> str:
    words = {
        S.CONFIRMED: _("Cette réservation est déjà confirmée."),
        S.CANCELLED: _("Cette réservation est déjà annulée."),
        S.DECLINED: _("Cette réservation a été refusée."),
        S.EXPIRED: _("Cette option a expiré : refaites une réservation."),
    }
    return words.get(state, _("Cette réservation ne le permet pas dans son état actuel."))
