"""Offers as the office has them: the list, one of them with what it lacks and what is planned, what forms need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from training.catalogue.queries import offers as catalogue
from training.catalogue.queries import tariffs as pricing
from training.catalogue.queries.offers import LOOK, LOOK_JOIN
from training.catalogue.rules.looks import Look, PictureWords
from training.catalogue.rules.offers import (
    NEEDED,
    Lack,
    OfferFields,
    OfferState,
    lacks,
    may_move,
)
from training.catalogue.rules.tariffs import TariffMode, TariffRow, standing
from training.directory import queries as directory
from training.kernel import addresses, clock, db
from training.kernel.clauses import Clauses
from training.papers.rules.vat import VatRegime
from training.records import queries as records
from training.reporting.office.edits import EditShown, edits_of
from training.reporting.office.tariffs import OfferMoney, money_of

NEXT = 5  # sessions that an offer's page names


@dataclass(frozen=True, slots=True)
class ComingOfOffer:
    """A session to come, on an offer's page."""

    id: int
    starts_at: datetime
    city: str | None
    seats_taken: int
    capacity: int


@dataclass(frozen=True, slots=True)
class OfferKept:
    """An offer with what the team sees of it at one glance. `coming`: the next of its sessions, the soonest first."""

    id: int
    state: OfferState
    fields: OfferFields
    look: Look
    partner_name: str | None
    has_steps: bool
    vat_regime: VatRegime | None
    bill_present: bool
    analytic_code: str | None
    sales_account: str | None
    next_session: int | None
    next_at: datetime | None
    next_city: str | None
    tariffs: tuple[TariffRow, ...] = ()

    @property
    def path(self) -> str:
        """Where the team reads it."""
        return addresses.office_offer(self.fields.slug)

    @property
    def tariffs_path(self) -> str:
        """Where the team says what it costs."""
        return addresses.office_offer_tariffs(self.fields.slug)

    @property
    def public(self) -> str:
        """Where everybody reads it, once it is published."""
        return addresses.offer(self.fields.slug)

    @property
    def lacking(self) -> tuple[Lack, ...]:
        """What it lacks: what publishing needs first, then what is only advised."""
        return lacks(self.fields, has_tariff=bool(self.tariffs), has_steps=self.has_steps)

    @property
    def needs(self) -> tuple[Lack, ...]:
        """What has to be there before it is published."""
        return tuple(lack for lack in self.lacking if lack in NEEDED)

    @property
    def prices(self) -> tuple[TariffRow, ...]:
        """The tariffs of today, the cheapest first."""
        return tuple(sorted(standing(self.tariffs, clock.today()), key=lambda t: (t.amount_cents, t.mode)))

    @property
    def per_seat(self) -> bool:
        """Some organisation pays for each person."""
        return any(tariff.mode == TariffMode.PER_SEAT for tariff in self.tariffs)


_COLUMNS = ", ".join(f"o.{name}" for name in OfferFields.__slots__ if name != "steps")
_KEPT = f"""
    select o.id, o.state, {_COLUMNS}, {LOOK}, p.name as partner_name,
           (select true from offer_step where offer = o.id limit 1) is not null as has_steps,
           o.vat_regime, o.bill_present, o.analytic_code, o.sales_account,
           n.id as next_session, n.starts_at as next_at, c.name as next_city
    from offer o left join partner p on p.id = o.partner {LOOK_JOIN}
    left join lateral (
        select s.id, s.starts_at from session s
        where s.offer = o.id and session_bookable(s.state) and s.starts_at > {{now}}
        order by s.starts_at, s.id limit 1
    ) n on true
    left join slot t on t.session = n.id and t.position = 1
    left join venue_use u on u.slot = t.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
"""


@dataclass(frozen=True, slots=True)
class OfficeOffers:
    """The offers of a list; `counts` by state, of all that there are."""

    offers: tuple[OfferKept, ...]
    counts: dict[OfferState, int]

    @property
    def any(self) -> bool:
        """There is an offer, whether the list shows it or not."""
        return any(self.counts.values())


