"""Mails on the office's pages: those about one thing, and what a mail's calendar part says, for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar

from training.kernel import db
from training.kernel.i18n import N_, _
from training.messages.queries import MailListed


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


async def mails_about(*subjects: tuple[str, int]) -> list[MailListed]:
    """The mails about some things, the oldest first, in one statement. A subject is (kind, id)."""
    return await db.rows(
        MailListed,
        """
        select m.id, m.occasion, m.to_name, m.to_email, m.subject, m.state, m.attempts, m.last_answer, m.created_at,
               m.sent_at, (select count(*) from mail_attachment where mail = m.id) as files, m.calendar_method
        from mail m join unnest($1::text[], $2::bigint[]) as about (kind, id)
          on m.subject_kind = about.kind and m.subject_id = about.id
        order by m.id limit 100
        """,
        [kind for kind, _id in subjects],
        [id_ for _kind, id_ in subjects],
    )
