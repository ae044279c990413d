"""The numbers of the menu: what waits behind each of its stops, read on every page of the office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.reporting.office.bookings import UNDECIDED_ONES

P = Permission


@dataclass(frozen=True, slots=True)
class Rail:
    """How many wait for somebody, by the stop that leads to them."""

    sessions: int
    bookings: int
    organisations: int
    drafts: int
    bank: int
    mails: int
    jobs: int


# Who may deal with them: anybody else is not told to.
_WHO: Mapping[str, Permission] = {
    "sessions": P.SESSIONS_HOLD,
    "bookings": P.BOOKINGS_CONFIRM,
    "organisations": P.ORGANISATIONS_APPROVE,
    "drafts": P.INVOICES_ISSUE,
    "bank": P.PAYMENTS_RECORD,
    "mails": P.MAILS_SEE,
    "jobs": P.MAILS_RETRY,
}


async def rail(actor: Actor) -> dict[str, int]:
    """The numbers that this person is shown, without those of nothing; one statement, by small indexes."""
    found = await db.row(
        Rail,
        f"""
        select (select count(*) from session s where session_bookable(s.state)
                  and s.starts_at < $1 and s.ends_at <= $1) as sessions,
               (select count(*) from booking b where b.state = 'pending' and not ({UNDECIDED_ONES})) as bookings,
               (select count(*) from organisation where state = 'pending') as organisations,
               (select count(*) from invoice where state = 'draft') as drafts,
               (select count(*) from bank_line where state = 'new') as bank,
               (select count(*) from mail where state = 'failed' and secret is null) as mails,
               (select count(*) from pgqueuer where status = 'failed') as jobs
        """,
        clock.now(),
    )
    assert found is not None  # noqa: S101 - a select without from has a row
    return {name: n for name, n in asdict(found).items() if n and actor.may(_WHO[name])}
