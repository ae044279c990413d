"""The catalogue of offers with their next date, and one offer, each with its price for who looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.catalogue.queries import funding as supporting
from training.catalogue.queries import offers as catalogue
from training.catalogue.queries import tariffs as pricing
from training.catalogue.queries.funding import FundingView
from training.catalogue.queries.offers import LOOK_JOIN, OfferView
from training.catalogue.queries.themes import ThemeListed
from training.catalogue.rules.offers import OfferMoved, OfferState, ProgrammeStep
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.searching import MOST
from training.reporting.portal.prices import PriceLine, PriceSaid, price_said, price_table
from training.reporting.portal.readers import CatalogueReader, asked_of
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


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """What the catalogue shows. `themes`: of all that the search finds, whichever of them is shown.

    `hint`: where nothing is found, the word of the search that most offers have, and how many they are.
    """

    offers: tuple[OfferListed, ...]
    themes: tuple[ThemeListed, ...]
    kinds: tuple[OrganisationKind, ...]
    hint: tuple[str, int] | None = None

    @property
    def found(self) -> int:
        """How many offers the search finds, of whatever theme."""
        return sum(theme.offers for theme in self.themes)


async def catalogue_page(
    who: CatalogueReader, *, search: str = "", theme: str = "", kind: str = "", people: int = 0
) -> CataloguePage:
    """The catalogue: five statements at most, however long it is."""
    found = [o for o in await catalogue.offers(search=search, kind=kind) if not people or o.group_max >= people]
    shown = [o for o in found if not theme or o.theme == theme]
    ids = [offer.id for offer in shown]
    tariffs = await pricing.tariffs(ids)
    coming = await _next(who, ids)
    today = clock.today()
    return CataloguePage(
        tuple(
            OfferListed(o, price_said(tariffs[o.id], who.kinds, today, people or 1), coming.get(o.id)) for o in shown
        ),
        _themes(found),
        await asked_of(who),
        await _hint(search) if not shown else None,
    )


def _themes(found: Sequence[OfferView]) -> tuple[ThemeListed, ...]:
    """The themes of some offers, those that have the most of them first."""
    counted = Counter(offer.theme for offer in found if offer.theme)
    looks = {offer.theme: offer.look for offer in found}
    return tuple(ThemeListed(looks[theme], number) for theme, number in counted.most_common())


async def _hint(search: str) -> tuple[str, int] | None:
    """Of a search that finds nothing, the word that most offers have: one statement."""
    words = list(dict.fromkeys(search.split()))[:MOST]
    if not words:
        return None
    sql = f"""
        select w.word, count(*) as offers from unnest($1::text[]) w (word)
        join offer o on o.state = 'published' {LOOK_JOIN}
        where length(w.word) > 2
        and strpos(fold(concat_ws(' ', o.title, o.summary, th.name)), rtrim(fold(w.word), 'sx')) > 0
        group by w.word order by offers desc, w.word limit 1
    """
    found = await db.connection().fetchrow(sql, words)
    return (found["word"], found["offers"]) if found else None


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
    prices: tuple[PriceLine, ...]  # of every kind of organisation
    price: PriceSaid
    coming: ComingSessions
    steps: tuple[ProgrammeStep, ...] = ()
    funders: tuple[FundingView, ...] = ()  # today

    @property
    def state(self) -> OfferState:
        """Whether everybody sees it."""
        return self.offer.state

    @property
    def first(self) -> PricedSession | None:
        """The first date that can be booked now."""
        return next((item for item in self.coming.items if item.open), None)


async def offer_page(who: CatalogueReader, slug: str, people: int = 0) -> OfferPage | None:
    """What the page of an offer shows; None when there is no such offer in the catalogue. OfferMoved: it has moved."""
    found = await catalogue.offer(slug)
    if found is None:
        await follow_in_public(slug)
        return None
    return await _page_of(who, found, people)


async def follow_in_public(slug: str) -> None:
    """OfferMoved when an offer of the catalogue was at an address where there is none any more."""
    if now := await catalogue.moved(slug, OfferState.PUBLISHED):
        raise OfferMoved(slug, now)


async def offer_previewed(who: CatalogueReader, slug: str) -> OfferPage:
    """The same of an offer in any state, for who writes it. NotFound, OfferMoved."""
    found = await catalogue.offer_written(slug)
    if found is None:
        raise await catalogue.no_offer(slug)
    return await _page_of(who, found, 0)


async def _page_of(who: CatalogueReader, found: OfferView, people: int) -> OfferPage:
    tariffs = (await pricing.tariffs([found.id]))[found.id]
    coming = await sessions(who, Filters(offer=found.slug), limit=12)
    today = clock.today()
    prices = tuple(price_table(tariffs, today, who.kinds))
    steps = await catalogue.programme(found.id)
    funders = tuple((await supporting.funded_on([found.id], today))[found.id])
    return OfferPage(found, prices, price_said(tariffs, who.kinds, today, people or 1), coming, steps, funders)
