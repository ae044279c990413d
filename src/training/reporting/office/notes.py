"""What was said about an organisation, a booking or a session: the team's notes among the mails that were kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from training.directory import queries as directory
from training.directory.queries import ContactView
from training.kernel import addresses, clock, db
from training.kernel.actor import Actor, ActorKind
from training.kernel.clauses import Clauses
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.messages.queries import MailListed
from training.records.rules import CHANNEL_NAMES, NoteChannel, Written, may_correct
from training.reporting.paging import cut

LATEST = 8  # on the page of the thing: the rest is one link away
Key = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class NoteShown:
    """Something that was said: a note of the team, or a mail that was kept. `about`: which booking, where it has one.

    `trouble`: what became of a mail that did not leave. `may_correct`: whoever looks wrote it, today.
    """

    id: int
    at: datetime
    channel: str
    text: str
    by: str | None
    to: str | None
    about: str | None = None
    corrected: bool = False
    may_correct: bool = False
    is_mail: bool = False
    trouble: str | None = None

    @property
    def key(self) -> Key:
        """Where a page of them ends: notes and mails count each in their own numbers."""
        return self.at, 2 * self.id + self.is_mail


@dataclass(frozen=True, slots=True)
class NoteSubject:
    """What notes are about: its kind and id, how its page is called and where it is, whose people may have said it."""

    kind: str
    id: int
    title: str
    path: str
    organisation: int | None = None


@dataclass(frozen=True, slots=True)
class NotesPage:
    """All that was said about one thing, a page of it. `contacts`: who may have said it."""

    subject: NoteSubject
    notes: list[NoteShown]
    following: Key | None
    contacts: list[ContactView]


async def subject_of(kind: str, id: int) -> NoteSubject:  # noqa: A002
    """What notes can be about; NotFound when there is no such thing."""
    record = await db.connection().fetchrow(_SUBJECTS[kind], id) if kind in _SUBJECTS else None
    if record is None:
        raise NotFound(_("Cette page n’existe pas ou n’existe plus."))
    return NoteSubject(kind, id, record["title"], _PATHS[kind](record["address"]), record["organisation"])


_SUBJECTS = {
    "organisation": "select name as title, slug as address, id as organisation from organisation where id = $1",
    "booking": """
        select g.name || ', ' || b.reference as title, b.reference as address, b.organisation
        from booking b join organisation g on g.id = b.organisation where b.id = $1
    """,
    "session": """
        select o.title, s.id as address, s.organisation from session s join offer o on o.id = s.offer where s.id = $1
    """,
}
_PATHS: dict[str, Callable[[Any], str]] = {
    "organisation": addresses.office_organisation,
    "booking": addresses.office_booking,
    "session": addresses.office_session,
}


async def people_of(subject: NoteSubject) -> list[ContactView]:
    """Who may have said it."""
    return await directory.contacts(subject.organisation) if subject.organisation else []


async def notes_page(actor: Actor, kind: str, id: int, *, before: Key | None, most: int) -> NotesPage:  # noqa: A002
    """All that was said about a thing, a page of it, in four statements at most; NotFound when there is none."""
    subject = await subject_of(kind, id)
    found = await notes_of(actor, kind, id, before=before, most=most + 1)
    shown, last = cut(found, most)
    return NotesPage(subject, shown, last.key if last else None, await people_of(subject))


async def notes_of(
    actor: Actor,
    kind: str,
    id: int,  # noqa: A002
    *,
    mails: Sequence[tuple[str, int]] = (),
    before: Key | None = None,
    most: int = LATEST + 1,
) -> list[NoteShown]:
    """What was said about a thing, the last first, in two statements: notes, and mails for who may see them.

    Of an organisation, what was said of its bookings too, and every mail to it; of a session, of its bookings.
    `mails`: what else those are about, beside the thing itself.
    """
    found = await _notes(actor, kind, id, before, most)
    if actor.may(Permission.MAILS_SEE):
        found += await _mails(kind, id, mails, before, most)
    return sorted(found, key=lambda said: said.key, reverse=True)[:most]


@dataclass(frozen=True, slots=True)
class _Note:
    id: int
    channel: NoteChannel
    text: str
    actor_kind: ActorKind
    actor_id: int | None
    written_at: datetime
    corrected_at: datetime | None
    author: str | None
    contact: str | None
    about: str | None

    def shown(self, actor: Actor, within: str) -> NoteShown:
        written = Written(self.actor_kind, self.actor_id, self.written_at)
        return NoteShown(
            self.id,
            self.written_at,
            _(CHANNEL_NAMES[self.channel]),
            self.text,
            by=self.author,
            to=self.contact,
            about=None if within == "booking" else self.about,
            corrected=self.corrected_at is not None,
            may_correct=may_correct(actor, written, clock.now()),
        )


# What a thing's notes are about: itself, and for some its bookings.
_ABOUT = {
    "booking": "select 'booking' as kind, {}::bigint as id",
    "organisation": "select 'organisation' as kind, {}::bigint as id union all"
    " select 'booking', id from booking where organisation = {}",
    "session": "select 'session' as kind, {}::bigint as id union all"
    " select 'booking', id from booking where session = {}",
}


async def _notes(
    actor: Actor,
    kind: str,
    id: int,  # noqa: A002
    before: Key | None,
    most: int,
    note: int | None = None,
) -> list[NoteShown]:
    where = Clauses()
    about = _ABOUT[kind].replace("{}", where.value(id))
    if note is not None:
        where.add("n.id = {}", note)
    if before is not None:
        where.add("(n.written_at, 2 * n.id) < ({}, {})", *before)
    sql = f"""
        select n.id, n.channel, n.text, n.actor_kind, n.actor_id, n.written_at, n.corrected_at, a.name as author,
               c.name as contact, b.reference as about
        from ({about}) x
        join note n on n.subject_kind = x.kind and n.subject_id = x.id
        left join account a on n.actor_kind = 'user' and a.id = n.actor_id
        left join contact c on c.id = n.contact
        left join booking b on n.subject_kind = 'booking' and b.id = n.subject_id
        where {where} order by n.written_at desc, n.id desc limit {most:d}
    """
    return [each.shown(actor, kind) for each in await db.rows(_Note, sql, *where.values)]


async def _mails(
    kind: str,
    id: int,  # noqa: A002
    about: Sequence[tuple[str, int]],
    before: Key | None,
    most: int,
) -> list[NoteShown]:
    where = Clauses()
    if kind == "organisation":
        where.add("m.organisation = {}", id)
    else:
        things = ((kind, id), *about)
        kinds, ids = ([thing[0] for thing in things], [thing[1] for thing in things])
        where.add("(m.subject_kind, m.subject_id) in (select * from unnest({}::text[], {}::bigint[]))", kinds, ids)
    if before is not None:
        where.add("(m.created_at, 2 * m.id + 1) < ({}, {})", *before)
    sql = f"""
        select m.id, m.occasion, m.to_name, m.to_email, m.subject, m.state, m.attempts, m.last_answer, m.created_at,
               m.sent_at, 0::bigint as files, m.calendar_method, m.next_attempt_at
        from mail m where {where} order by m.created_at desc, m.id desc limit {most:d}
    """
    return [_of_mail(mail) for mail in await db.rows(MailListed, sql, *where.values)]


def _of_mail(mail: MailListed) -> NoteShown:
    to = f"{mail.to_name}, {mail.to_email}" if mail.to_name != mail.to_email else mail.to_email
    return NoteShown(
        mail.id, mail.created_at, _("Courriel envoyé"), mail.subject, by=None, to=to, is_mail=True, trouble=mail.said
    )


@dataclass(frozen=True, slots=True)
class NotePage:
    """What the page that corrects a note shows."""

    subject: NoteSubject
    note: NoteShown


async def note_page(actor: Actor, kind: str, id: int, note: int) -> NotePage:  # noqa: A002
    """A note of one's own that may still be corrected, in two statements; NotFound otherwise."""
    subject = await subject_of(kind, id)
    found = await _notes(actor, kind, id, None, 1, note)
    if not found or not found[0].may_correct:
        raise NotFound(_("Cette note n’existe pas, ou ne se corrige plus."))
    return NotePage(subject, found[0])
