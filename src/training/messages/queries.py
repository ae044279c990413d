"""Mails, read: what was written to whom, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.kernel import db
from training.messages.rules import MailState


@dataclass(frozen=True, slots=True)
class MailListed:
    """A mail in a list."""

    id: int
    occasion: str
    to_name: str
    to_email: str
    subject: str
    state: MailState
    attempts: int
    last_answer: str
    created_at: datetime
    sent_at: datetime | None
    files: int
    calendar_method: str | None


@dataclass(frozen=True, slots=True)
class MailView:
    """A mail, whole."""

    id: int
    message_id: str
    occasion: str
    to_name: str
    to_email: str
    subject: str
    text: str
    html: str
    state: MailState
    attempts: int
    next_attempt_at: datetime | None
    last_answer: str
    created_at: datetime
    sent_at: datetime | None
    calendar_method: str | None
    calendar: bytes | None


@dataclass(frozen=True, slots=True)
class FileListed:
    """A file that goes with a mail."""

    file: int
    name: str
    size: int


async def mails(*, state: str = "", search: str = "", after: int | None = None, limit: int = 50) -> list[MailListed]:
    """Mails, the newest first; `after` is the id of the last one of the page before."""
    return await db.rows(
        MailListed,
        """
        select m.id, m.occasion, m.to_name, m.to_email, m.subject, m.state, m.attempts, m.last_answer, m.created_at,
               m.sent_at, (select count(*) from mail_attachment where mail = m.id) as files, m.calendar_method
        from mail m
        where ($1 = '' or m.state = $1)
          and strpos(fold(m.to_name || ' ' || m.to_email || ' ' || m.subject), fold($2)) > 0
          and ($3::bigint is null or m.id < $3)
        order by m.id desc limit $4
        """,
        state,
        search.strip(),
        after,
        limit,
    )


async def counts() -> dict[str, int]:
    """How many mails are in each state."""
    return {
        r["state"]: r["n"] for r in await db.connection().fetch("select state, count(*) n from mail group by state")
    }


async def mail(id: int) -> MailView | None:  # noqa: A002
    """One mail."""
    names = ", ".join(MailView.__slots__)
    return await db.row(MailView, f"select {names} from mail where id = $1", id)


async def files(mail: int) -> list[FileListed]:
    """What goes with a mail."""
    return await db.rows(
        FileListed,
        """
        select a.file, a.name, f.size from mail_attachment a join file f on f.id = a.file
        where a.mail = $1 order by a.id
        """,
        mail,
    )


async def attached(mail: int, file: int) -> bool:
    """Whether a file goes with a mail: what says that it may be read from there."""
    sql = "select exists (select from mail_attachment where mail = $1 and file = $2)"
    return bool(await db.value(sql, mail, file))
