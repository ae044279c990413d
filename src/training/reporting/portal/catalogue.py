"""Offers with their next date, and coming sessions page by page, each with its price for who looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.states import NAMEABLE, is_late
from training.catalogue import queries as catalogue
from training.catalogue.queries import OfferView
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.directory.rules import OrganisationKind
from training.kernel import addresses, clock, db
from training.kernel.actor import Actor, Scope
from training.kernel.clauses import Clauses
from training.reporting.portal.prices import PriceLine, PriceSaid, price_said, price_table
from training.scheduling import queries as scheduling
from training.scheduling.queries import SESSION, SessionView, SlotView, visible
from training.scheduling.rules import SessionKind, SessionState

PAGE = 50  # sessions on a page

Key = tuple[datetime, int]  # (starts_at, id) of a session: what pages of sessions begin after


@dataclass(frozen=True, slots=True)
class CatalogueReader:
    """For whom prices and private sessions are looked up; a visitor has no organisation."""

    organisations: tuple[OrganisationView, ...] = ()

    @property
    def ids(self) -> list[int]:
        """The organisations' ids."""
        return [o.id for o in self.organisations]

    @property
    def kinds(self) -> list[str]:
        """The organisations' kinds, each once; every kind for a visitor, who may be any."""
        return sorted({str(o.kind) for o in self.organisations}) or [str(kind) for kind in OrganisationKind]


VISITOR = CatalogueReader()


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


async def reader(actor: Actor | None) -> CatalogueReader:
    """The organisations behind who looks: no statement for a visitor."""
    if actor is None or not actor.scope.organisations:
        return VISITOR
    return CatalogueReader(tuple(await directory.organisations(list(actor.scope.organisations))))


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
        tuple(await _priced(found, who)),
        previous=_key(found[0]) if found and earlier else None,
        next=_key(found[-1]) if found and further else None,
    )


def _key(session: SessionView) -> Key:
    return session.starts_at, session.id


async def _priced(found: Sequence[SessionView], who: CatalogueReader) -> list[PricedSession]:
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


@dataclass(frozen=True, slots=True)
class SessionShown:
    """What the page of a session shows. `delivered_by`: bodies, never persons; empty is the platform's own team.

    `booked`: what the reader's organisations have there and may still come with.
    """

    session: SessionView
    slots: tuple[SlotView, ...]
    delivered_by: tuple[str, ...]
    price: PriceSaid
    others: tuple[PricedSession, ...]
    booked: tuple[BookingView, ...] = ()

    @property
    def refusal(self) -> str:
        """Why nobody can book it now: "cancelled", "past", "closed", "full"; "" when it can be."""
        session, now = self.session, clock.now()
        if session.state == SessionState.CANCELLED:
            return "cancelled"
        if session.state == SessionState.HELD or session.starts_at <= now:
            return "past"
        if session.closes_at <= now:
            return "closed"
        return "" if session.seats_left > 0 else "full"


async def session_page(actor: Actor | None, who: CatalogueReader, id: int) -> SessionShown | None:  # noqa: A002
    """A session that this person may see: not a draft, not another organisation's. Seven statements at most."""
    session = await scheduling.session(id)
    if session is None or not _may_see(actor, session):
        return None
    slots = (await scheduling.slots([id]))[id]
    assigned = await scheduling.assignments([id])
    coming = await sessions(who, Filters(offer=session.offer_slug), limit=6)
    return SessionShown(
        session,
        tuple(slots),
        _bodies(session, [a.partner for a in assigned]),
        (await _priced([session], who))[0].price,
        tuple(item for item in coming.items if item.session.id != id)[:5],
        await _booked(who, id),
    )


async def _booked(who: CatalogueReader, session: int) -> tuple[BookingView, ...]:
    if not who.organisations:
        return ()
    scope, now = Scope(organisations={id_: frozenset() for id_ in who.ids}), clock.now()
    found = await bookings.bookings(scope, session=session, states=sorted(NAMEABLE))
    return tuple(b for b in found if not is_late(b.state, b.expires_at, now))


def _may_see(actor: Actor | None, session: SessionView) -> bool:
    if session.state == SessionState.DRAFT:
        return False
    if session.kind != SessionKind.PRIVATE:
        return True
    if actor is None:
        return False
    scope = actor.scope
    return scope.everything or session.organisation in scope.organisations or ("session", session.id) in scope.links


def _bodies(session: SessionView, partners: Sequence[str | None]) -> tuple[str, ...]:
    named = dict.fromkeys(filter(None, partners))
    return tuple(named) or tuple(filter(None, [session.partner]))


@dataclass(frozen=True, slots=True)
class Mapped:
    """An offer or a session on the site map, and when what it shows last changed."""

    offer: str | None
    session: int | None
    changed_at: datetime

    @property
    def path(self) -> str:
        """Where it is shown."""
        return addresses.offer(self.offer) if self.offer else addresses.session(self.session or 0)


async def site_map() -> list[Mapped]:
    """Every offer and every open coming session: what search engines may know."""
    where = visible(clock.now())
    sql = f"""
        select offer, session, changed_at from (
            select slug as offer, null::bigint as session, updated_at as changed_at from offer where state = 'published'
            union all
            select null, s.id, s.updated_at from session s
            join offer o on o.id = s.offer where {where}
        ) known order by offer, session limit 50000
    """
    return await db.rows(Mapped, sql, *where.values)
