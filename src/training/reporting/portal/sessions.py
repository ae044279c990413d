"""Coming sessions page by page, each with its price for who looks, within what they are narrowed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from training.catalogue.queries import offers as catalogue
from training.catalogue.queries import tariffs as pricing
from training.kernel import clock, db
from training.kernel.clauses import Clauses
from training.reporting.portal.prices import PriceSaid, changes, price_said
from training.reporting.portal.readers import CatalogueReader
from training.scheduling.queries import SESSION, SessionView, visible

PAGE = 50  # sessions on a page

Key = tuple[datetime, int]  # (starts_at, id) of a session: what pages of sessions begin after


@dataclass(frozen=True, slots=True)
class PricedSession:
    """A coming session in a list, with its price for who looks."""

    session: SessionView
    price: PriceSaid
    distance: float | None = None  # kilometres from where somebody wants to come

    @property
    def place(self) -> str:
        """What is said the largest: the town or village."""
        return self.session.city or self.session.venue or ""

    @property
    def one_day(self) -> bool:
        """All of it is on one day, whatever number of times that takes."""
        return clock.local(self.session.starts_at).date() == clock.local(self.session.last_ends_at).date()

    @property
    def closed(self) -> bool:
        """Bookings closed before the session starts."""
        return self.session.closes_at <= clock.now()

    @property
    def open(self) -> bool:
        """Seats of it can be booked now."""
        return not self.closed and self.session.seats_left > 0


@dataclass(frozen=True, slots=True)
class ComingSessions:
    """A page of coming sessions; the keys lead to the pages before and after, None where there is none."""

    items: tuple[PricedSession, ...]
    previous: Key | None
    next: Key | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of sessions is narrowed to; "" does not narrow. `commune` is a code, `month` its first day.

    `people`: so many can still be booked. `free`: for who looks. `venues`: those within reach of somewhere.
    `words`: what the offer is looked for by, as in the catalogue.
    """

    theme: str = ""
    offer: str = ""
    commune: str = ""
    partner: str = ""
    month: date | None = None
    people: int = 0
    free: bool = False
    venues: Sequence[int] | None = None
    words: str = ""


async def sessions(
    who: CatalogueReader,
    filters: Filters | None = None,
    *,
    after: Key | None = None,
    before: Key | None = None,
    limit: int = PAGE,
) -> ComingSessions:
    """A page of coming sessions, the soonest first: two statements; one more of those that are free, or have words."""
    wanted = filters or Filters()
    backward = before is not None and after is None
    key = before if backward else after
    where = _narrowed(who, wanted)
    if wanted.free:
        where.add("s.offer = any({})", await _free_offers(who))
    if wanted.words:
        where.add("s.offer = any({})", [offer.id for offer in await catalogue.offers(search=wanted.words)])
    if key:
        where.add(f"(s.starts_at, s.id) {'<' if backward else '>'} ({{}}, {{}})", *key)
    order = "order by s.starts_at desc, s.id desc" if backward else "order by s.starts_at, s.id"
    sql = f"{SESSION} where {where} {order} limit {limit + 1:d}"
    found = await db.rows(SessionView, sql, *where.values)
    more, found = len(found) > limit, found[:limit]
    if backward:
        found.reverse()
    further = (backward and key is not None) or (more and not backward)
    earlier = (not backward and key is not None) or (more and backward)
    items = await priced(found, who, wanted.people)
    return ComingSessions(
        tuple(item for item in items if item.price.free or not wanted.free),  # by the tariff of their own day
        previous=_key(found[0]) if found and earlier else None,
        next=_key(found[-1]) if found and further else None,
    )


def _key(session: SessionView) -> Key:
    return session.starts_at, session.id


async def priced(found: Sequence[SessionView], who: CatalogueReader, people: int = 0) -> list[PricedSession]:
    """The sessions with their prices, in one statement."""
    tariffs = await pricing.tariffs(sorted({session.offer for session in found}))
    return [
        PricedSession(s, price_said(tariffs[s.offer], who.kinds, clock.local(s.starts_at).date(), people or 1))
        for s in found
    ]


async def with_distances(items: Sequence[PricedSession], distances: Mapping[int, float]) -> tuple[PricedSession, ...]:
    """The sessions with how far their first venue is, in one statement."""
    sql = """
        select t.session, u.venue from slot t join venue_use u on u.slot = t.id
        where t.position = 1 and t.session = any($1)
    """
    found = await db.connection().fetch(sql, [item.session.id for item in items])
    venues = {record["session"]: record["venue"] for record in found}
    return tuple(replace(item, distance=distances.get(venues.get(item.session.id, 0))) for item in items)


async def _free_offers(who: CatalogueReader) -> list[int]:
    """Offers that cost who looks nothing, on a day from now on: each session is then looked at by its own."""
    tariffs, today = await pricing.published_tariffs(), clock.today()
    return [
        offer
        for offer, rows in tariffs.items()
        if any(price_said(rows, who.kinds, day).free for day in changes(rows, today))
    ]


def _narrowed(who: CatalogueReader, wanted: Filters) -> Clauses:
    where = visible(clock.now(), who.ids)
    if wanted.offer:
        where.add("s.offer = (select offer_called({}))", wanted.offer)
    if wanted.theme:
        where.add("o.theme = {}", wanted.theme)
    if wanted.commune:
        where.add("c.id = commune_of({})", wanted.commune)
    if wanted.partner:
        where.add("p.slug = {}", wanted.partner)
    if wanted.month:
        where.add("s.starts_at >= {} and s.starts_at < {}", *_instants(wanted.month))
    if wanted.people:
        where.add("s.capacity - s.seats_taken >= {} and s.closes_at > {}", wanted.people, clock.now())
    if wanted.venues is not None:
        where.add("u.venue = any({})", list(wanted.venues))
    return where


def _instants(month: date) -> tuple[datetime, datetime]:
    """When a month begins and ends, on the platform's calendar."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return clock.at(month, time.min), clock.at(following, time.min)


def months_from(day: date, number: int) -> list[date]:
    """The first days of so many months, from that of a day."""
    count = day.year * 12 + day.month - 1
    return [date((count + n) // 12, (count + n) % 12 + 1, 1) for n in range(number)]
