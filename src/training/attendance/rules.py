"""When a session may be called held. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Forbidden, Invalid, allows
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.scheduling.rules import SessionState, check_move


class NotOver(Conflict):
    """The session's last slot has not ended."""

    slug = "session-not-over"


def check_hold(state: SessionState, ends_at: datetime, now: datetime, early_reason: str, *, may_early: bool) -> None:
    """A session that was published counts as held once, after its end, or before with a reason."""
    check_move(state, SessionState.HELD)
    check_time(ends_at, now, early_reason, may_early=may_early)


def may_hold(actor: Actor, session: int, state: SessionState, ends_at: datetime, now: datetime) -> bool:
    """Whether the page offers to mark it as held; before its end it then asks why."""
    may_early = actor.may(Permission.SESSIONS_HOLD_EARLY, session=session)
    said = "–" if may_early else ""  # the reason that will be typed
    there = actor.may(Permission.SESSIONS_HOLD, session=session)
    return there and allows(check_hold, state, ends_at, now, said, may_early=may_early)


def waits_for_its_end(actor: Actor, session: int, state: SessionState, ends_at: datetime, now: datetime) -> bool:
    """Whether this person may mark it as held, but not yet."""
    return may_hold(actor, session, state, ends_at, max(now, ends_at)) and not may_hold(
        actor, session, state, ends_at, now
    )


def check_present(seats: Mapping[int, int], present: Mapping[int, int], more: Mapping[int, int]) -> None:
    """Invalid, beside each number that cannot be; more than were booked is asked about, and `more` repeats it."""
    errors = {}
    for booking, number in present.items():
        if booking not in seats:
            raise Invalid(_("Cette réservation n’est pas de cette séance."), field=f"present-{booking}")
        if number < 0:
            errors[f"present-{booking}"] = _("Un nombre de présents est zéro ou plus.")
        elif number > seats[booking] and more.get(booking) != number:
            words = _("{n} présents, pour {seats} réservés : est-ce juste ? Si oui, cochez la case.")
            errors[f"present-{booking}"] = words.format(n=number, seats=seats[booking])
    if errors:
        raise Invalid(errors)


def check_undo_held(state: SessionState) -> None:
    """What was marked as held by mistake is put right; `billing.actions.undo_held` looks at what is issued."""
    if state != SessionState.HELD:
        raise Conflict(_("Personne n’a encore confirmé que cette séance a eu lieu."))


def check_ours(*, past: bool) -> None:
    """What came from a spreadsheet of former years was held: undone, it would be billed and told anew."""
    if past:
        raise Conflict(
            _("Cette séance vient d’un tableur des années passées : elle a eu lieu, et cela ne s’annule pas.")
        )


def may_undo_held(actor: Actor, session: int, state: SessionState, *, past: bool = False) -> bool:
    """Whether the page offers to undo it."""
    there = actor.may(Permission.SESSIONS_HOLD, session=session)
    return there and not past and allows(check_undo_held, state)


def check_time(ends_at: datetime, now: datetime, early_reason: str, *, may_early: bool) -> None:
    """Raise unless the session is over, or an administrator says why it counts as held before its end."""
    if now >= ends_at:
        return
    if not early_reason.strip():
        if may_early:
            words = _("Cette séance n’est pas finie : donnez le motif pour confirmer déjà qu’elle a eu lieu.")
            raise NotOver(words, field="early_reason")
        raise NotOver(_("Cette séance n’est pas finie : vous confirmerez après sa fin qu’elle a eu lieu."))
    if not may_early:
        raise Forbidden(
            _("Avant la fin, seule une personne qui administre la plateforme confirme que la séance a eu lieu.")
        )
