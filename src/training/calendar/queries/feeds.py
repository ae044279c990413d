"""Whose calendar a secret address opens, and which addresses there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.kernel import db
from training.kernel.links import digest


@dataclass(frozen=True, slots=True)
class FeedOwner:
    """Whose feed a token opens."""

    token: int
    organisation: int | None
    facilitator: int | None
    name: str
    fetched_at: datetime | None


async def owner(token: str) -> FeedOwner | None:
    """The owner behind a token; None when it is unknown or revoked."""
    return await db.row(
        FeedOwner,
        """
        select t.id as token, t.organisation, t.facilitator, coalesce(o.name, f.name) as name, t.fetched_at
        from feed_token t
        left join organisation o on o.id = t.organisation
        left join facilitator f on f.id = t.facilitator
        where t.token_hash = $1 and t.revoked_at is null
        """,
        digest(token),
    )


@dataclass(frozen=True, slots=True)
class TokenView:
    """A feed's address without its secret: its name, and who last fetched it."""

    id: int
    label: str
    created_at: datetime
    fetched_at: datetime | None
    fetched_by: str | None


async def tokens(*, organisation: int | None = None, facilitator: int | None = None) -> list[TokenView]:
    """The live tokens of one owner, the newest first."""
    return await db.rows(
        TokenView,
        """
        select id, label, created_at, fetched_at, fetched_by from feed_token
        where revoked_at is null and (organisation = $1 or facilitator = $2) order by id desc
        """,
        organisation,
        facilitator,
    )
