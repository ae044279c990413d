"""What an offer costs, whom and when, as its page of tariffs shows it; and what a change of it would touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from training.catalogue.queries import funding as supporting
from training.catalogue.queries import offers as catalogue
from training.catalogue.queries import tariffs as pricing
from training.catalogue.queries.funding import FundingView
from training.catalogue.rules.changing import Priced, TariffChange, changed, kinds_said, price_of, withdrawn
from training.catalogue.rules.grid import Gap, Kind, TariffGrid, gaps, grid
from training.catalogue.rules.looks import Look
from training.catalogue.rules.offers import OfferState
from training.catalogue.rules.tariffs import TariffRow, price_for, tariff_for
from training.directory.rules.organisations import OrganisationKind
from training.kernel import addresses, clock, db
from training.records import queries as records
from training.reporting.office.edits import EditShown, edits_of


@dataclass(frozen=True, slots=True)
class OfferPriced:
    """The offer whose tariffs are shown."""

    id: int
    slug: str
    title: str
    state: OfferState
    look: Look

    @property
    def page(self) -> str:
        """Its own page."""
        return addresses.office_offer(self.slug)

    @property
    def path(self) -> str:
        """Where its tariffs are."""
        return addresses.office_offer_tariffs(self.slug)


@dataclass(frozen=True, slots=True)
class SessionDue:
    """A session to come with the bookings that one kind of organisation has there; `whose` it is, if private."""

    id: int
    starts_at: datetime
    whose: str | None
    booked: str | None
    bookings: int
    undecided: int

    @property
    def day(self) -> date:
        """The day whose tariff makes its price."""
        return clock.local(self.starts_at).date()

    def may_pay(self, kind: OrganisationKind) -> bool:
        """Whether an organisation of a kind may come."""
        return self.whose in (None, kind.value)


@dataclass(frozen=True, slots=True)
class GapShown:
    """Days on which some kinds have no price, and the days of the sessions that stand in it."""

    who: str
    gap: Gap
    sessions: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class OfferTariffs:
    """What the page of an offer's tariffs shows. `past`: what held and is over, the latest first."""

    offer: OfferPriced
    tariffs: tuple[TariffRow, ...]
    grid: TariffGrid
    holes: tuple[GapShown, ...]  # a price before and after
    bare: tuple[GapShown, ...]  # no price from some day on, for ever
    past: tuple[TariffRow, ...]
    fundings: tuple[FundingView, ...]
    today: date
    edits: list[EditShown]  # of what it costs, and of who funds it
    seen: int


async def tariffs_page(slug: str) -> OfferTariffs:
    """What the page of an offer's tariffs shows, in seven statements; NotFound, OfferMoved."""
    offer = await _offer(slug)
    seen = await records.last_change("offer", offer.id)
    rows, today = (await pricing.tariffs([offer.id]))[offer.id], clock.today()
    due = await _due(offer.id) if rows else []
    found = _gaps(rows, due, today)
    over = [row for row in rows if row.valid_until is not None and row.valid_until < today]
    return OfferTariffs(
        offer,
        tuple(rows),
        grid(rows, today),
        tuple(shown for shown in found if shown.gap.hole),
        tuple(shown for shown in found if shown.gap.until is None),
        tuple(sorted(over, key=lambda row: (row.valid_from, row.organisation_kind or ""), reverse=True)),
        tuple((await supporting.fundings([offer.id]))[offer.id]),
        today,
        [edit for edit in await edits_of("offer", offer.id) if edit.field.startswith(("tariff_", "funding"))],
        seen,
    )


@dataclass(frozen=True, slots=True)
class OfferMoney:
    """What the offer's own page says of its prices and funders: the days without a price, who pays for it."""

    holes: tuple[GapShown, ...]
    fundings: tuple[FundingView, ...]


async def money_of(offer: int, rows: Sequence[TariffRow]) -> OfferMoney:
    """In one statement, two where days have no price."""
    today = clock.today()
    holes = tuple(shown for shown in _gaps(rows, [], today) if shown.gap.hole)
    if holes:
        holes = tuple(shown for shown in _gaps(rows, await _due(offer), today) if shown.gap.hole)
    return OfferMoney(holes, tuple((await supporting.fundings([offer]))[offer]))


async def _offer(slug: str) -> OfferPriced:
    sql = (
        f"select o.id, o.slug, o.title, o.state, {catalogue.LOOK} from offer o {catalogue.LOOK_JOIN} where o.slug = $1"
    )
    found = await db.row(OfferPriced, sql, slug)
    if found is None:
        raise await catalogue.no_offer(slug)
    return found


async def _due(offer: int) -> list[SessionDue]:
    """The offer's sessions to come, a row for each kind of organisation that has booked it."""
    sql = """
        select s.id, s.starts_at, w.kind as whose, g.kind as booked, coalesce(g.bookings, 0) as bookings,
               coalesce(g.undecided, 0) as undecided
        from session s left join organisation w on w.id = s.organisation
        left join lateral (
            select o.kind, count(*) as bookings, count(*) filter (where b.state <> 'confirmed') as undecided
            from booking b join organisation o on o.id = b.organisation
            where b.session = s.id and booking_may_come(b.state) group by o.kind
        ) g on true
        where s.offer = $1 and s.starts_at > $2 and (session_bookable(s.state) or s.state = 'draft')
        order by s.starts_at, s.id, g.kind
    """
    return await db.rows(SessionDue, sql, offer, clock.now())


