"""Decide what one person must be sent about one slot, note that it is sent, and hand back its bytes."""

from __future__ import annotations

from dataclasses import dataclass

from training.calendar import queries, rules
from training.calendar.formats import itip
from training.calendar.formats.event import EventText
from training.calendar.formats.mailbox import Mailbox
from training.calendar.rules import Audience, SlotFacts
from training.calendar.tables import Invitation
from training.directory.queries import PlatformView
from training.kernel import clock, db, settings
from training.scheduling.rules import SessionState


@dataclass(frozen=True, slots=True)
class Invitee:
    """A person with an address: a contact of an organisation, or a facilitator; one of the two ids is given."""

    name: str
    email: str
    contact: int | None = None
    organisation: int | None = None
    facilitator: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A calendar object that goes in a mail; `invitation` is the note that it was sent."""

    method: itip.Method
    content: bytes
    invitation: int


@dataclass(frozen=True, slots=True)
class _Sent:
    id: int
    method: str
    sequence: int
    digest: bytes


async def prepare(person: Invitee, slot: int, platform: PlatformView) -> Prepared | None:
    """What `person` must be sent about `slot` now: a REQUEST, an update, a CANCEL, or (None) nothing.

    In the transaction of the mail it goes in, so that what is noted as sent is queued, and the other way round.
    """
    # a row that is not there yet cannot be locked, and two bookings of one contact may be confirmed at once
    key = f"invitation:{slot}:{person.contact}:{person.facilitator}"
    await db.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", key)
    facts = await _facts(person, slot)
    last = await db.row(_Sent, _LAST, slot, person.contact, person.facilitator)
    if facts is None:
        return None
    off = facts.cancelled or facts.state == SessionState.CANCELLED
    if off and (last is None or last.method == "CANCEL"):
        return None  # nothing was said that must be taken back
    audience = Audience.FACILITATOR if person.facilitator else Audience.ORGANISATION
    text = rules.event(
        facts, audience, base_url=settings.current().base_url, contact=f"{platform.short_name}, {platform.phone}"
    )
    digest = rules.digest(text)
    if last is not None and not off and last.method != "CANCEL" and last.digest == digest:
        return None  # they know
    sequence = _sequence(facts, last, off)
    method, content = _write(text, facts, person, platform, sequence, off=off)
    note = await _note(person, slot, last, "CANCEL" if off else method, sequence, digest)
    return Prepared(method, content, note)


def _sequence(facts: SlotFacts, last: _Sent | None, off: bool) -> int:
    """RFC 5546 2.1.4: grows with the slot's own, on every CANCEL, and when somebody is invited again after one."""
    if last is None:
        return facts.sequence
    return max(facts.sequence, last.sequence + 1 if off or last.method == "CANCEL" else last.sequence)


def _write(
    text: EventText, facts: SlotFacts, person: Invitee, platform: PlatformView, sequence: int, *, off: bool
) -> tuple[itip.Method, bytes]:
    organizer, attendee = Mailbox(platform.short_name, platform.email), Mailbox(person.name, person.email)
    now = clock.now()
    if attendee.same_as(organizer):
        # nobody can be invited by themselves, nor taken off: their program would say « you are the organiser »
        return "PUBLISH", itip.publish(text, organizer=organizer, sequence=sequence, sent_at=now)
    message = {"organizer": organizer, "attendee": attendee, "sequence": sequence, "sent_at": now}
    if not off:
        return "REQUEST", itip.request(text, **message)  # type: ignore[arg-type]
    # STATUS:CANCELLED only when the event itself is called off (RFC 5546 3.2.5)
    take_back = itip.cancel if facts.state == SessionState.CANCELLED else itip.uninvite
    return "CANCEL", take_back(text, **message)  # type: ignore[arg-type]


async def _facts(person: Invitee, slot: int) -> SlotFacts | None:
    if person.facilitator is not None:
        return await queries.for_facilitator(slot, person.facilitator)
    if person.organisation is None:
        raise ValueError("a contact is of an organisation")
    return await queries.for_organisation(slot, person.organisation)


async def _note(person: Invitee, slot: int, last: _Sent | None, method: str, sequence: int, digest: bytes) -> int:
    now = clock.now()
    if last is not None:
        await Invitation.update(
            {
                Invitation.method: method,
                Invitation.sequence: sequence,
                Invitation.digest: digest,
                Invitation.sent_at: now,
            }
        ).where(Invitation.id == last.id)
        return last.id
    made = await Invitation.insert(
        Invitation(
            slot=slot,
            contact=person.contact,
            facilitator=person.facilitator,
            method=method,
            sequence=sequence,
            digest=digest,
            sent_at=now,
        )
    ).returning(Invitation.id)
    return int(made[0]["id"])


_LAST = """
    select id, method, sequence, digest from invitation
    where slot = $1 and contact is not distinct from $2 and facilitator is not distinct from $3 for update
"""
