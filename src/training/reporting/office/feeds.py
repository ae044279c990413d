"""Calendars' addresses that the team looks after, and whose calendars can be handed over."""

from __future__ import annotations

from dataclasses import dataclass

from training.calendar.queries import feeds
from training.calendar.queries.feeds import TokenView
from training.kernel import db
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.reporting.paging import cut

Choice = tuple[str, str]  # an id, and the name that is read


@dataclass(frozen=True, slots=True)
class OfficeFeeds:
    """A page of the live addresses, and whose calendar another could open, each list by name.

    `following`: the id of the page's last address when there are more.
    """

    feeds: list[TokenView]
    following: int | None
    partners: list[Choice]
    venues: list[Choice]
    facilitators: list[Choice]


async def feeds_page(*, before: int | None, limit: int) -> OfficeFeeds:
    """What the page of calendars shows, in two statements."""
    shown, last = cut(await feeds.team_tokens(before=before, limit=limit + 1), limit)
    subjects: dict[str, list[Choice]] = {"partners": [], "venues": [], "facilitators": []}
    for record in await db.connection().fetch(_SUBJECTS):
        subjects[record["kind"]].append((record["value"], record["text"]))
    return OfficeFeeds(shown, last.id if last else None, **subjects)


_SUBJECTS = """
    select kind, value, text from (
        select 'partners' as kind, id::text as value, name as text, fold(name) as rank from partner where active
        union all
        select 'venues', v.id::text, c.name || ', ' || v.name, fold(c.name || ', ' || v.name)
        from venue v join commune c on c.id = v.commune where v.active
        union all
        select 'facilitators', id::text, name, fold(name) from facilitator where active
    ) x order by kind, rank, value
"""


async def feed_page(id: int) -> TokenView:  # noqa: A002
    """One of these addresses, to be replaced or closed; NotFound when there is none that lives."""
    found = await feeds.team_token(id)
    if found is None:
        raise NotFound(_("Cette adresse d’agenda n’existe pas, ou ne répond déjà plus."))
    return found
