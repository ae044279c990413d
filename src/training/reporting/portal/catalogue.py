"""The catalogue of offers with their next date, and one offer, each with its price for who looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.catalogue import queries as catalogue
from training.catalogue.queries import OfferView
from training.kernel import clock, db
from training.reporting.portal.prices import PriceLine, PriceSaid, price_said, price_table
from training.reporting.portal.readers import CatalogueReader
from training.reporting.portal.sessions import ComingSessions, Filters, PricedSession, sessions
from training.scheduling.queries import visible


@dataclass(frozen=True, slots=True)
class NextDate:
    """The first coming session of an offer."""

    offer: int
    session: int
    starts_at: datetime
    city: str | None


@dataclass(frozen=True, slots=True)
class OfferListed:
    """An offer in the catalogue; `coming` None: no date yet."""

    offer: OfferView
    price: PriceSaid
    coming: NextDate | None


async def offers(who: CatalogueReader, *, search: str = "", theme: str = "", kind: str = "") -> list[OfferListed]:
    """The catalogue: three statements, however long it is."""
    found = await catalogue.offers(search=search, theme=theme, kind=kind)
    ids = [offer.id for offer in found]
    tariffs = await catalogue.tariffs(ids)
    coming = await _next(who, ids)
    today = clock.today()
    return [OfferListed(o, price_said(tariffs[o.id], who.kinds, today), coming.get(o.id)) for o in found]


async def _next(who: CatalogueReader, offers: Sequence[int]) -> dict[int, NextDate]:
    """The first coming session of each offer, looked up one by one in the index of its sessions."""
    where = visible(clock.now(), who.ids)
    sql = f"""
        select o.id as offer, n.id as session, n.starts_at, c.name as city
        from offer o
        cross join lateral (
            select s.id, s.starts_at from session s where s.offer = o.id and {where} order by s.starts_at, s.id limit 1
        ) n
        join slot t on t.session = n.id and t.position = 1
        left join venue_use u on u.slot = t.id
        left join venue v on v.id = u.venue
        left join commune c on c.id = v.commune
        where o.id = any({where.value(list(offers))})
    """
    return {date.offer: date for date in await db.rows(NextDate, sql, *where.values)}


@dataclass(frozen=True, slots=True)
class OfferPage:
    """An offer, its tariffs in words, and its next dates."""

    offer: OfferView
    prices: tuple[PriceLine, ...]
    price: PriceSaid
    coming: ComingSessions

    @property
    def first(self) -> PricedSession | None:
        """The first date that can be booked now."""
        return next((i for i in self.coming.items if not i.closed and i.session.seats_left > 0), None)


async def offer_page(who: CatalogueReader, slug: str) -> OfferPage | None:
    """What the page of an offer shows; None when there is no such offer in the catalogue."""
    found = await catalogue.offer(slug)
    if found is None:
        return None
    tariffs = (await catalogue.tariffs([found.id]))[found.id]
    coming = await sessions(who, Filters(offer=slug), limit=12)
    today = clock.today()
    return OfferPage(found, tuple(price_table(tariffs, today)), price_said(tariffs, who.kinds, today), coming)
