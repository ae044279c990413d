"""Whose calendar a secret address opens, and which addresses there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.calendar.queries.slots import Source
from training.calendar.rules import FeedKind
from training.kernel import db
from training.kernel.links import digest


@dataclass(frozen=True, slots=True)
class FeedOwner:
    """Whose feed a token opens. `subject` is the id of the organisation, facilitator, partner or venue."""

    token: int
    kind: FeedKind
    subject: int | None
    email: str | None  # of the account whose token it is
    name: str
    fetched_at: datetime | None

    @property
    def source(self) -> Source:
        """What it holds."""
        return Source(self.kind, (self.email if self.subject is None else self.subject,))


# A person's address dies when they leave: it opens what their account may still see, and nothing else.
_OWNER = """
    select t.id as token, t.kind, coalesce(t.organisation, t.facilitator, t.partner, t.venue) as subject, a.email,
           coalesce(o.name, f.name, p.name, v.name, a.name) as name, t.fetched_at
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
    return await db.row(_owner, _OWNER, digest(token))


def _owner(kind: str, **columns: object) -> FeedOwner:
    return FeedOwner(kind=FeedKind(kind), **columns)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class TokenView:
    """A feed's address without its secret: its name, and who last fetched it."""

    id: int
    kind: FeedKind
    label: str
    created_at: datetime
    fetched_at: datetime | None
    fetched_by: str | None


async def tokens(
    *,
    organisation: int | None = None,
    facilitator: int | None = None,
    partner: int | None = None,
    venue: int | None = None,
    account: int | None = None,
) -> list[TokenView]:
    """The live tokens of one owner, or (`account` alone) of one person's own and the team's feeds; newest first."""
    return await db.rows(
        TokenView,
        """
        select id, kind, label, created_at, fetched_at, fetched_by from feed_token
        where revoked_at is null and (
            organisation = $1 or facilitator = $2 or partner = $3 or venue = $4
            or account = $5 and kind in ('person', 'staff')
        ) order by id desc
        """,
        organisation,
        facilitator,
        partner,
        venue,
        account,
    )
