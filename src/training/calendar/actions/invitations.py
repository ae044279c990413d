"""Decide what one address must be sent about one slot, note that it is sent, and hand back its bytes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from training.calendar import rules
from training.calendar.formats import itip
from training.calendar.formats.event import EventText
from training.calendar.formats.mailbox import Mailbox, UnusableAddress
from training.calendar.queries import invitations, slots
from training.calendar.queries.invitations import Invitee, LastSent
from training.calendar.rules import InviteeRole, SlotFacts, Told
from training.calendar.tables import Invitation, InvitationMessage
from training.directory.queries import PlatformView
from training.kernel import addresses, clock, db, settings
from training.kernel.i18n import SOURCE, _, speaking
from training.kernel.links import Purpose
from training.scheduling.rules import SessionState


@dataclass(frozen=True, slots=True)
class Prepared:
    """A calendar object that goes in a mail. `invitation` is the note that it was sent, `path` where to answer it.

    `now` is what it is told, `before` what it was told until now: None the first time, and after a CANCEL.
    """

    method: itip.Method
    content: bytes
    invitation: int
    path: str
    role: InviteeRole
    off: bool  # the date leaves their calendar
    locale: str
    now: Told
    before: LastSent | None


async def prepare(
    name: str, email: str, slot: int, platform: PlatformView, *, counted: bool = False
) -> Prepared | None:
    """What an address must be sent about `slot` now: a REQUEST, an update, a CANCEL, or (None) nothing.

    `counted`: a group changed, and whoever facilitates or opens the door hears of it; who booked always does.
    It is read from the present state, so that it converges however often, late or doubled it is asked. In the
    transaction of the mail it goes in: what is noted as sent is queued, and the other way round.
    """
    await _lock(slot)
    person = await invitations.invitee(slot, email)
    last = await invitations.told(slot, email)
    if (off := person is None) and (last is None or last.method == "CANCEL"):
        return None  # nothing was said that must be taken back
    facts = await _facts(slot, person)
    if facts is None or facts.ends_at <= clock.now():
        return None  # nobody has to be anywhere yesterday
    role = last.role if person is None and last else person.role  # type: ignore[union-attr]
    now = rules.worth_telling(facts, role)
    if last is not None and not off and _knows(last, role, now, counted=counted):
        return None
    word = _Word(
        facts=facts,
        role=role,
        off=off,
        told=now,
        sequence=_sequence(facts.sequence, now, last, role, off=off),
        sent_at=_sent_at(last),
        organizer=(last.organizer if last else None) or platform.email,
        locale=person.locale if person else last.locale or SOURCE,  # type: ignore[union-attr]
    )
    with speaking(word.locale):
        text = _text(word, platform)
        note = await _note(slot, email, last, word, rules.digest(text))
        path = _path(note, last.generation if last else 0, facts)
        known = last.answer if last and not rules.must_renew(last.sequence, word.sequence) else None
        method, content = _write(word, text, _mailbox(name, email), platform, known, path)
    before = None if last is None or last.method == "CANCEL" else last
    return Prepared(method, content, note, path, role, off, word.locale, now, before)


async def _lock(slot: int) -> None:
    """A row that is not there yet cannot be locked, and two bookings of one contact may be confirmed at once. One lock
    for the session: whoever writes to several of its addresses would else lock them in an order of their own.
    """
    await db.execute(
        "select pg_advisory_xact_lock(hashtextextended('invitations:' || session, 0)) from slot where id = $1", slot
    )


@dataclass(frozen=True, slots=True)
class _Word:
    """What is said to one address about one date, before it is written."""

    facts: SlotFacts
    role: InviteeRole
    off: bool
    told: Told
    sequence: int
    sent_at: datetime
    organizer: str  # the same until the event is over, whatever the platform's address became: RFC 5546 3.2.2.6
    locale: str


def _text(word: _Word, platform: PlatformView) -> EventText:
    return rules.event(
        word.facts,
        rules.AUDIENCE_OF[word.role],
        base_url=settings.current().base_url,
        contact=f"{platform.short_name}, {platform.phone}",
        uninvited=word.off,
        invited=True,
    )


def _knows(last: LastSent, role: InviteeRole, now: Told, *, counted: bool) -> bool:
    asked = not rules.asks_anew(last.role, role, last.answer)
    told = (counted or role is InviteeRole.CONTACT) and now.recounts(last.told, always=counted)
    return asked and last.method != "CANCEL" and last.role == role and not told and not now.news(last.told)


def _sequence(own: int, now: Told, last: LastSent | None, role: InviteeRole, *, off: bool) -> int:
    """RFC 5546 2.1.4: grows on every CANCEL, when somebody is invited again after one, and when time or place change;
    and when an answer was about something else.

    It is the slot's `own`, unless a CANCEL put this address ahead: then it goes on from what the address was told.
    """
    if last is None:
        return own
    anew = rules.asks_anew(last.role, role, last.answer)
    grows = off or anew or last.method == "CANCEL" or now.reschedules(last.told)
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
    word: _Word, text: EventText, attendee: Mailbox | None, platform: PlatformView, known: str | None, path: str
) -> tuple[itip.Method, bytes]:
    organizer = Mailbox(platform.short_name, word.organizer)
    if attendee is None or attendee.same_as(organizer):
        # nobody can be invited by themselves, nor taken off: their program would say « you are the organiser »
        return "PUBLISH", itip.publish(text, organizer=organizer, sequence=word.sequence, sent_at=word.sent_at)
    message = {"organizer": organizer, "attendee": attendee, "sequence": word.sequence, "sent_at": word.sent_at}
    if not word.off:
        # Outlook shows the description and not the mail: the way to answer is there too
        answer = _("Répondre : {address}").format(address=addresses.absolute(path))
        text = replace(text, description=f"{text.description}\n{answer}")
        # an update that reschedules nothing does not ask again what was answered
        partstat = rules.PARTSTAT[rules.Answer(known)] if known else "NEEDS-ACTION"
        return "REQUEST", itip.request(text, partstat=partstat, **message)  # type: ignore[arg-type]
    # STATUS:CANCELLED only when the event itself is called off (RFC 5546 3.2.5)
    take_back = itip.cancel if word.facts.state == SessionState.CANCELLED else itip.uninvite
    return "CANCEL", take_back(text, **message)  # type: ignore[arg-type]


async def _facts(slot: int, person: Invitee | None) -> SlotFacts | None:
    if person is not None and person.role is InviteeRole.FACILITATOR and person.facilitator is not None:
        return await slots.for_facilitator(slot, person.facilitator)
    if person is not None and person.role is InviteeRole.CONTACT and person.organisation is not None:
        return await slots.for_organisation(slot, person.organisation)
    return await slots.for_anyone(slot)


async def _note(slot: int, email: str, last: LastSent | None, word: _Word, digest: bytes) -> int:
    method = "CANCEL" if word.off else "REQUEST"
    said: dict[str, Any] = {"method": method, "sequence": word.sequence, "digest": digest, "sent_at": word.sent_at}
    told: dict[Any, Any] = {
        Invitation.role: word.role,
        Invitation.organizer: word.organizer,
        Invitation.locale: word.locale,
        **{getattr(Invitation, name): value for name, value in said.items()},
        **{getattr(Invitation, f"told_{name}"): value for name, value in asdict(word.told).items()},
    }
    if last is not None:
        if rules.must_renew(last.sequence, word.sequence):
            told |= {Invitation.answer: None, Invitation.answered_at: None}
        await Invitation.update(told).where(Invitation.id == last.id)
        invitation = last.id
    else:
        made = await Invitation.insert(
            Invitation({**told, Invitation.slot: slot, Invitation.email: email.lower()})
        ).returning(Invitation.id)
        invitation = int(made[0]["id"])
    await InvitationMessage.insert(InvitationMessage(invitation=invitation, **said))
    return invitation
