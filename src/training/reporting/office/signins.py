"""Who waits at the door for a mail that has not left: the team may read the code out, once it knows who is calling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.kernel import clock, db
from training.messages import queries as mails


@dataclass(frozen=True, slots=True)
class SigninWaiting:
    """A request to come in whose mail has not left. `name` and `place`: None of an address that nobody wrote down.

    `phone`: the number that we know, to call back. `of_team`: the host lets them in, not a colleague.
    """

    id: int
    email: str
    requested_at: datetime
    expires_at: datetime
    name: str | None
    place: str | None
    slug: str | None
    phone: str | None
    of_team: bool


@dataclass(frozen=True, slots=True)
class OfficeSignins:
    """Who waits, the last first, and whether no mail leaves at all."""

    waiting: list[SigninWaiting]
    stopped: bool


async def signins_page() -> OfficeSignins:
    """What the page of those who wait shows, in two statements."""
    waiting = await db.rows(SigninWaiting, _WAITING, clock.now())
    return OfficeSignins(waiting, (await mails.departures()).stop_of_signin is not None)


# One line for a browser that asked twice: the last, whose code is given; each code works there.
_WAITING = """
    select r.id, r.email, r.requested_at, r.expires_at, known.name, known.place, known.slug, known.phone, exists (
        select from account a join membership m on m.account = a.id
        where lower(a.email) = lower(r.email) and num_nonnulls(m.organisation, m.partner, m.facilitator) = 0
    ) as of_team
    from (
        select distinct on (browser_hash) id, email, requested_at, expires_at, browser_hash from signin_request
        where requested_at > $1::timestamptz - interval '1 hour' and expires_at > $1 and used_at is null
          and browser_hash is not null
        order by browser_hash, id desc
    ) r
    left join lateral (
        select c.name, o.name as place, o.slug, c.phone, 1 as rank, c.id
        from contact c join organisation o on o.id = c.organisation where lower(c.email) = lower(r.email) and c.active
        union all
        select f.name, null, null, f.phone, 2, f.id
        from facilitator f where lower(f.email) = lower(r.email) and f.active
        order by rank, id limit 1
    ) known on true
    where not exists (
        select from mail m where m.subject_kind = 'signin_request' and m.subject_id = r.id and m.secret = 'signin'
          and m.state = 'sent'
    )
    order by r.id desc limit 50
"""
