"""Samples of the mails that carry a calendar object on their own: invited, changed, taken back, declined."""

from __future__ import annotations

from datetime import timedelta

from training.calendar.queries.invitations import LastSent
from training.calendar.rules import InviteeRole, Told
from training.demo import samples
from training.kernel import addresses
from training.messages.actions.outgoing import Letter, Reader
from training.scheduling.queries import AssignmentView
from training.scheduling.rules import AssignmentState, SessionState

PARTICIPANT = Reader("Noé Exemple", "noe.exemple@example.org")
HOST = Reader("Gérard Clé", "gerard.cle@example.org")


def _told() -> LastSent:
    slot = samples.slots()[0]
    return LastSent(
        id=1,
        slot=slot.id,
        email=PARTICIPANT.email or "",
        role=InviteeRole.PARTICIPANT,
        method="REQUEST",
        sequence=0,
        digest=b"",
        told_starts_at=slot.starts_at - timedelta(days=7),
        told_ends_at=slot.ends_at - timedelta(days=7),
        told_place="Salle des fêtes de Radon",
        told_title=samples.session().title,
        told_access="",
        told_seats=None,
        organizer=None,
        locale="fr",
        answer=None,
        answered_at=None,
        generation=0,
        sent_at=slot.starts_at - timedelta(days=30),
    )


def _now() -> Told:
    slot = samples.slots()[0]
    return Told(slot.starts_at, slot.ends_at, "Salle des fêtes de Radon", samples.session().title, "", None)


def following(occasion: str) -> Letter:
    """What `messages.actions.invitations` writes."""
    off = occasion == "uninvited"
    session = samples.session(SessionState.CANCELLED, "Verglas.") if off else samples.session()
    context = {
        "session": session,
        "slots": samples.slots(),
        "slot": samples.slots()[0],
        "role": InviteeRole.PARTICIPANT,
        "before": _told() if occasion == "session_changed" else None,
        "now": _now(),
        "method": "CANCEL" if off else "REQUEST",
        "answer": None if off else samples.ANSWER,
        "path": addresses.session(session.id),
    }
    return Letter(occasion, PARTICIPANT, ("session", session.id), context)


def counted(occasion: str) -> Letter:
    """What `messages.actions.resized` writes to whoever facilitates or opens the door."""
    session = samples.session()
    context = {
        "session": session,
        "slots": samples.slots(),
        "slot": samples.slots()[0],
        "seats": 14,
        "before": 12,
        "method": "REQUEST",
        "path": addresses.mission(session.id),
    }
    return Letter(occasion, HOST, ("session", session.id), context)


def declined(occasion: str) -> Letter:
    """What `messages.actions.facilitators` writes to the team when somebody says no."""
    slot = samples.slots()[0]
    view = AssignmentView(
        1, slot.id, 1, 1, "Aline Exemple", "aline.exemple@example.org", "06 39 98 00 01", AssignmentState.DECLINED, None
    )
    context = {
        "session": samples.session(),
        "assignment": view,
        "others": [],
        "slot": slot,
        "slots": samples.slots(),
        "path": addresses.office_session(1),
    }
    return Letter(occasion, samples.TEAM, ("assignment", 1), context)
