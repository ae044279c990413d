"""Coming sessions page by page, each with its price for who looks, and what they can be narrowed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.catalogue import queries as catalogue
from training.kernel import clock, db
from training.kernel.clauses import Clauses
from training.reporting.portal.prices import PriceSaid, price_said
from training.reporting.portal.readers import CatalogueReader
from training.scheduling.queries import SESSION, SessionView, visible

PAGE = 50  # sessions on a page

Key = tuple[datetime, int]  # (starts_at, id) of a session: what pages of sessions begin after


@dataclass(frozen=True, slots=True)
class PricedSession:
    """A coming session in a list, with its price for who looks."""

    session: SessionView
    price: PriceSaid

    @property
    def place(self) -> str:
        """What is said the largest: the town or village."""
        return self.session.city or self.session.venue or ""

    @property
    def closed(self) -> bool:
        """Bookings closed before the session starts."""
        return self.session.closes_at <= clock.now()


@dataclass(frozen=True, slots=True)
class ComingSessions:
    """A page of coming sessions; the keys lead to the pages before and after, None where there is none."""

    items: tuple[PricedSession, ...]
    previous: Key | None
    next: Key | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of sessions is narrowed to; "" does not narrow. `commune` is an INSEE code."""

    theme: str = ""
    offer: str = ""
    commune: str = ""
    partner: str = ""

    def __bool__(self) -> bool:
        return bool(self.theme or self.offer or self.commune or self.partner)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: only what leads to a coming session."""

    themes: tuple[tuple[str, str], ...]
    offers: tuple[tuple[str, str], ...]
    communes: tuple[tuple[str, str], ...]
    partners: tuple[tuple[str, str], ...] = ()


async def sessions(
    who: CatalogueReader,
    filters: Filters | None = None,
    *,
    after: Key | None = None,
    before: Key | None = None,
    limit: int = PAGE,
) -> ComingSessions:
    """A page of coming sessions, the soonest first: two statements."""
    wanted = filters or Filters()
    backward = before is not None and after is None
    key = before if backward else after
    where = _narrowed(who, wanted)
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
    return ComingSessions(
        tuple(await priced(found, who)),
        previous=_key(found[0]) if found and earlier else None,
        next=_key(found[-1]) if found and further else None,
    )


def _key(session: SessionView) -> Key:
    return session.starts_at, session.id


async def priced(found: Sequence[SessionView], who: CatalogueReader) -> list[PricedSession]:
    """The sessions with their prices, in one statement."""
    tariffs = await catalogue.tariffs(sorted({session.offer for session in found}))
    return [PricedSession(s, price_said(tariffs[s.offer], who.kinds, clock.local(s.starts_at).date())) for s in found]


def _narrowed(who: CatalogueReader, wanted: Filters) -> Clauses:
    where = visible(clock.now(), who.ids)
    if wanted.offer:
        where.add("s.offer = (select id from offer where slug = {})", wanted.offer)
    if wanted.theme:
        where.add("o.theme = {}", wanted.theme)
    if wanted.commune:
        where.add("c.insee = {}", wanted.commune)
    if wanted.partner:
        where.add("p.slug = {}", wanted.partner)
    return where


async def choices(who: CatalogueReader) -> Choices:
    """What a list of coming sessions can be narrowed to: two statements."""
    where = visible(clock.now(), who.ids)
    offered = await db.connection().fetch(_OFFERED.format(where), *where.values)
    communes = await db.connection().fetch(_COMMUNES.format(where), *where.values)
    themes = dict.fromkeys(record["theme"] for record in offered)
    titles = sorted((r["rank"], r["slug"], r["title"]) for r in offered)
    partners = {r["partner_slug"]: r["partner"] for r in offered if r["partner_slug"]}
    return Choices(
        tuple((theme, theme) for theme in themes),
        tuple((slug, title) for _rank, slug, title in titles),
        tuple((record["insee"], record["name"]) for record in communes),
        tuple(sorted(partners.items(), key=lambda known: known[1])),
    )


# An offer, a commune is one to choose when it has a coming session: with a limit, that is looked up one by one.
_OFFERED = """
    select o.slug, o.title, o.theme, p.slug as partner_slug, p.name as partner,
           row_number() over (order by fold(o.title), o.title, o.slug) as rank
    from offer o left join partner p on p.id = o.partner
    where (select true from session s where s.offer = o.id and {} limit 1)
    order by fold(o.theme), o.theme
"""
_COMMUNES = """
    select c.insee, c.name from commune c
    where exists (select from venue v where v.commune = c.id and (
        select true from venue_use u join slot t on t.id = u.slot and t.position = 1
        join session s on s.id = t.session join offer o on o.id = s.offer
        where u.venue = v.id and u.holds and u.during && tstzrange($1, null) and {} limit 1
    ))
    order by fold(c.name), c.name, c.insee
"""
