"""Mails on the office's pages: the list, one of them with its calendar part in words, those about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar

from training.kernel import db
from training.kernel.actor import Actor, Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.messages import queries as messages
from training.messages.queries import FileListed, MailListed, MailView
from training.messages.rules import MailState, Stop
from training.reporting.paging import cut


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
               m.sent_at, (select count(*) from mail_attachment where mail = m.id) as files, m.calendar_method,
               m.next_attempt_at
        from mail m join unnest($1::text[], $2::bigint[]) as about (kind, id)
          on m.subject_kind = about.kind and m.subject_id = about.id
        order by m.id limit 100
        """,
        [kind for kind, _id in subjects],
        [id_ for _kind, id_ in subjects],
    )


# The pages


@dataclass(frozen=True, slots=True)
class OfficeMails:
    """A page of the list. `following`: the id of its last one when there are more; `counts`: unsent ones by state.

    `stopped`: why none leaves, for whoever hosts the site.
    """

    mails: list[MailListed]
    following: int | None
    counts: dict[str, int]
    stopped: Stop | None


async def mails_page(scope: Scope, *, state: str, search: str, after: int | None, limit: int) -> OfficeMails:
    """What the page of mails shows: three statements, one or two more where words are looked for."""
    whose = scope.narrowed_to
    found = await messages.mails(state=state, search=search, organisations=whose, after=after, limit=limit + 1)
    shown, last = cut(found, limit)
    stopped = (await messages.departures()).stop
    return OfficeMails(shown, last.id if last else None, await messages.unsent(), stopped)


@dataclass(frozen=True, slots=True)
class OfficeMail:
    """What the page of a mail shows. `event`: what its calendar part says."""

    mail: MailView
    files: list[FileListed]
    event: CalendarRead | None
    may_retry: bool


async def mail_page(actor: Actor, id: int) -> OfficeMail:  # noqa: A002
    """What the page of a mail shows, in two statements; NotFound when there is none."""
    view = await mail(actor.scope, id)
    return OfficeMail(
        mail=view,
        files=await messages.files(view.id),
        event=read_calendar(view.calendar) if view.calendar else None,
        may_retry=view.state != MailState.QUEUED and actor.may(Permission.MAILS_RETRY),
    )


async def mail(scope: Scope, id: int) -> MailView:  # noqa: A002
    """The mail alone; NotFound when there is none."""
    view = await messages.mail(id)
    if view is None or not scope.sees(view.organisation):
        raise NotFound(_("Ce courriel n’existe pas."))
    return view


async def attachment(scope: Scope, mail_id: int, file: int) -> FileListed:
    """A file that went with a mail, in two statements; NotFound when there is none."""
    view = await mail(scope, mail_id)
    found = next((f for f in await messages.files(view.id) if f.file == file), None)
    if found is None:
        raise NotFound(_("Ce fichier n’existe pas."))
    return found
