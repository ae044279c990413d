"""Mails, read: what was written to whom, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.kernel import db
from training.kernel.clauses import Clauses, containing
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
    """A mail, whole. `organisation`: whose it is; None when it is nobody's but the team's."""

    id: int
    organisation: int | None
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


async def mails(
    *,
    state: str = "",
    search: str = "",
    organisations: Sequence[int] | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[MailListed]:
    """Mails, the newest first, of some organisations or of everybody; `after` is the id of the page before's last."""
    where = Clauses()
    if organisations is not None:
        where.add("m.organisation = any({})", list(organisations))
    if state:
        where.add("m.state = {}", state)
    if after is not None:
        where.add("m.id < {}", after)
    if not search.strip():
        return await db.rows(
            MailListed, f"{_MAIL} from mail m where {where} {_NEWEST_FIRST} limit {limit:d}", *where.values
        )
    # A word that many have is soon met among the newest; one that few have is found by its trigrams
    like = f"{_WORDS} like fold({where.value(containing(search))})"
    newest = f"(select * from mail m where {where} {_NEWEST_FIRST} limit {NEWEST})"
    sql = f"{_MAIL} from {newest} m where {like} {_NEWEST_FIRST} limit {limit:d}"
    found = await db.rows(MailListed, sql, *where.values)
    if len(found) < limit:
        named = f"with found as materialized (select * from mail m where {like})"
        sql = f"{named} {_MAIL} from found m where {where} {_NEWEST_FIRST} limit {limit:d}"
        found = await db.rows(MailListed, sql, *where.values)
    return found


NEWEST = 2_000  # mails that a search reads one by one, before it asks the index of words
_NEWEST_FIRST = "order by m.id desc"
_WORDS = "fold(m.to_name || ' ' || m.to_email || ' ' || m.subject)"  # as the index mail_words has them
_MAIL = """
    select m.id, m.occasion, m.to_name, m.to_email, m.subject, m.state, m.attempts, m.last_answer, m.created_at,
           m.sent_at, (select count(*) from mail_attachment where mail = m.id) as files, m.calendar_method
"""


async def unsent() -> dict[str, int]:
    """How many mails are in each state but the one where nothing is left to do."""
    sql = "select state, count(*) as n from mail where state <> 'sent' group by state"
    return {record["state"]: record["n"] for record in await db.connection().fetch(sql)}


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
