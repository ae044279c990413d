"""Who may confirm, refuse, cancel, resize, name people or tell references: one rule for action and page. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.bookings.rules.seats import SessionClosed
from training.bookings.rules.states import EXPIRING, NAMEABLE, BookingState, already, check_move, is_late
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Forbidden, Invalid, allows
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.scheduling.rules import BOOKABLE, SessionState

S = BookingState


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules need of a booking: whose it is, where it stands, and its session."""

    organisation: int
    state: BookingState
    expires_at: datetime | None
    session_state: SessionState
    starts_at: datetime


# What may be done to a booking. `check_…` decides for the action, with words; `may_…` is the same for the page, with
# the right to do it. `team`: whether who asks holds the permission at large.


def check_confirm(booking: Standing, now: datetime, *, team: bool) -> None:
    """A request waits for the team; an option is confirmed by its organisation until the session starts.

    The team may afterwards too, even once it was held and whatever the term: the group came all the same.
    """
    if booking.state == S.PENDING and not team:
        raise Forbidden(_("Votre structure attend d’être validée : la réservation le sera avec elle."))
    held = booking.session_state == SessionState.HELD  # before its date, perhaps
    begun = held or booking.starts_at <= now
    check_move(booking.state, S.CONFIRMED, None if team and begun else booking.expires_at, now)
    if not (held or booking.session_state in BOOKABLE) or (begun and not team):
        raise SessionClosed(_("Cette séance a déjà commencé ou est passée : choisissez une autre date."))


def may_confirm(actor: Actor, booking: Standing, now: datetime) -> bool:
    """Whether the page offers to confirm."""
    team = actor.may(Permission.BOOKINGS_CONFIRM)
    there = actor.may(Permission.BOOKINGS_CONFIRM, organisation=booking.organisation)
    return there and allows(check_confirm, booking, now, team=team)


def check_decline(booking: Standing) -> None:
    """Only a request that waits for the team is refused; after the session the question is another: did they come?"""
    if booking.state != S.PENDING:
        raise Conflict(already(booking.state))
    if booking.session_state == SessionState.HELD:
        raise Conflict(_("La séance a eu lieu : dites sur sa page si cette structure est venue."))


def may_decline(actor: Actor, booking: Standing) -> bool:
    """Whether the page offers to refuse: the team's."""
    return actor.may(Permission.BOOKINGS_CONFIRM) and allows(check_decline, booking)


def check_decide(booking: Standing) -> None:
    """After the session was held, what nobody had confirmed is decided: they came, or did not."""
    if booking.session_state != SessionState.HELD:
        raise Conflict(_("Personne n’a encore confirmé que cette séance a eu lieu."))
    if booking.state not in EXPIRING:
        raise Conflict(already(booking.state))


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


def none_kept() -> str:
    """Why no booking is of no seats."""
    return _("Une place au moins : pour n’en garder aucune, annulez la réservation.")


def check_resize(booking: Standing, now: datetime, *, before: int, seats: int, team: bool) -> None:
    """The number of seats changes as long as one may cancel: until the session starts, for the team until it is held.

    Never to none: that is cancelling. Whether so many more are left is `seats.check_more`'s.
    """
    if seats < 1:
        raise Invalid(none_kept(), field="seats")
    if booking.session_state == SessionState.HELD:
        raise Conflict(_("La séance a eu lieu : le nombre de places ne change plus."))
    begun = booking.starts_at <= now
    late = is_late(booking.state, booking.expires_at, now)
    if booking.state not in NAMEABLE or (late and not (team and begun)):
        raise Conflict(already(S.EXPIRED if late else booking.state))
    if begun and not team:
        raise Conflict(_("La séance a commencé : appelez-nous pour en parler."))
    if seats > before and booking.session_state not in BOOKABLE:
        raise SessionClosed(_("Cette séance n’est pas ouverte à la réservation."))


def may_resize(actor: Actor, booking: Standing, now: datetime) -> bool:
    """Whether the page offers another number of seats. Fewer, as cancelling does, asks for the right to cancel too."""
    team = actor.may(Permission.BOOKINGS_MAKE)
    there = actor.may(Permission.BOOKINGS_MAKE, organisation=booking.organisation)
    return there and allows(check_resize, booking, now, before=1, seats=1, team=team)


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
