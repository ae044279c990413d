"""Messages about one event to one person (RFC 5546); who must be sent which, and when, is decided elsewhere.

`sequence` and `sent_at` are the message's own: every later message about a slot has a later DTSTAMP, and a greater
SEQUENCE when time, place or status changed and for every CANCEL (RFC 5546 2.1.4).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from icalendar import Event, vCalAddress

from training.calendar.formats.event import EventText, calendar_object, component
from training.calendar.formats.mailbox import Mailbox
from training.calendar.formats.vtimezone import vtimezone

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
PartStat = Literal["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE"]


class OwnInvitation(ValueError):
    """The person is the organiser: their program would say « you need not answer ». Publish to them instead."""


def request(
    event: EventText,
    *,
    organizer: Mailbox,
    attendee: Mailbox,
    sequence: int,
    sent_at: datetime,
    partstat: PartStat = "NEEDS-ACTION",
) -> bytes:
    """An invitation, or what changed about it: RFC 5546 3.2.2. Raises `OwnInvitation`."""
    if event.status == "CANCELLED":
        raise ValueError("a REQUEST is tentative or confirmed; cancel() says the other (RFC 5546 3.2.2)")
    part = component(event, stamp=sent_at, sequence=sequence)
    _address(part, organizer, attendee, partstat)
    return calendar_object({"METHOD": "REQUEST"}, [vtimezone(event.zone), part.to_ical()])


def cancel(event: EventText, *, organizer: Mailbox, attendee: Mailbox, sequence: int, sent_at: datetime) -> bytes:
    """The event does not take place, for anybody: RFC 5546 3.2.5."""
    part = _cancelled(event, organizer, attendee, sequence, sent_at)
    part["STATUS"] = "CANCELLED"
    return calendar_object({"METHOD": "CANCEL"}, [part.to_ical()])


def uninvite(event: EventText, *, organizer: Mailbox, attendee: Mailbox, sequence: int, sent_at: datetime) -> bytes:
    """The event takes place without this person: a CANCEL without STATUS (RFC 5546 3.2.5)."""
    part = _cancelled(event, organizer, attendee, sequence, sent_at)
    del part["STATUS"]
    return calendar_object({"METHOD": "CANCEL"}, [part.to_ical()])


def publish(event: EventText, *, organizer: Mailbox, sequence: int, sent_at: datetime) -> bytes:
    """A file to download and add by hand: nobody is invited and nobody is named (RFC 5546 3.2.1)."""
    part = component(event, stamp=sent_at, sequence=sequence)
    part.add("ORGANIZER", _cal_address(organizer))
    return calendar_object({"METHOD": "PUBLISH"}, [vtimezone(event.zone), part.to_ical()])


def _cancelled(event: EventText, organizer: Mailbox, attendee: Mailbox, sequence: int, sent_at: datetime) -> Event:
    # In UTC: some Outlooks refuse a CANCEL that names a zone.
    part = component(event, stamp=sent_at, sequence=sequence, utc=True)
    _address(part, organizer, attendee, None)
    return part


def _address(part: Event, organizer: Mailbox, attendee: Mailbox, partstat: PartStat | None) -> None:
    if attendee.same_as(organizer):
        raise OwnInvitation("the recipient is an attendee, never the organiser")
    part.add("ORGANIZER", _cal_address(organizer))
    person = _cal_address(attendee)
    if partstat is not None:
        # RSVP=FALSE: no program's answer is read here, and buttons that answer nobody are worse than none.
        person.params |= {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": partstat, "RSVP": "FALSE"}
    part.add("ATTENDEE", person)


def _cal_address(mailbox: Mailbox) -> vCalAddress:
    address = vCalAddress(mailbox.mailto)
    if mailbox.name:
        # A quote may not stand in a parameter, and few programs read its RFC 6868 escape.
        address.params["CN"] = mailbox.name.replace('"', "”")
    return address