def _gaps(rows: Sequence[TariffRow], due: Sequence[SessionDue], today: date) -> list[GapShown]:
    """The days to come on which kinds have no price, those that lack it alike together."""
    lacking: dict[Gap, list[OrganisationKind]] = {}
    for kind in OrganisationKind:
        for gap in gaps(rows, kind.value):
            if gap.until is None or gap.until >= today:
                lacking.setdefault(gap, []).append(kind)
    return [
        GapShown(
            kinds_said([kind.value for kind in kinds]),
            gap,
            tuple(sorted({s.day for s in due if gap.has(s.day) and any(s.may_pay(kind) for kind in kinds)})),
        )
        for gap, kinds in sorted(lacking.items(), key=lambda found: found[0].since or date.min)
    ]


@dataclass(frozen=True, slots=True)
class Effect:
    """What some kinds of organisations pay before a change and after it; None: they have no price."""

    who: str
    before: Priced | None
    after: Priced | None


@dataclass(frozen=True, slots=True)
class TariffTouched:
    """What a change of tariff touches. `kept`: bookings that keep their price; `undecided`: of those, not confirmed.

    `holes`: those that it makes.
    """

    effects: tuple[Effect, ...]
    sessions: tuple[date, ...]
    kept: int
    undecided: int
    holes: tuple[GapShown, ...]
    ends: date | None  # what is planned then stays


@dataclass(frozen=True, slots=True)
class TariffEdited:
    """What the page of one change shows; `touched` None: nothing was asked for yet."""

    offer: OfferPriced
    tariffs: tuple[TariffRow, ...]
    today: date
    seen: int
    touched: TariffTouched | None = None

    def standing(self, kinds: Sequence[Kind], day: date) -> TariffRow | None:
        """The tariff of its own that the first of these kinds has on a day."""
        found = tariff_for(self.tariffs, kinds[0], day) if kinds else None
        return found if found is not None and found.organisation_kind == kinds[0] else None

    def price(self, kinds: Sequence[Kind], day: date) -> Priced | None:
        """What it asks."""
        row = self.standing(kinds, day)
        return price_of(row) if row else None


async def change_page(slug: str, change: TariffChange | None = None) -> TariffEdited:
    """The page that changes a tariff, with what a change would touch: four statements."""
    found = await _edited(slug)
    if change is None:
        return found
    since = min(change.since, change.planned or change.since)
    after, due = changed(found.tariffs, change), await _due(found.offer.id)
    return replace(found, touched=_touched(found.tariffs, after, due, change.kinds, since, change.since))


async def _edited(slug: str) -> TariffEdited:
    offer = await _offer(slug)
    seen = await records.last_change("offer", offer.id)
    return TariffEdited(offer, tuple((await pricing.tariffs([offer.id]))[offer.id]), clock.today(), seen)


async def withdraw_page(slug: str, kinds: Sequence[Kind], since: date) -> TariffEdited:
    """The page that takes a planned tariff back, with what that touches: four statements."""
    found = await _edited(slug)
    after, due = withdrawn(found.tariffs, kinds, since), await _due(found.offer.id)
    return replace(found, touched=_touched(found.tariffs, after, due, kinds, since, since))


def _touched(
    before: Sequence[TariffRow],
    after: Sequence[TariffRow],
    due: Sequence[SessionDue],
    kinds: Sequence[Kind],
    since: date,
    shown_on: date,
) -> TariffTouched:
    def moved(kind: OrganisationKind, day: date) -> bool:
        return price_for(before, kind.value, day) != price_for(after, kind.value, day)

    later = [s for s in due if s.day >= since]
    days = {s.day for s in later if any(s.may_pay(kind) and moved(kind, s.day) for kind in OrganisationKind)}
    booked = [s for s in later if s.booked and moved(OrganisationKind(s.booked), s.day)]
    own = [row for row in after if row.organisation_kind in kinds and row.valid_from <= shown_on]
    ends = [row.valid_until for row in own if row.valid_until is not None and row.valid_until >= shown_on]
    today = clock.today()
    known = {(shown.who, shown.gap) for shown in _gaps(before, due, today)}
    left = [shown for shown in _gaps(after, due, today) if (shown.who, shown.gap) not in known]
    return TariffTouched(
        tuple(_effects(before, after, shown_on)),
        tuple(sorted(days)),
        sum(s.bookings for s in booked),
        sum(s.undecided for s in booked),
        tuple(shown for shown in left if shown.gap.hole),
        min(ends, default=None),
    )


def _effects(before: Sequence[TariffRow], after: Sequence[TariffRow], day: date) -> Iterable[Effect]:
    grouped: dict[tuple[Priced | None, Priced | None], list[Kind]] = {}
    for kind in OrganisationKind:
        was, now = (tariff_for(rows, kind.value, day) for rows in (before, after))
        pair = (price_of(was) if was else None, price_of(now) if now else None)
        if pair[0] != pair[1]:
            grouped.setdefault(pair, []).append(kind.value)
    for (was_price, now_price), kinds in grouped.items():
        yield Effect(kinds_said(kinds), was_price, now_price)
