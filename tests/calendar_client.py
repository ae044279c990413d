"""A calendar program as RFC 5546 wants it: it keeps the newest word about each event.

It shares no code with what writes the messages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from icalendar import Calendar


@dataclass(frozen=True)
class Shown:
    """An event as the program shows it."""

    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str


@dataclass
class Client:
    """`events`: what is shown, by UID. RFC 5546 2.1.5: a greater SEQUENCE wins; among equals, a later DTSTAMP."""

    events: dict[str, Shown] = field(default_factory=dict)
    newest: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def receive(self, message: bytes) -> None:
        """Apply one message, whenever it comes."""
        calendar = Calendar.from_ical(message)
        assert calendar.errors == []
        (event,) = calendar.walk("VEVENT")
        uid, age = str(event["UID"]), (int(event.get("SEQUENCE", 0)), event["DTSTAMP"].dt)
        if uid in self.newest and age <= self.newest[uid]:
            return
        self.newest[uid] = age
        if str(calendar["METHOD"]) == "CANCEL" or str(event.get("STATUS", "")) == "CANCELLED":
            self.events.pop(uid, None)
            return
        self.events[uid] = Shown(
            event["DTSTART"].dt.astimezone(UTC),
            event["DTEND"].dt.astimezone(UTC),
            str(event["SUMMARY"]),
            str(event.get("LOCATION", "")),
        )
