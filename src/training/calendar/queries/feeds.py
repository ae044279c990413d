"""Whose calendar a secret address opens, and which addresses there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from training.calendar.queries.slots import Source
from training.calendar.rules import FeedKind, program_name
from training.kernel import db
from training.kernel.clauses import Clauses
from training.kernel.links import digest


@dataclass(frozen=True, slots=True)
class FeedOwner:
    """Whose feed a token opens. `subject` is the id of the organisation, facilitator, partner or venue."""

    token: int
    kind: FeedKind
    subject: int | None
    email: str | None  # of the account whose token it is
    name: str
    locale: str
    fetched_at: datetime | None

    @property
    def source(self) -> Source:
        """What it holds."""
        return Source(self.kind, (self.email if self.subject is None else self.subject,))


# A person's address dies when they leave: it opens what their account may still see, and nothing else.
_OWNER = """
    select t.id as token, t.kind, coalesce(t.organisation, t.facilitator, t.partner, t.venue) as subject, a.email,
           coalesce(o.name, f.name, p.name, v.name, a.name) as name, coalesce(a.locale, f.locale, 'fr') as locale,
           t.fetched_at
    from feed_token t
    left join organisation o on o.id = t.organisation
    left join facilitator f on f.id = t.facilitator
    left join partner p on p.id = t.partner
    left join venue v on v.id = t.venue
    left join account a on a.id = t.account
    where t.token_hash = $1 and t.revoked_at is null
      and (t.account is null or a.active and (t.kind = 'person' or exists (
          select from membership m where m.account = a.id and (
              num_nonnulls(m.organisation, m.partner, m.facilitator) = 0
              or m.organisation = t.organisation or m.facilitator = t.facilitator or m.partner = t.partner
          )
      ) or t.kind = 'facilitator' and lower(f.email) = lower(a.email)))
      and (t.facilitator is null or f.active)
"""


async def owner(token: str) -> FeedOwner | None:
    """The owner behind a token; None when it is unknown, revoked, or its person has left."""
    return await db.row(FeedOwner, _OWNER, digest(token))


@dataclass(frozen=True, slots=True)
class TokenView:
    """A feed's address without its secret: its name, whose calendar it opens, and who last fetched it.

    `maker`: the account that it dies with; None when the team gave it to somebody without an account.
    """

    id: int
    kind: FeedKind
    label: str
    created_at: datetime
    fetched_at: datetime | None
    fetched_by: str | None
    name: str
    maker: str | None
    account: int | None

    @property
    def program(self) -> str:
        """The program that fetched it, as people call it; "" when none did."""
        return program_name(self.fetched_by)


_TOKENS = """
    select t.id, t.kind, t.label, t.created_at, t.fetched_at, t.fetched_by, t.account, a.name as maker,
           coalesce(o.name, f.name, p.name, v.name, a.name) as name
    from feed_token t
    left join organisation o on o.id = t.organisation
    left join facilitator f on f.id = t.facilitator
    left join partner p on p.id = t.partner
    left join venue v on v.id = t.venue
    left join account a on a.id = t.account
    where t.revoked_at is null
"""


async def tokens(
    *,
    organisation: int | None = None,
    facilitators: Collection[int] = (),
    partners: Collection[int] = (),
    person: int | None = None,
) -> list[TokenView]:
    """The live addresses of an organisation, facilitators, partners, and of a person's own sessions; newest first."""
    return await db.rows(
        TokenView,
        _TOKENS
        + """
        and (t.organisation = $1 or t.facilitator = any($2) or t.account = $3 and t.kind = 'person'
             or t.partner = any($4))
        order by t.id desc
        """,
        organisation,
        sorted(facilitators),
        person,
        sorted(partners),
    )


async def team_tokens(*, before: int | None = None, limit: int = 50) -> list[TokenView]:
    """The live addresses that the team looks after: its own, partners', venues', facilitators'; newest first."""
    where = Clauses("t.kind in ('staff', 'partner', 'venue', 'facilitator')")
    if before is not None:
        where.add("t.id < {}", before)
    sql = f"{_TOKENS} and {where} order by t.id desc limit {limit:d}"
    return await db.rows(TokenView, sql, *where.values)


async def team_token(id: int) -> TokenView | None:  # noqa: A002
    """One of these; None when there is none that lives."""
    sql = _TOKENS + " and t.kind in ('staff', 'partner', 'venue', 'facilitator') and t.id = $1"
    return await db.row(TokenView, sql, id)
