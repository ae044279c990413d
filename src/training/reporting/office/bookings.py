"""Bookings as the office lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.bookings.queries import BOOKED
from training.bookings.rules import BookingState
from training.catalogue.rules import TariffMode
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.kernel import db
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
    *,
    state: str = "",
    organisation: str = "",
    search: str = "",
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[BookingListed]:
    """Bookings, the last made first. `search` looks in references and names; `organisation` is a slug."""
    return await db.rows(
        BookingListed,
        f"""
        select b.id, b.reference, b.state, o.title, t.starts_at, m.name as city, g.name as organisation, g.slug,
               c.name as contact, b.seats, b.tariff_mode, b.price_cents, b.created_at
        {BOOKED}
        where ($1 = '' or b.state = $1) and ($2 = '' or g.slug = $2)
          and strpos(fold(b.reference || ' ' || g.name || ' ' || c.name || ' ' || coalesce(b.purchase_order, '')),
                     fold($3)) > 0
          and ($4::timestamptz is null or (b.created_at, b.id) < ($4, $5))
        order by b.created_at desc, b.id desc limit $6
        """,
        state,
        organisation,
        search.strip(),
        *(after or (None, None)),
        limit,
    )


@dataclass(frozen=True, slots=True)
class OfficeBookings:
    """A page of the list. `following`: the key of its last one when there are more; `organisation`: narrowed to it."""

    bookings: list[BookingListed]
    following: tuple[datetime, int] | None
    organisation: OrganisationView | None


async def bookings_page(
    *, state: str, organisation: str, search: str, after: tuple[datetime, int] | None, limit: int
) -> OfficeBookings:
    """What the page of bookings shows: two statements at most."""
    found = await bookings(state=state, organisation=organisation, search=search, after=after, limit=limit + 1)
    shown, last = cut(found, limit)
    whose = await directory.organisation_by_slug(organisation) if organisation else None
    return OfficeBookings(shown, (last.created_at, last.id) if last else None, whose)