async def offers_page(search: str, *, archived: bool = False) -> OfficeOffers:
    """What the page of offers shows, drafts first, then by title, in three statements."""
    where = Clauses("o.state = 'archived'" if archived else "o.state <> 'archived'")
    now = where.value(clock.now())
    if search.strip():
        said = "concat_ws(' ', o.title, o.theme, th.name, o.keywords, o.analytic_code)"
        where.add(f"strpos(fold({said}), fold({{}})) > 0", search.strip())
    sql = f"{_KEPT.format(now=now)} where {where} order by o.state = 'published', fold(o.title), o.title, o.id"
    found = await db.rows(OfferKept, sql, *where.values)
    states = await db.connection().fetch("select state, count(*) as offers from offer group by state")
    counts = {OfferState(record["state"]): record["offers"] for record in states}
    return OfficeOffers(await _priced(found), {state: counts.get(state, 0) for state in OfferState})


async def _priced(found: Sequence[OfferKept]) -> tuple[OfferKept, ...]:
    tariffs = await pricing.tariffs([offer.id for offer in found])
    return tuple(replace(offer, tariffs=tuple(tariffs[offer.id])) for offer in found)


@dataclass(frozen=True, slots=True)
class AheadOfOffer:
    """What is planned of an offer and has not begun: sessions, bookings that have seats in them, and the seats."""

    sessions: int = 0
    bookings: int = 0
    seats: int = 0


@dataclass(frozen=True, slots=True)
class OfficeOffer:
    """What the page of an offer shows. `usual`: the platform's VAT regime, which counts where it has none."""

    offer: OfferKept
    usual: VatRegime
    coming: tuple[ComingOfOffer, ...]
    ahead: AheadOfOffer
    past: int
    former: tuple[str, ...]
    deliverers: tuple[str, ...]
    edits: list[EditShown]
    money: OfferMoney

    @property
    def publishes(self) -> bool:
        """Whether its page offers to publish it."""
        return may_move(self.offer.state, OfferState.PUBLISHED) and not self.offer.needs


async def offer_page(slug: str) -> OfficeOffer:
    """What the page of an offer shows, and those that ask before something is done to it. NotFound, OfferMoved."""
    offer = await _whole(slug)
    id_, now = offer.id, clock.now()
    coming = await db.rows(ComingOfOffer, _COMING, id_, now)
    ahead = await db.row(AheadOfOffer, _AHEAD, id_, now) or AheadOfOffer()
    past = await db.value("select count(*) from session where offer = $1 and state = 'held'", id_)
    former = await db.connection().fetch("select slug from offer_former_slug where offer = $1 order by left_at", id_)
    can = await db.connection().fetch(_DELIVERERS, id_)
    return OfficeOffer(
        offer,
        await _usual_regime(),
        tuple(coming),
        ahead,
        past,
        tuple(record["slug"] for record in former),
        tuple(record["name"] for record in can),
        await edits_of("offer", id_),
        await money_of(id_, offer.tariffs),
    )


async def _kept(slug: str) -> OfferKept:
    offer = await db.row(OfferKept, f"{_KEPT.format(now='$1')} where o.slug = $2", clock.now(), slug)
    if offer is None:
        raise await catalogue.no_offer(slug)
    return (await _priced([offer]))[0]


async def _usual_regime() -> VatRegime:
    platform = await directory.platform()  # none yet, while somebody writes the first offers
    return VatRegime(platform.vat_regime) if platform else VatRegime.OUT_OF_SCOPE


async def _whole(slug: str) -> OfferKept:
    offer = await _kept(slug)
    return replace(offer, fields=replace(offer.fields, steps=await catalogue.programme(offer.id)))


