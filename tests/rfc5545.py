"""What the RFCs ask of calendar objects (5545), of messages (5546) and of the mails that carry them (6047), checked.

It shares no code with what writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from ics_reading import assert_well_formed, instant

UTC_TIME = re.compile(r"\d{8}T\d{6}Z")
PARTSTATS = ("NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE")  # 3.2.12, of an event
LOCAL_TIME = re.compile(r"\d{8}T\d{6}")
ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "LAST-MODIFIED", "STATUS", "LOCATION", "URL")


@dataclass
class Component:
    """A component as its lines are: (property, parameters, value), and what is within."""

    name: str
    properties: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    within: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[tuple[dict[str, str], str]]:
        return [(parameters, value) for found, parameters, value in self.properties if found == name]

    def value(self, name: str) -> str | None:
        found = self.all(name)
        assert len(found) <= 1, f"{name} twice"
        return found[0][1] if found else None

    def parts(self, name: str) -> list[Component]:
        return [part for part in self.within if part.name == name]


_LINE = re.compile(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', re.S)
_PARAMETER = re.compile(r';([A-Z0-9-]+)=("[^"]*"|[^";:,]*)')


def parsed(content: bytes) -> Component:
    """The VCALENDAR. Lines are folded and end as 3.1 says, components are closed in order."""
    assert_well_formed(content)
    root = Component("")
    stack = [root]
    for line in content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]:
        name, parameters, value = _LINE.fullmatch(line).groups()
        if name == "BEGIN":
            stack.append(Component(value))
            stack[-2].within.append(stack[-1])
        elif name == "END":
            assert stack.pop().name == value
        else:
            stack[-1].properties.append((name, {k: v.strip('"') for k, v in _PARAMETER.findall(parameters)}, value))
    (calendar,) = root.within
    assert calendar.name == "VCALENDAR"
    return calendar


def check_calendar(content: bytes, uids: Iterable[str] | None = None) -> Component:
    """An object of any method, or of none."""
    calendar = parsed(content)
    assert calendar.value("VERSION") == "2.0"
    assert calendar.value("PRODID")
    assert calendar.value("UID") is None, "vdirsyncer would keep one event"
    zones = [_check_zone(zone) for zone in calendar.parts("VTIMEZONE")]
    assert len(set(zones)) == len(zones), "a zone twice"
    events = calendar.parts("VEVENT")
    for event in events:
        _check_event(event, set(zones))
    seen = [event.value("UID") for event in events]
    assert len(set(seen)) == len(seen), "an event twice"
    method = calendar.value("METHOD")
    {None: _feed, "REQUEST": _request, "CANCEL": _cancel, "PUBLISH": _publish}[method](events)
    return calendar


def _check_zone(zone: Component) -> str:
    """3.6.5; and what old readers stand: one rule each way, no list of dates."""
    assert len(zone.parts("STANDARD")) == 1
    assert len(zone.parts("DAYLIGHT")) <= 1
    for part in zone.within:
        assert part.value("RDATE") is None
        assert LOCAL_TIME.fullmatch(part.value("DTSTART"))
        assert part.value("TZOFFSETFROM")
        assert part.value("TZOFFSETTO")
        assert (part.value("RRULE") is not None) == (len(zone.within) == 2)
    return zone.value("TZID")


def _check_event(event: Component, zones: set[str]) -> None:
    for name in ONCE:
        event.value(name)
    for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE"):
        assert event.value(name), name
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        assert UTC_TIME.fullmatch(event.value(name)), name
    for name in ("DTSTART", "DTEND"):
        ((parameters, value),) = event.all(name)
        if "TZID" in parameters:
            assert parameters["TZID"] in zones, "a TZID without its VTIMEZONE (3.2.19)"
            assert LOCAL_TIME.fullmatch(value)
        else:
            assert UTC_TIME.fullmatch(value), "a floating time"
    assert event.within == [], "no alarm is ours to set"
    assert int(event.value("SEQUENCE")) >= 0


def _feed(events: list[Component]) -> None:
    for event in events:
        assert event.value("DTSTAMP") == event.value("LAST-MODIFIED"), "3.8.7.2: without METHOD, the last revision"
        assert not event.all("ATTENDEE")
        assert not event.all("ORGANIZER")
        assert event.value("STATUS") in ("CONFIRMED", "CANCELLED")


def _request(events: list[Component]) -> None:
    """RFC 5546 3.2.2."""
    (event,) = events
    parameters = _addresses(event)
    assert parameters["RSVP"] == "FALSE", "nobody reads a program's answer here"
    assert parameters["PARTSTAT"] in PARTSTATS
    assert event.value("STATUS") in ("TENTATIVE", "CONFIRMED")


def _cancel(events: list[Component]) -> None:
    """RFC 5546 3.2.5; in UTC, for Outlook."""
    (event,) = events
    _addresses(event)
    assert event.value("STATUS") in (None, "CANCELLED")
    assert "TZID" not in event.all("DTSTART")[0][0]


def _publish(events: list[Component]) -> None:
    (event,) = events
    assert len(event.all("ORGANIZER")) == 1
    assert not event.all("ATTENDEE")


def _addresses(event: Component) -> dict[str, str]:
    ((_parameters, organizer),) = event.all("ORGANIZER")
    ((parameters, attendee),) = event.all("ATTENDEE")
    for address in (organizer, attendee):
        assert re.fullmatch(r"mailto:[!-~]+@[!-~]+", address), "a bare address, in ASCII (RFC 6047)"
    assert organizer.casefold() != attendee.casefold(), "nobody is invited by themselves"
    return parameters


@dataclass
class Thread:
    """What one address was sent about one event, in order: RFC 5546 2.1.4 and 2.1.5."""

    sequence: int = -1
    stamp: datetime | None = None
    said: tuple[object, ...] | None = None
    method: str = ""

    def check(self, content: bytes) -> None:
        calendar = check_calendar(content)
        (event,) = calendar.parts("VEVENT")
        method, sequence = calendar.value("METHOD"), int(event.value("SEQUENCE"))
        stamp = datetime.strptime(event.value("DTSTAMP"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        off = method == "CANCEL" or event.value("STATUS") == "CANCELLED"
        said = (instant(content, "DTSTART"), instant(content, "DTEND"), off)
        if self.said is None:
            assert not off, "taken back before it was said"
        else:
            assert stamp > self.stamp, "a later word has a later DTSTAMP"
            assert sequence >= self.sequence
            if off or said != self.said:
                assert sequence > self.sequence, "time or status changed, and SEQUENCE did not grow"
        if method == "REQUEST" and sequence > self.sequence:
            partstat = event.all("ATTENDEE")[0][0]["PARTSTAT"]
            assert partstat == "NEEDS-ACTION", "an answer to what was not seen (3.2.2.1); an update may repeat it"
        self.sequence, self.stamp, self.said, self.method = sequence, stamp, said, method


def check_threads(messages: Iterable[tuple[str, bytes]]) -> dict[tuple[str, str], Thread]:
    """Every (address, object) in the order in which they were sent."""
    threads: dict[tuple[str, str], Thread] = {}
    for email, content in messages:
        uid = parsed(content).parts("VEVENT")[0].value("UID")
        threads.setdefault((email.lower(), uid), Thread()).check(content)
    return threads


def check_mail(raw: bytes) -> Component:
    """RFC 6047, and the form that programs are known to read: alternative(plain, html, calendar) and the file."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert raw.isascii()
    assert mail.get_content_type() == "multipart/mixed"
    alternative, *files = mail.iter_parts()
    assert [part.get_content_type() for part in alternative.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    part = list(alternative.iter_parts())[-1]
    content = part.get_payload(decode=True)
    calendar = check_calendar(content)
    assert part.get_param("method") == calendar.value("METHOD")
    assert part.get_param("charset").upper() == "UTF-8"
    assert part["Content-Transfer-Encoding"] == "base64"
    (attached,) = [f for f in files if f.get_content_type() == "application/ics"]
    assert attached.get_filename().endswith(".ics")
    assert attached.get_payload(decode=True) == content
    return calendar
