"""Mails, read: what was written to whom, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from training.identity.rules import Role
from training.kernel import clock, db, settings
from training.kernel.clauses import Clauses
from training.kernel.searching import SearchedList, SearchPlace
from training.messages.rules import Fate, MailState, Stop, fate_of, said, stop_of


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
    next_attempt_at: datetime | None

    @property
    def said(self) -> str | None:
        """What became of it, unless it left."""
        return said(self.state, self.attempts, self.last_answer, self.next_attempt_at)


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

    @property
    def said(self) -> str | None:
        """What became of it, unless it left."""
        return said(self.state, self.attempts, self.last_answer, self.next_attempt_at)


@dataclass(frozen=True, slots=True)
class FileListed:
    """A file that goes with a mail."""

    file: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Departures:
    """Whether mails leave this site. `stop` is why none does, `stop_of_signin` the same of those that let people in.

    `waiting` have not left yet, `failed` will not by themselves.
    """

    stop: Stop | None
    stop_of_signin: Stop | None
    since: datetime | None
    tried_at: datetime | None
    answer: str
    restored_at: datetime | None
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class _DeparturesRow:
    failing_since: datetime | None
    tried_at: datetime | None
    answer: str
    restored_at: datetime | None
    demo: bool | None  # None: nobody has said who runs the site
    waiting: int
    failed: int


async def departures() -> Departures:
    """Whether mails leave, as far as is known now."""
    found = await db.row(
        _DeparturesRow,
        """
        select s.failing_since, s.tried_at, coalesce(s.answer, '') as answer,
               (select at from restoration where released_at is null) as restored_at,
               (select is_demo from platform) as demo, m.waiting, m.failed
        from (
            select count(*) filter (where state <> 'failed') as waiting,
                   count(*) filter (where state = 'failed' and secret is null) as failed
            from mail where state <> 'sent'
        ) as m left join mail_service s on true
        """,
    )
    assert found is not None  # noqa: S101 - one row, whatever the tables hold
    stop = partial(
        stop_of,
        named=found.demo is not None,
        served=settings.current().smtp_url is not None,
        demo=bool(found.demo),
        failing=found.failing_since is not None,
    )
    return Departures(
        stop=stop(restored=found.restored_at is not None),
        stop_of_signin=stop(restored=False),
        since=found.failing_since,
        tried_at=found.tried_at,
        answer=found.answer,
        restored_at=found.restored_at,
        waiting=found.waiting,
        failed=found.failed,
    )


@dataclass(frozen=True, slots=True)
class SigninAsked:
    """The mail that a browser asked for to sign in; no state while it is not yet written.

    `next_path`: where it leads on to, or "".
    """

    email: str
    next_path: str
    asked_at: datetime
    state: MailState | None
    attempts: int
    last_answer: str

    def fate(self, *, stopped: bool) -> Fate:
        """What became of it by now; `stopped` when none leaves."""
        age = clock.now() - self.asked_at
        return fate_of(self.state, attempts=self.attempts, age=age, stopped=stopped, answer=self.last_answer)


async def signin_mail(browser: bytes) -> SigninAsked | None:
    """The mail of a browser's request, known by the digest of its proof."""
    return await db.row(
        SigninAsked,
        """
        select r.email, r.next_path, r.requested_at as asked_at, m.state, coalesce(m.attempts, 0) as attempts,
               coalesce(m.last_answer, '') as last_answer
        from signin_request r
        left join mail m on m.subject_kind = 'signin_request' and m.subject_id = r.id and m.secret = 'signin'
        where r.browser_hash = $1 order by m.id desc limit 1
        """,
        browser,
    )


@dataclass(frozen=True, slots=True)
class RestorationView:
    """When this database was restored, by which key its links were signed, and since when it is the site."""

    at: datetime
    secret: str | None
    released_at: datetime | None


async def restored() -> datetime | None:
    """When this copy of a site was restored; None for a site, and for a copy that became one."""
    found: datetime | None = await db.value("select at from restoration where released_at is null")
    return found


async def restoration() -> RestorationView | None:
    """The restoration that this database comes from, if it comes from one."""
    return await db.row(RestorationView, "select at, secret, released_at from restoration")


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
    return await _LIST.page(MailListed, _COLUMNS, where, search, limit)


_COLUMNS = """
    m.id, m.occasion, m.to_name, m.to_email, m.subject, m.state, m.attempts, m.last_answer, m.created_at, m.sent_at,
    (select count(*) from mail_attachment where mail = m.id) as files, m.calendar_method, m.next_attempt_at
"""
_LIST = SearchedList(
    "mail m",
    "",
    "m.id desc",
    (SearchPlace("' ' || m.to_name || ' ' || m.to_email || ' ' || m.subject"),),  # as the index mail_words has them
)


async def unsent() -> dict[str, int]:
    """How many mails are in each state but the one where nothing is left to do.

    A sign-in mail that failed is not counted: it is void by now, and the person who waited was told.
    """
    sql = """
        select state, count(*) as n from mail
        where state <> 'sent' and (state <> 'failed' or secret is null) group by state
    """
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


async def names_written_to(session: int) -> dict[str, str]:
    """The name by which each address, in lower case, was last written to about the dates of a session."""
    sql = """
        select distinct on (i.email) i.email, m.to_name
        from slot t join invitation i on i.slot = t.id join mail m on m.invitation = i.id
        where t.session = $1 and m.to_name <> '' order by i.email, m.id desc
    """
    return {record["email"]: record["to_name"] for record in await db.connection().fetch(sql, session)}


async def role_there(email: str, organisation: int) -> Role | None:
    """What an address is in an organisation, the manager's role first; None: nothing."""
    sql = """
        select m.role from membership m join account a on a.id = m.account
        where lower(a.email) = lower($1) and m.organisation = $2 order by m.role = 'manager' desc, m.id limit 1
    """
    found = await db.value(sql, email, organisation)
    return None if found is None else Role(found)
