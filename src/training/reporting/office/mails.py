"""What a mail's calendar part says, for people. Reads bytes that `calendar` wrote; sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar

from training.kernel.i18n import N_, _


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """A calendar object in words."""

    method: str
    summary: str
    location: str
    starts_at: datetime
    ends_at: datetime
    attendee: str
    sequence: int
    text: str

    @property
    def meaning(self) -> str:
        """What the reader's program does with it."""
        return _(_MEANINGS.get(self.method, self.method))


_MEANINGS = {
    "REQUEST": N_("Invitation : la séance entre dans l’agenda, ou y est mise à jour"),
    "CANCEL": N_("Annulation : la séance quitte l’agenda"),
    "PUBLISH": N_("Pour information : à ajouter à la main"),
}


def read_calendar(content: bytes) -> CalendarRead | None:
    """The first event of a calendar object, or None when it has none."""
    whole = Calendar.from_ical(content)
    event = next(iter(whole.walk("VEVENT")), None)
    if event is None:
        return None
    attendee = event.get("ATTENDEE", "")
    return CalendarRead(
        method=str(whole.get("METHOD", "")),
        summary=str(event.get("SUMMARY", "")),
        location=str(event.get("LOCATION", "")),
        starts_at=event.decoded("DTSTART"),
        ends_at=event.decoded("DTEND"),
        attendee=str(attendee[0] if isinstance(attendee, list) and attendee else attendee).removeprefix("mailto:"),
        sequence=int(event.get("SEQUENCE", 0)),
        text=content.decode("utf-8", "replace"),
    )
