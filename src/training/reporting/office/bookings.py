"""Bookings as the office lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.bookings.queries import ABOUT_BOOKING, within
from training.bookings.rules.states import BookingState
from training.catalogue.rules import TariffMode
from training.directory import queries as directory
from training.directory.queries import ORGANISATION_WORDS, OrganisationView
from training.kernel import db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses, containing
from training.reporting.paging import cut


@dataclass(frozen=True, slots=True)
class BookingListed:
    """A booking in a list. Cents, net."""

    id: int
    reference: str
    state: BookingState
    title: str
    starts_at: datetime
    city: str | None
    organisation: str
    slug: str
    contact: str
    seats: int
    tariff_mode: TariffMode
    price_cents: int
    created_at: datetime


async def bookings(
    scope: Scope,
    *,
    state: str = "",
    organisation: str = "",
    search: str = "",
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[BookingListed]:
    """Bookings, the last made first. `search` looks in references and names; `organisation` is a slug."""
    where = within(scope)
    if state:
        where.add("b.state = {}", state)
    if organisation:
        where.add("b.organisation = (select id from organisation where slug = {})", organisation)
    if after:
        where.add("(b.created_at, b.id) < ({}, {})", *after)
    if not search.strip():
        return await _listed(f"from booking b {ABOUT_BOOKING} where {where}", where, limit)
    # A word that many have is soon met among the newest; one that few have is found by its trigrams
    like = f"like fold({where.value(containing(search))})"
    named = f"({_WORDS} {like} or fold(g.name) {like} or fold(c.name) {like})"
    newest = f"(select * from booking b where {where} {_NEWEST_FIRST} limit {NEWEST})"
    found = await _listed(f"from {newest} b {ABOUT_BOOKING} where {named}", where, limit)
    if len(found) < limit:
        where.add("b.id in (select id from found)")
        found = await _listed(f"from booking b {ABOUT_BOOKING} where {where}", where, limit, _FOUND.format(like=like))
    return found


NEWEST = 2_000  # bookings that a search reads one by one, before it asks the indexes of words
_NEWEST_FIRST = "order by b.created_at desc, b.id desc"
_WORDS = "fold(b.reference || ' ' || coalesce(b.purchase_order, ''))"  # as the index booking_words has them
_FOUND = f"""
    with found as materialized (
        select b.id from booking b where {_WORDS} {{like}}
        union
        select b.id from organisation g join booking b on b.organisation = g.id
        where {ORGANISATION_WORDS} {{like}} and fold(g.name) {{like}}
        union
        select b.id from contact c join booking b on b.contact = c.id where fold(c.name) {{like}}
    )
"""


async def _listed(source: str, where: Clauses, limit: int, found: str = "") -> list[BookingListed]:
    columns = """
        b.id, b.reference, b.state, o.title, s.starts_at, m.name as city, g.name as organisation, g.slug,
        c.name as contact, b.seats, b.tariff_mode, b.price_cents, b.created_at
    """
    sql = f"{found} select {columns} {source} {_NEWEST_FIRST} limit {limit:d}"
    return await db.rows(BookingListed, sql, *where.values)


@dataclass(frozen=True, slots=True)
class OfficeBookings:
    """A page of the list. `following`: the key of its last one when there are more; `organisation`: narrowed to it."""

    bookings: list[BookingListed]
    following: tuple[datetime, int] | None
    organisation: OrganisationView | None


async def bookings_page(
    scope: Scope, *, state: str, organisation: str, search: str, after: tuple[datetime, int] | None, limit: int
) -> OfficeBookings:
    """What the page of bookings shows: two statements at most."""
    found = await bookings(scope, state=state, organisation=organisation, search=search, after=after, limit=limit + 1)
    shown, last = cut(found, limit)
    whose = await directory.organisation_by_slug(organisation) if organisation else None
    if whose and not (scope.everything or whose.id in scope.organisations):
        whose = None
    return OfficeBookings(shown, (last.created_at, last.id) if last else None, whose)
