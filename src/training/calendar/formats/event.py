"""One event as words and instants, and its VEVENT; what to say in it, and to whom, is decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.prop import vCategory, vText

from training.kernel import clock

ZONE = clock.PARIS.key  # the zone whose wall clock an event shows unless its place says otherwise
PRODID = "-//training//agenda//FR"

EventStatus = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]

_BREAK = re.compile(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # all that some reader takes for the end of a line
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")  # RFC 5545 3.1 CONTROL; not the tab
_URI = re.compile(r"https?://[!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~-]+")  # RFC 3986
_COLOR = re.compile(r"[a-z]+")  # RFC 7986 5.9: a CSS3 name, not a hexadecimal value


@dataclass(frozen=True, slots=True)
class EventText:
    """What a calendar program shows of a slot. Instants come aware and are kept in UTC.

    Two instants of the hour that happens twice compare equal while they carry their zone, and would share a cache
    entry; in UTC they differ.
    """

    uid: str
    sequence: int
    revised_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    geo: tuple[float, float] | None = None  # latitude, longitude
    status: EventStatus = "CONFIRMED"
    categories: tuple[str, ...] = ()
    color: str = ""
    zone: str = ZONE
    busy: bool = True  # whether its hours are taken in the reader's calendar

    def __post_init__(self) -> None:
        for name in ("revised_at", "starts_at", "ends_at"):
            object.__setattr__(self, name, in_utc(getattr(self, name)))
        if not self.ends_at > self.starts_at:
            raise ValueError("an event ends after it starts (RFC 5545 3.8.2.2)")
        if self.url and not _URI.fullmatch(self.url):
            raise ValueError("not an address that a calendar can carry")
        if self.geo and not (abs(self.geo[0]) <= 90 and abs(self.geo[1]) <= 180):
            raise ValueError("latitude, then longitude, in degrees")
        named_color(self.color)


def in_utc(instant: datetime) -> datetime:
    """The instant in UTC, whole seconds: iCalendar has no fractions."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no instant: make times in kernel/clock.py")
    if instant.tzinfo is UTC and not instant.microsecond:
        return instant  # what the database gives, thousands at a time
    return instant.astimezone(UTC).replace(microsecond=0)


def named_color(color: str) -> str:
    """`color` when RFC 7986 allows it."""
    if color and not _COLOR.fullmatch(color):
        raise ValueError("a calendar's colour is a CSS3 name, such as « teal »")
    return color


def vevent(event: EventText) -> bytes:
    """The VEVENT of a feed. Its DTSTAMP is the last revision, as it must be without METHOD (RFC 5545 3.8.7.2)."""
    return bytes(component(event, stamp=event.revised_at, sequence=event.sequence).to_ical())


def component(event: EventText, *, stamp: datetime, sequence: int, utc: bool = False) -> Event:
    """The VEVENT to be finished: no STATUS is missing, nobody is in it. `utc`: times without a zone's name."""
    part = Event()
    part.add("UID", event.uid)
    part.add("DTSTAMP", in_utc(stamp))
    part.add("LAST-MODIFIED", event.revised_at)
    part.add("SEQUENCE", sequence)
    starts_at, ends_at = (event.starts_at, event.ends_at) if utc else _wall_times(event)
    part.add("DTSTART", starts_at)
    part.add("DTEND", ends_at)
    part.add("SUMMARY", text(one_line(event.summary)))
    part.add("STATUS", event.status)
    if event.status == "CANCELLED" or not event.busy:
        part.add("TRANSP", "TRANSPARENT")  # where it stays shown, struck out, the hour is free again
    for name, value in (("DESCRIPTION", event.description), ("LOCATION", event.location)):
        if value:
            part.add(name, text(value))
    if event.url:
        part.add("URL", event.url)
    if event.geo:
        part.add("GEO", (_degrees(event.geo[0]), _degrees(event.geo[1])))
    if event.categories:
        categories = vCategory([])
        categories.cats = [text(one_line(category)) for category in event.categories]  # its constructor rewraps them
        part.add("CATEGORIES", categories)
    if event.color:
        part.add("COLOR", event.color)
    return part


def _wall_times(event: EventText) -> tuple[datetime, datetime]:
    """Start and end as the zone's clocks show them; in UTC when one falls in the hour that comes twice.

    RFC 5545 3.3.5: a local time that happens twice means the first. Not every program knows, so neither is said with a
    TZID.
    """
    zone = ZoneInfo(event.zone)
    starts_at, ends_at = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    if _twice(starts_at) or _twice(ends_at):
        return event.starts_at, event.ends_at
    return starts_at, ends_at


def _twice(local: datetime) -> bool:
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def _degrees(value: float) -> float:
    """To a metre; and no exponent, which Python writes below 0.0001 (Argentan lies on the meridian)."""
    return round(value, 5) if abs(value) >= 0.0001 else 0.0


class _Text(vText):
    r"""A text with `\N` in it, which icalendar 7.3 takes for a line break although nothing was escaped yet."""

    __slots__ = ()

    def to_ical(self) -> bytes:
        return rb"\\N".join(vText(piece).to_ical() for piece in self.split("\\N"))


def text(value: str) -> vText:
    """A TEXT value with one kind of line break and no control characters (RFC 5545 3.3.11)."""
    clean = _CONTROL.sub("", _BREAK.sub("\n", value))
    return _Text(clean) if "\\N" in clean else vText(clean)


def one_line(value: str) -> str:
    """For titles: lists show one line, and some programs cut at the first."""
    return _BREAK.sub(" ", value).strip()


def calendar_object(properties: Mapping[str, object], parts: Iterable[bytes]) -> bytes:
    """A VCALENDAR around components that are bytes already.

    Not `Calendar.new`: it adds a random UID, which changes the bytes at every call and makes vdirsyncer keep one event.
    """
    shell = Calendar()
    shell.add("PRODID", PRODID)
    shell.add("VERSION", "2.0")
    shell.add("CALSCALE", "GREGORIAN")
    for name, value in properties.items():
        shell.add(name, value)
    end = b"END:VCALENDAR\r\n"
    return b"".join((shell.to_ical().removesuffix(end), *parts, end))
