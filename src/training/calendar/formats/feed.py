"""A subscribed calendar: many events, no METHOD, nobody's name, the same bytes as long as nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from operator import attrgetter

from icalendar.prop import vDuration

from training.calendar.formats.event import ZONE, EventText, calendar_object, named_color, one_line, text, vevent
from training.calendar.formats.vtimezone import vtimezone

REFRESH = timedelta(hours=1)  # a wish: Google comes once or twice a day whatever is asked

_order = attrgetter("starts_at", "uid")


def feed(name: str, description: str, color: str, events: Iterable[EventText], *, zone: str = ZONE) -> bytes:
    """The VCALENDAR of `events`, in order of time. `color` is a CSS3 name or empty."""
    listed = sorted(events, key=_order)
    # RFC 7986 5.7 requires the parameter, which the library's own keyword forgets.
    refresh = vDuration(REFRESH, params={"VALUE": "DURATION"})
    properties: dict[str, object] = {
        "NAME": text(one_line(name)),
        "X-WR-CALNAME": text(one_line(name)),
        "X-WR-TIMEZONE": zone,
        "REFRESH-INTERVAL": refresh,
        "X-PUBLISHED-TTL": vDuration(REFRESH),  # the same for Outlook
    }
    if description:
        properties |= {"DESCRIPTION": text(description), "X-WR-CALDESC": text(description)}
    if color:
        properties["COLOR"] = named_color(color)
    # Sorted: the library walks a set, so two worker processes would serve two orders and two ETags.
    zones = sorted({zone, *(event.zone for event in listed)})
    return calendar_object(properties, [*map(vtimezone, zones), *map(vevent, listed)])


def etag(content: bytes) -> str:
    """A strong entity tag (RFC 9110 8.8.3), quotes included."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
