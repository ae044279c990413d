"""A subscribed calendar: many events, no METHOD, nobody's name, the same bytes as long as nothing changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter

from icalendar.prop import vDuration

from training.calendar.formats.event import ZONE, EventText, calendar_object, named_color, one_line, text, vevent
from training.calendar.formats.vtimezone import vtimezone

REFRESH = timedelta(hours=1)  # a wish: Google comes once or twice a day whatever is asked

_order = attrgetter("starts_at", "uid")


@dataclass(frozen=True, slots=True)
class Head:
    """What a subscribed calendar says of itself. `color` is a CSS3 name or empty."""

    name: str
    description: str = ""
    color: str = ""


def feed(head: Head, events: Iterable[EventText]) -> bytes:
    """The VCALENDAR of `events`, in order of time."""
    listed = sorted(events, key=_order)
    return joined(head, {event.zone for event in listed}, map(vevent, listed))


def joined(head: Head, zones: Iterable[str], parts: Iterable[bytes]) -> bytes:
    """The VCALENDAR of events that are bytes already, in their order; `zones` are those that they name."""
    # RFC 7986 5.7 requires the parameter, which the library's own keyword forgets.
    refresh = vDuration(REFRESH, params={"VALUE": "DURATION"})
    properties: dict[str, object] = {
        "NAME": text(one_line(head.name)),
        "X-WR-CALNAME": text(one_line(head.name)),
        "X-WR-TIMEZONE": ZONE,
        "REFRESH-INTERVAL": refresh,
        "X-PUBLISHED-TTL": vDuration(REFRESH),  # the same for Outlook
    }
    if head.description:
        properties |= {"DESCRIPTION": text(head.description), "X-WR-CALDESC": text(head.description)}
    if head.color:
        properties["COLOR"] = named_color(head.color)
    # Sorted: the library walks a set, so two worker processes would serve two orders.
    return calendar_object(properties, [*map(vtimezone, sorted({ZONE, *zones})), *parts])
