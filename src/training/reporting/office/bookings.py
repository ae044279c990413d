"""Bookings as the office lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.bookings.queries import ABOUT_BOOKING, BOOKING_WORDS, within
from training.bookings.rules.states import EXPIRING, BookingState
from training.catalogue.queries.offers import LOOK, LOOK_JOIN
from training.catalogue.rules.looks import Look
from training.catalogue.rules.tariffs import TariffMode
from training.directory import queries as directory
from training.directory.queries import CONTACT_WORDS, ORGANISATION_WORDS, OrganisationView
from training.kernel.actor import Scope
from training.kernel.searching import SearchedList, SearchPlace, words_of
from training.reporting.paging import cut
from training.scheduling.rules import SessionState


@dataclass(frozen=True, slots=True)
class BookingListed:
    """A booking in a list. Cents, net."""

    id: int
    reference: str
    state: BookingState
    title: str
    starts_at: datetime
    ends_at: datetime
    venue: str | None
    city: str | None
    organisation: str
    slug: str
    contact: str
    phone: str | None
    seats: int
    present: int | None  # how many came, where somebody counted
    tariff_mode: TariffMode
    price_cents: int
    purchase_order: str | None
    created_at: datetime
    expires_at: datetime | None
    session_state: SessionState
    look: Look


UNDECIDED = "undecided"  # no state: what its session, held since, left to be decided
# They are few: gathered first, by the index of those that have a term, whatever the planner thinks of held sessions.
UNDECIDED_ONES = """
    b.id = any(array(
        select u.id from booking u cross join lateral (select state from session where id = u.session limit 1) h
        where booking_expires(u.state) and h.state = 'held'
    ))
"""


DOUBLED = "doubled"  # no state: of one organisation in one session, from before that was one booking
# By the index of those that are marked; afterwards nothing can be done to them.
_DOUBLES = """
    from booking d join session h on h.id = d.session and session_bookable(h.state)
    join booking o on o.session = d.session and o.organisation = d.organisation and o.id <> d.id
     and booking_may_come(o.state) and booking_in_line(o.state) = booking_in_line(d.state)
    where d.doubled and booking_may_come(d.state)
"""
DOUBLED_GROUPS = f"select count(distinct (d.session, d.organisation)) {_DOUBLES}"
_DOUBLED_ONES = f"b.id = any(array(select unnest(array[d.id, o.id]) {_DOUBLES}))"


async def bookings(
    scope: Scope,
    *,
    state: str = "",
    organisation: str = "",
    search: str = "",
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[BookingListed]:
    """Bookings, the last made first. `search` looks in references and in who booked; `organisation` is a slug."""
    where = within(scope)
    if state == UNDECIDED:
        where.add(UNDECIDED_ONES)
    elif state == DOUBLED:
        where.add(_DOUBLED_ONES)
    elif state:
        where.add("b.state = {}", state)
        if state in EXPIRING:
            where.add(f"not ({UNDECIDED_ONES})")
    if organisation:
        where.add("b.organisation = (select id from organisation where slug = {})", organisation)
    if after:
        where.add("(b.created_at, b.id) < ({}, {})", *after)
    return await _LIST.page(BookingListed, _COLUMNS, where, search, limit)


_COLUMNS = f"""
    b.id, b.reference, b.state, o.title, s.starts_at, t.ends_at, v.name as venue, m.name as city,
    g.name as organisation, g.slug, c.name as contact, c.phone, b.seats,
    (select present from head_count where booking = b.id) as present, b.tariff_mode, b.price_cents, b.purchase_order,
    b.created_at,
    b.expires_at, s.state as session_state, {LOOK}
"""
_LIST = SearchedList(
    "booking b",
    f"{ABOUT_BOOKING} {LOOK_JOIN}",
    "b.created_at desc, b.id desc",
    (
        SearchPlace(BOOKING_WORDS),
        words_of(ORGANISATION_WORDS, "organisation g", "booking b", "organisation", briefly="g.name"),
        words_of(CONTACT_WORDS, "contact c", "booking b", "contact"),
    ),
)


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
    following = (last.created_at, last.id) if last else None
    return OfficeBookings(shown, following, whose if whose and scope.sees(whose.id) else None)
