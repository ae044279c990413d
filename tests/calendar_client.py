"""Calendar programs as RFC 5546 wants them: three that read mails or feeds each in its own way.

They share no code with what writes the messages, and know no table: an address, bytes, and icalendar.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar


@dataclass(frozen=True)
class Shown:
    """An event as the program shows it."""

    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str

    @classmethod
    def of(cls, event: Any) -> Shown:
        """An event's times in UTC, and its words."""
        return cls(
            event["DTSTART"].dt.astimezone(UTC),
            event["DTEND"].dt.astimezone(UTC),
            str(event["SUMMARY"]),
            str(event.get("LOCATION", "")),
        )

    @property
    def schedule(self) -> tuple[datetime, datetime, str]:
        """What an answer was about (RFC 5546 2.1.4)."""
        return self.starts_at, self.ends_at, self.location


def age_of(event: Any) -> tuple[int, datetime]:
    """RFC 5546 2.1.5: a greater SEQUENCE wins; among equals, a later DTSTAMP."""
    return int(event.get("SEQUENCE", 0)), event["DTSTAMP"].dt


def the_event(content: bytes) -> tuple[str, Any]:
    """The METHOD of a message, and its one event."""
    calendar = Calendar.from_ical(content)
    assert calendar.errors == []
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


@dataclass
class Client:
    """The newest word wins, in whatever order they come. `events`: what is shown, by UID."""

    events: dict[str, Shown] = field(default_factory=dict)
    newest: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def receive(self, message: bytes) -> None:
        """Apply one message, whenever it comes."""
        method, event = the_event(message)
        uid, age = str(event["UID"]), age_of(event)
        if uid in self.newest and age <= self.newest[uid]:
            return
        self.newest[uid] = age
        if method == "CANCEL" or str(event.get("STATUS", "")) == "CANCELLED":
            self.events.pop(uid, None)
            return
        self.events[uid] = Shown.of(event)


@dataclass
class StrictClient:
    """One person's program that believes the number: another time, place or status under an old SEQUENCE is refused.

    As Exchange and Cyrus do it: an update comes from the organizer of the first word, names its reader, and asks anew
    when it reschedules. Messages come in the order they were sent.
    """

    owner: str
    events: dict[str, Shown] = field(default_factory=dict)
    newest: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    organizers: dict[str, str] = field(default_factory=dict)
    answers: dict[str, list[str]] = field(default_factory=dict)  # the PARTSTAT of each REQUEST, by UID

    def receive(self, message: bytes) -> None:
        """Apply one message, or say why it would be refused."""
        method, event = the_event(message)
        uid, age = str(event["UID"]), age_of(event)
        attendee, organizer = event["ATTENDEE"], str(event["ORGANIZER"]).lower()
        assert str(attendee).lower() == f"mailto:{self.owner.lower()}", "somebody else's invitation"
        assert self.organizers.setdefault(uid, organizer) == organizer, "an update from somebody else"
        last, was = self.newest.get(uid), self.events.get(uid)
        assert last is None or age > last, "older than what is known"
        self.newest[uid] = age
        if method == "CANCEL":
            assert was is not None, "taken back, and was not there"
            assert last is not None
            assert age[0] > last[0], "a CANCEL under an old number"
            del self.events[uid]
            return
        assert method == "REQUEST"
        now, partstat = Shown.of(event), str(attendee.params["PARTSTAT"])
        asked_anew = was is None or was.schedule != now.schedule
        if asked_anew:
            assert last is None or age[0] > last[0], "an old number, another time or place"
            assert partstat == "NEEDS-ACTION", "an answer to a date never seen"
        self.events[uid] = now
        self.answers.setdefault(uid, []).append(partstat)


@dataclass
class FeedClient:
    """A subscriber that believes revisions: an event changes here only when its SEQUENCE or its DTSTAMP grew."""

    events: dict[str, tuple[Shown, str, bool]] = field(default_factory=dict)  # with the description; is it off?
    newest: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def fetch(self, content: bytes) -> None:
        """Read the file again; what is not in it any more is shown no more."""
        found = {str(event["UID"]): event for event in Calendar.from_ical(content).walk("VEVENT")}
        for uid, event in found.items():
            age = age_of(event)
            if uid in self.newest:
                assert age >= self.newest[uid], "a revision from before"
                if age == self.newest[uid] and uid in self.events:
                    continue
            self.newest[uid], self.events[uid] = age, shown_in_feed(event)
        for uid in self.events.keys() - found.keys():
            del self.events[uid]


def shown_in_feed(event: Any) -> tuple[Shown, str, bool]:
    """All that a subscriber sees of an event."""
    return Shown.of(event), str(event.get("DESCRIPTION", "")), str(event["STATUS"]) == "CANCELLED"


def read_plainly(content: bytes) -> dict[str, tuple[Shown, str, bool]]:
    """A feed as a program shows it that reads it for the first time."""
    calendar = Calendar.from_ical(content)
    assert calendar.errors == []
    return {str(event["UID"]): shown_in_feed(event) for event in calendar.walk("VEVENT")}
