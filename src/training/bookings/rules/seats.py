"""What may be booked: an open session, as long as it is not full. No I/O."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _, ngettext
from training.kernel.workdays import after_workdays
from training.scheduling.rules import BOOKABLE, LockedSession, SessionFull, SessionKind

OPTION_LIFE = timedelta(days=7)
REQUEST_LIFE = 5  # working days
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # read aloud without mistake: no 0/O, no 1/I


class SessionClosed(Conflict):
    """The session takes no bookings any more, or not yet."""

    slug = "session-closed"


class KeyReused(Invalid):
    """An Idempotency-Key came back with another body."""

    slug = "idempotency-key-reused"


def new_reference() -> str:
    """As "R-7F3K2QM": what people say on the telephone."""
    return "R-" + "".join(secrets.choice(_ALPHABET) for _i in range(7))


def check_bookable(session: LockedSession, organisation: int, seats: int, now: datetime, *, late: bool = False) -> None:
    """Raise unless `organisation` may take `seats` seats of the session now: as `check_open`, and SessionFull."""
    check_open(session, organisation, seats, now, late=late)
    if seats > session.seats_left:
        raise seats_missing(session.seats_left)


def check_more(session: LockedSession, organisation: int, had: int, seats: int, now: datetime, *, team: bool) -> None:
    """Raise unless a booking may grow from `had` seats to `seats`: as a new one; the team's until it is held."""
    if not team:
        check_open(session, organisation, seats, now)
    left = session.seats_left
    if seats - had > left:
        raise SessionFull(_none_more(had, left), field="seats", seats_left=max(left, 0))


def _none_more(had: int, left: int) -> str:
    if left <= 0:
        return _("Cette séance est complète : la réservation garde son nombre de places, ou en rend.")
    return ngettext(
        "Il reste %(num)d place : demandez-en %(most)d en tout au plus.",
        "Il reste %(num)d places : demandez-en %(most)d en tout au plus.",
        left,
    ) % {"num": left, "most": had + left}


def check_named(named: int, seats: int) -> None:
    """Invalid when fewer seats would be left than people are named: they are taken off first, by whoever knows them."""
    if seats < named:
        words = ngettext(
            "%(num)d personne est nommée : gardez %(num)d place au moins, ou retirez-la d’abord des participants.",
            "%(num)d personnes sont nommées : gardez %(num)d places au moins, ou retirez-en d’abord des participants.",
            named,
        )
        raise Invalid(words % {"num": named}, field="seats")


def check_waiting(session: LockedSession, seats: int) -> None:
    """Invalid when so many would not fit into the session were it empty."""
    if seats > session.capacity:
        raise Invalid(_("Cette séance n’a pas tant de places, même vide."), field="seats")


def option_ends(session: LockedSession, now: datetime) -> datetime:
    """When an option made now ends: in a week, and never after bookings close; once they are closed, when it starts."""
    return min(now + OPTION_LIFE, session.closes_at if session.closes_at > now else session.starts_at)


def request_ends(session: LockedSession, now: datetime) -> datetime:
    """When a request made now ends without an answer: in five working days, and never after bookings close."""
    return min(after_workdays(now, REQUEST_LIFE), session.closes_at)


def is_for(session: LockedSession, organisation: int) -> bool:
    """Whether it is open to all, or private to that organisation."""
    return session.kind != SessionKind.PRIVATE or session.organisation == organisation


def check_open(session: LockedSession, organisation: int, seats: int, now: datetime, *, late: bool = False) -> None:
    """Raise unless `organisation` may ask for `seats` seats now, however many are left.

    `late`: by the team, who answers the telephone until the session starts.

    Invalid: not a number of seats. SessionClosed: over, cancelled, not published or somebody else's.
    """
    if seats < 1:
        raise Invalid(_("Indiquez combien de personnes viendront : une au moins."), field="seats")
    if not is_for(session, organisation):
        raise SessionClosed(_("Cette séance est réservée à une autre structure."))
    if session.state not in BOOKABLE:
        raise SessionClosed(_("Cette séance n’est pas ouverte à la réservation."))
    if session.starts_at <= now:
        raise SessionClosed(_("Cette séance a déjà commencé ou est passée : choisissez une autre date."))
    if session.closes_at <= now and not late:
        raise SessionClosed(_("Cette séance ne se réserve plus en ligne : appelez-nous, ou choisissez une autre date."))


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