_DELIVERERS = """
    select f.name from offer_facilitator d join facilitator f on f.id = d.facilitator
    where d.offer = $1 order by fold(f.name), f.name, f.id
"""
_COMING = f"""
    select s.id, s.starts_at, c.name as city, s.seats_taken, s.capacity from session s
    join slot t on t.session = s.id and t.position = 1
    left join venue_use u on u.slot = t.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
    where s.offer = $1 and session_bookable(s.state) and s.starts_at > $2 order by s.starts_at, s.id limit {NEXT}
"""
_AHEAD = """
    select count(*) as sessions, coalesce(sum(s.seats_taken), 0)::integer as seats,
           coalesce(sum((
               select count(*) from booking b where b.session = s.id and booking_occupies(b.state)
           )), 0)::integer as bookings
    from session s where s.offer = $1 and session_bookable(s.state) and s.starts_at > $2
"""


@dataclass(frozen=True, slots=True)
class OfferChoices:
    """What a form about an offer chooses from: texts of themes, partners and people who deliver by id."""

    themes: tuple[str, ...]
    partners: tuple[tuple[int, str], ...]
    people: tuple[tuple[int, str], ...]


async def _choices(offer: OfferKept) -> OfferChoices:
    """Themes that offers bear or bore; partners and people in use, and this one's: three statements."""
    themes = await db.connection().fetch("select text from theme where text <> '' order by position, fold(text), id")
    partners = await db.connection().fetch(
        "select id, name from partner where active or id = $1 order by fold(name), name, id", offer.fields.partner
    )
    people = await db.connection().fetch(
        """
        select f.id, f.name from facilitator f
        where f.active or f.id in (select facilitator from offer_facilitator where offer = $1)
        order by fold(f.name), f.name, f.id
        """,
        offer.id,
    )
    return OfferChoices(
        tuple(record["text"] for record in themes),
        tuple((record["id"], record["name"]) for record in partners),
        tuple((record["id"], record["name"]) for record in people),
    )


@dataclass(frozen=True, slots=True)
class OfferEditing:
    """An offer being written, as it stands, and what its form chooses from. `seen`: the last edit that this shows."""

    offer: OfferKept
    choices: OfferChoices
    deliverers: frozenset[int]
    seen: int


async def offer_editing(slug: str) -> OfferEditing:
    """What the page that writes an offer shows. NotFound, OfferMoved."""
    seen = await records.last_change("offer", (await _kept(slug)).id)
    offer = await _whole(slug)
    can = await db.connection().fetch("select facilitator from offer_facilitator where offer = $1", offer.id)
    deliverers = frozenset(record["facilitator"] for record in can)
    return OfferEditing(offer, await _choices(offer), deliverers, seen)


async def path_of(offer: int) -> str:
    """Where the team reads an offer."""
    return addresses.office_offer(await db.value("select slug from offer where id = $1", offer))


@dataclass(frozen=True, slots=True)
class OfferBilled:
    """An offer whose invoicing is written. `usual`: the platform's regime, which counts where it has none."""

    offer: OfferKept
    usual: VatRegime
    seen: int


async def offer_billing(slug: str) -> OfferBilled:
    """What the page of an offer's invoicing shows. NotFound, OfferMoved."""
    seen = await records.last_change("offer", (await _kept(slug)).id)
    return OfferBilled(await _kept(slug), await _usual_regime(), seen)


@dataclass(frozen=True, slots=True)
class OfferPictured:
    """How an offer is shown; `words`: what is said of its picture, None while it has none."""

    id: int
    slug: str
    title: str
    state: OfferState
    look: Look
    words: PictureWords | None
    seen: int

    @property
    def path(self) -> str:
        """Where its picture is changed."""
        return addresses.office_offer_picture(self.slug)


async def offer_picture(slug: str) -> OfferPictured:
    """How an offer is shown, in one statement. NotFound, OfferMoved."""
    sql = f"""
        select o.id, o.slug, o.title, o.state, {LOOK}, pic.alt, pic.agreed_by, pic.agreed_on, pic.agreement,
               {records.last_change_of("offer", "o.id")} as seen
        from offer o {LOOK_JOIN} where o.slug = $1
    """
    offer = await db.row(OfferPictured, sql, slug)
    if offer is None:
        raise await catalogue.no_offer(slug)
    return offer
