"""Decide what one address must be sent about one slot, note that it is sent, and hand back its bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from training.calendar import rules
from training.calendar.formats import itip
from training.calendar.formats.event import EventText
from training.calendar.formats.mailbox import Mailbox, UnusableAddress
from training.calendar.queries import invitations, slots
from training.calendar.queries.invitations import Invitee, LastSent
from training.calendar.rules import InviteeRole, SlotFacts
from training.calendar.tables import Invitation, InvitationMessage
from training.directory.queries import PlatformView
from training.kernel import addresses, clock, db, settings
from training.kernel.i18n import _
from training.kernel.links import Purpose
from training.scheduling.rules import SessionState


@dataclass(frozen=True, slots=True)
class Prepared:
    """A calendar object that goes in a mail. `invitation` is the note that it was sent, `path` where to answer it.

    `before` is what the address was told until now: None the first time, and after a CANCEL.
    """

    method: itip.Method
    content: bytes
    invitation: int
    path: str
    role: InviteeRole
    off: bool  # the date leaves their calendar
    before: LastSent | None


async def prepare(name: str, email: str, slot: int, platform: PlatformView) -> Prepared | None:
    """What an address must be sent about `slot` now: a REQUEST, an update, a CANCEL, or (None) nothing.

    It is read from the present state, so that it converges however often, late or doubled it is asked. In the
    transaction of the mail it goes in: what is noted as sent is queued, and the other way round.
    """
    # A row that is not there yet cannot be locked, and two bookings of one contact may be confirmed at once. One lock
    # for the session: whoever writes to several of its addresses would else lock them in an order of their own.
    await db.execute(
        "select pg_advisory_xact_lock(hashtextextended('invitations:' || session, 0)) from slot where id = $1", slot
    )
    person = await invitations.invitee(slot, email)
    last = await invitations.told(slot, email)
    off = person is None
    if off and (last is None or last.method == "CANCEL"):
        return None  # nothing was said that must be taken back
    facts = await _facts(slot, person)
    if facts is None:
        return None
    role = last.role if person is None and last else person.role  # type: ignore[union-attr]
    text = _text(facts, role, platform, off=off)
    digest = rules.digest(_text(rules.worth_telling(facts, role), role, platform, off=off))
    if last is not None and not off and last.method != "CANCEL" and last.digest == digest:
        return None  # they know
    sequence, sent_at = _sequence(facts.sequence, text, last, off=off), _sent_at(last)
    note = await _note(slot, email, role, last, "CANCEL" if off else "REQUEST", sequence, sent_at, digest, text)
    path = _path(note, last.generation if last else 0, facts)
    known = last.answer if last and not rules.must_renew(last.sequence, sequence) else None
    method, content = _write(text, facts, _mailbox(name, email), platform, sequence, sent_at, known, off=off, path=path)
    return Prepared(method, content, note, path, role, off, None if last is None or last.method == "CANCEL" else last)


def _text(facts: SlotFacts, role: InviteeRole, platform: PlatformView, *, off: bool) -> EventText:
    return rules.event(
        facts,
        rules.AUDIENCE_OF[role],
        base_url=settings.current().base_url,
        contact=f"{platform.short_name}, {platform.phone}",
        uninvited=off,
        invited=True,
    )


def _sequence(own: int, text: EventText, last: LastSent | None, *, off: bool) -> int:
    """RFC 5546 2.1.4: grows on every CANCEL, when somebody is invited again after one, and when time or place change.

    It is the slot's `own`, unless a CANCEL put this address ahead: then it goes on from what the address was told.
    """
    if last is None:
        return own
    told = (last.told_starts_at, last.told_ends_at, last.told_place)
    grows = off or last.method == "CANCEL" or rules.rescheduled(told, text)
    return max(own, last.sequence + grows)


def _sent_at(last: LastSent | None) -> datetime:
    """The DTSTAMP: whole seconds, and later than the last one's, for it decides between equal SEQUENCEs (2.1.5)."""
    now = clock.now().replace(microsecond=0)
    return now if last is None else max(now, last.sent_at + timedelta(seconds=1))


def _path(invitation: int, generation: int, facts: SlotFacts) -> str:
    return addresses.linked(Purpose.INVITATION, invitation, generation, since=facts.ends_at)


def _mailbox(name: str, email: str) -> Mailbox | None:
    """None: nothing can be sent there. The mail says so when it leaves, and nobody else's waits for it."""
    try:
        return Mailbox(name, email)
    except UnusableAddress:
        return None


def _write(
    text: EventText,
    facts: SlotFacts,
    attendee: Mailbox | None,
    platform: PlatformView,
    sequence: int,
    sent_at: datetime,
    known: str | None,
    *,
    off: bool,
    path: str,
) -> tuple[itip.Method, bytes]:
    organizer = Mailbox(platform.short_name, platform.email)
    if attendee is None or attendee.same_as(organizer):
        # nobody can be invited by themselves, nor taken off: their program would say « you are the organiser »
        return "PUBLISH", itip.publish(text, organizer=organizer, sequence=sequence, sent_at=sent_at)
    message = {"organizer": organizer, "attendee": attendee, "sequence": sequence, "sent_at": sent_at}
    if not off:
        # Outlook shows the description and not the mail: the way to answer is there too
        answer = _("Répondre : {address}").format(address=addresses.absolute(path))
        text = replace(text, description=f"{text.description}\n{answer}")
        # an update that reschedules nothing does not ask again what was answered
        partstat = rules.PARTSTAT[rules.Answer(known)] if known else "NEEDS-ACTION"
        return "REQUEST", itip.request(text, partstat=partstat, **message)  # type: ignore[arg-type]
    # STATUS:CANCELLED only when the event itself is called off (RFC 5546 3.2.5)
    take_back = itip.cancel if facts.state == SessionState.CANCELLED else itip.uninvite
    return "CANCEL", take_back(text, **message)  # type: ignore[arg-type]


async def _facts(slot: int, person: Invitee | None) -> SlotFacts | None:
    if person is not None and person.role is InviteeRole.FACILITATOR and person.facilitator is not None:
        return await slots.for_facilitator(slot, person.facilitator)
    if person is not None and person.role is InviteeRole.CONTACT and person.organisation is not None:
        return await slots.for_organisation(slot, person.organisation)
    return await slots.for_anyone(slot)


async def _note(
    slot: int,
    email: str,
    role: InviteeRole,
    last: LastSent | None,
    method: str,
    sequence: int,
    sent_at: datetime,
    digest: bytes,
    text: EventText,
) -> int:
    told: dict[Any, Any] = {
        Invitation.role: role,
        Invitation.method: method,
        Invitation.sequence: sequence,
        Invitation.digest: digest,
        Invitation.told_starts_at: text.starts_at,
        Invitation.told_ends_at: text.ends_at,
        Invitation.told_place: rules.place(text),
        Invitation.sent_at: sent_at,
    }
    if last is not None:
        if rules.must_renew(last.sequence, sequence):
            told |= {Invitation.answer: None, Invitation.answered_at: None}
        await Invitation.update(told).where(Invitation.id == last.id)
        invitation = last.id
    else:
        made = await Invitation.insert(
            Invitation({**told, Invitation.slot: slot, Invitation.email: email.lower()})
        ).returning(Invitation.id)
        invitation = int(made[0]["id"])
    await InvitationMessage.insert(
        InvitationMessage(invitation=invitation, method=method, sequence=sequence, digest=digest, sent_at=sent_at)
    )
    return invitation
