"""The catalogue, read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from training.catalogue.rules import offers as rules
from training.catalogue.rules.funding import FundedShare
from training.catalogue.rules.looks import Look, ThemeShown
from training.catalogue.rules.offers import OfferFields, OfferKind, OfferMoved, OfferState, ProgrammeStep
from training.catalogue.rules.supporters import SUPPORTER_KIND_NAMES, SupporterKind
from training.catalogue.rules.tariffs import Price, TariffRow, price_for
from training.kernel import clock, db
from training.kernel.clauses import Clauses
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.papers.rules.vat import VatRegime

# How an offer `o` is shown, for any statement that lists what is about it: the field `look: Look` of its rows. A theme
# lacks its row only where somebody filled tables with their triggers off: its offers are shown all the same.
LOOK = """
    array[
        o.theme, coalesce(th.name, o.theme), coalesce(th.paper, 'chamois'), coalesce(o.motif, th.motif, 'salle'),
        '/images/' || pic.address || '.webp', pic.alt
    ] as look
"""
LOOK_JOIN = "left join theme th on th.text = o.theme left join offer_picture pic on pic.offer = o.id"


@dataclass(frozen=True, slots=True)
class OfferView:
    """A published offer; `partner` is the name of who delivers it, None for the platform's team."""

    id: int
    slug: str
    title: str
    summary: str
    description: str
    objectives: str
    audience: str
    prerequisites: str
    theme: str
    kind: OfferKind
    duration_minutes: int
    group_min: int
    group_max: int
    partner: str | None
    updated_at: datetime
    look: Look
    host_provides: str = ""
    equipment: str = ""
    accessibility: str = ""
    state: OfferState = OfferState.PUBLISHED

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return _(rules.OFFER_KIND_NAMES[self.kind])

    @property
    def goals(self) -> list[str]:
        """The objectives, one by one."""
        return rules.lines(self.objectives)

    @property
    def to_provide(self) -> list[str]:
        """What the host has to have there."""
        return rules.lines(self.host_provides)

    @property
    def brought(self) -> list[str]:
        """What the team brings along."""
        return rules.lines(self.equipment)


_OFFER = f"""
    select o.id, o.slug, o.title, o.summary, o.description, o.objectives, o.audience, o.prerequisites, o.theme, o.kind,
           o.duration_minutes, o.group_min, o.group_max, p.name as partner, o.updated_at, {LOOK},
           o.host_provides, o.equipment, o.accessibility, o.state
    from offer o left join partner p on p.id = o.partner and p.active {LOOK_JOIN}
"""


async def offers(*, search: str = "", theme: str = "", kind: str = "") -> list[OfferView]:
    """The published offers, by title; `search`: every word of it occurs, whatever its accents and plural."""
    where = Clauses("o.state = 'published'")
    if search.strip():
        where.add(_HAVING_WORDS, search.strip())
    if theme:
        where.add("o.theme = {}", theme)
    if kind:
        where.add("o.kind = {}", kind)
    return await db.rows(OfferView, f"{_OFFER} where {where} order by fold(o.title), o.title, o.id", *where.values)


# « e-bike », « ebike » and « e bike » are one word to whoever looks for it; of short ones an s may be part (« bus »).
_HAVING_WORDS = """
    not exists (
        select from regexp_split_to_table(trim(fold({})), '[[:space:]]+') as word
        cross join lateral (
            select fold(concat_ws(
                ' ', o.title, o.summary, o.theme, th.name, th.keywords, o.keywords, replace(o.keywords, '-', ''),
                o.description
            )) as said, case when length(word) > 3 then rtrim(word, 'sx') else word end as stem
        ) looked
        where strpos(said, stem) = 0 and strpos(said, replace(stem, '-', '')) = 0
    )
"""


async def offer(slug: str) -> OfferView | None:
    """A published offer by its slug."""
    return await db.row(OfferView, _OFFER + " where o.state = 'published' and o.slug = $1", slug)


async def offer_written(slug: str) -> OfferView | None:
    """An offer by its slug as anybody would see it, whatever its state."""
    return await db.row(OfferView, _OFFER + " where o.slug = $1", slug)


async def moved(slug: str, *states: OfferState) -> str | None:
    """Where an offer is whose address was this one; None: no offer's was, or none that is in one of these states."""
    sql = (
        "select o.slug from offer_former_slug f join offer o on o.id = f.offer where f.slug = $1 and o.state = any($2)"
    )
    return await db.value(sql, slug, list(states or OfferState))  # type: ignore[no-any-return]


async def no_offer(slug: str) -> NotFound:
    """What to raise where no offer is at an address: NotFound, or that it has moved."""
    now = await moved(slug)
    return OfferMoved(slug, now) if now else NotFound(_("Cette offre n’existe pas."))


async def programme(offer: int) -> tuple[ProgrammeStep, ...]:
    """The steps of an offer, in order."""
    sql = "select title, minutes, text from offer_step where offer = $1 order by position"
    return tuple(await db.rows(ProgrammeStep, sql, offer))


_FIELDS = ", ".join(name for name in OfferFields.__slots__ if name != "steps")


async def offer_fields(offer: int) -> OfferFields:
    """All that is written of an offer, which exists, in two statements."""
    found = await db.row(OfferFields, f"select {_FIELDS} from offer where id = $1", offer)
    if found is None:
        raise LookupError(offer)
    return replace(found, steps=await programme(offer))


@dataclass(frozen=True, slots=True)
class ThemeListed:
    """A theme with how many offers of the catalogue are of it."""

    look: Look
    offers: int


async def themes() -> list[ThemeListed]:
    """The themes that have a published offer, in the order that staff gave them. Offers of none have no theme here."""
    sql = """
        select array[th.text, th.name, th.paper, th.motif, null, null] as look, u.offers
        from (select theme, count(*) as offers from offer where state = 'published' group by theme) u
        join theme th on th.text = u.theme
        where u.theme <> '' order by th.position, fold(th.name), th.id
    """
    return await db.rows(ThemeListed, sql)


@dataclass(frozen=True, slots=True)
class ThemeKept:
    """A theme as staff edit it. `used`: how many offers bear its text, in any state."""

    id: int
    text: str
    shown: ThemeShown
    used: int

    @property
    def look(self) -> Look:
        """How its offers are shown."""
        return Look(self.text, self.shown.name, self.shown.paper, self.shown.motif)


_THEME = """
    select th.id, th.text, th.name, th.paper, th.motif, th.keywords, th.position,
           (select count(*) from offer where theme = th.text) as used
    from theme th
"""


async def themes_kept() -> list[ThemeKept]:
    """Every theme that an offer bears or bore, in the order that staff gave them."""
    return await db.rows(ThemeKept, f"{_THEME} order by th.position, fold(th.name), th.id")


async def theme_kept(id: int) -> ThemeKept | None:  # noqa: A002
    """One of them."""
    return await db.row(ThemeKept, f"{_THEME} where th.id = $1", id)


async def tariffs(offers: list[int]) -> dict[int, list[TariffRow]]:
    """Every tariff of some offers, by offer, in one statement."""
    found: dict[int, list[TariffRow]] = {offer: [] for offer in offers}
    sql = """
        select offer, organisation_kind, mode, amount_cents, reference_cents, valid_from, valid_until
        from tariff where offer = any($1)
    """
    for of in await db.rows(_TariffOf, sql, offers):
        found[of.offer].append(of.tariff)
    return found


async def published_tariffs() -> dict[int, list[TariffRow]]:
    """Every tariff of every published offer, by offer, in one statement."""
    found: dict[int, list[TariffRow]] = {}
    sql = """
        select t.offer, t.organisation_kind, t.mode, t.amount_cents, t.reference_cents, t.valid_from, t.valid_until
        from tariff t join offer o on o.id = t.offer where o.state = 'published'
    """
    for of in await db.rows(_TariffOf, sql):
        found.setdefault(of.offer, []).append(of.tariff)
    return found


async def kinds_priced() -> frozenset[str | None]:
    """The kinds of organisations that tariffs of published offers name, now or later; None is any other kind."""
    sql = """
        select distinct t.organisation_kind as kind from tariff t join offer o on o.id = t.offer
        where o.state = 'published' and (t.valid_until is null or t.valid_until >= $1)
    """
    return frozenset(record["kind"] for record in await db.connection().fetch(sql, clock.today()))


async def price_of(offer: int, organisation_kind: str, starts_at: datetime, seats: int) -> Price | None:
    """What an organisation of a kind pays for seats at a session of that offer that starts then."""
    on = clock.local(starts_at).date()
    return price_for((await tariffs([offer]))[offer], organisation_kind, on, seats)


@dataclass(frozen=True, slots=True)
class _TariffOf:
    offer: int
    tariff: TariffRow


@dataclass(frozen=True, slots=True)
class BilledAs:
    """What an offer says of the lines that bill it; `vat_regime` None: the platform’s."""

    slug: str
    vat_regime: VatRegime | None
    bill_present: bool
    analytic_code: str | None
    sales_account: str | None


async def billed_as(slugs: Sequence[str]) -> dict[str, BilledAs]:
    """By slug, whatever the offers' states, in one statement."""
    sql = "select slug, vat_regime, bill_present, analytic_code, sales_account from offer where slug = any($1)"
    return {found.slug: found for found in await db.rows(BilledAs, sql, list(slugs))}


@dataclass(frozen=True, slots=True)
class SupporterView:
    """A partner or a funder; `address` is that of its logo, "" when it has none. A funder's days: None is for ever."""

    id: int
    kind: SupporterKind
    name: str
    link: str | None
    sentence: str
    position: int
    address: str
    alt: str
    valid_from: date | None
    valid_until: date | None
    archived_on: date | None
    active: bool

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return _(SUPPORTER_KIND_NAMES[self.kind])

    @property
    def last_day(self) -> date | None:
        """The last day that it counts, whichever ends it."""
        return min(filter(None, (self.valid_until, self.archived_on)), default=None)


_NAMED = """
    s.id, s.kind, s.name, s.link, s.sentence, s.position, coalesce(s.address, '') as address,
    coalesce(s.alt, '') as alt, s.valid_from, s.valid_until, s.archived_on, s.active
"""
_STANDS = """
    (s.archived_on is null or s.archived_on >= {day}) and (s.valid_from is null or s.valid_from <= {day})
    and (s.valid_until is null or s.valid_until >= {day})
"""


async def supporters() -> list[SupporterView]:
    """Who stands behind the platform today: partners, then funders, each in the order that staff gave them."""
    sql = f"""
        select {_NAMED} from supporter s where s.active and {_STANDS.format(day="$1")}
        order by s.kind desc, s.position, s.id
    """
    return await db.rows(SupporterView, sql, clock.today())


async def supporters_kept(kind: SupporterKind) -> list[SupporterView]:
    """Those of a kind, whenever they stood; who is archived comes last."""
    order = "not s.active, s.position, fold(s.name), s.id"
    return await db.rows(SupporterView, f"select {_NAMED} from supporter s where s.kind = $1 order by {order}", kind)


async def supporter(id: int) -> SupporterView | None:  # noqa: A002
    """One of them."""
    return await db.row(SupporterView, f"select {_NAMED} from supporter s where s.id = $1", id)


@dataclass(frozen=True, slots=True)
class FundingView:
    """Who funds an offer, and how much of what it is worth; None: it stands behind it."""

    offer: int
    share_bp: int | None
    by: SupporterView


_FUNDING = f"""
    select f.offer, f.share_bp, {_NAMED} from offer_funding f join supporter s on s.id = f.funding
    where f.offer = any($1)
"""
_LARGEST = "order by f.offer, f.share_bp desc nulls last, s.position, s.id"


async def funded_on(offers: Sequence[int], day: date) -> dict[int, list[FundingView]]:
    """Who funds some offers on a day, by offer, the largest share first, in one statement."""
    return _by_offer(
        offers, await db.rows(FundingView, f"{_FUNDING} and {_STANDS.format(day='$2')} {_LARGEST}", list(offers), day)
    )


async def fundings(offers: Sequence[int]) -> dict[int, list[FundingView]]:
    """The same, whenever it is."""
    return _by_offer(offers, await db.rows(FundingView, f"{_FUNDING} {_LARGEST}", list(offers)))


def _by_offer(offers: Sequence[int], found: list[FundingView]) -> dict[int, list[FundingView]]:
    return {offer: [funding for funding in found if funding.offer == offer] for offer in offers}


async def shares(offers: Sequence[int]) -> dict[int, list[FundedShare]]:
    """The shares of some offers that are numbers, each over its days, in one statement."""
    return {
        offer: [FundedShare(f.share_bp, f.by.valid_from, f.by.last_day) for f in each if f.share_bp is not None]
        for offer, each in (await fundings(offers)).items()
    }


async def funded_by(funding: int) -> dict[int, str]:
    """The offers that a funder pays for, with their titles."""
    sql = "select o.id, o.title from offer_funding f join offer o on o.id = f.offer where f.funding = $1 order by o.id"
    return {record["id"]: record["title"] for record in await db.connection().fetch(sql, funding)}


async def partner_of(offer: int) -> int | None:
    """The partner that delivers an offer, while it is one of ours; None: the platform's own team."""
    sql = "select p.id from offer o join partner p on p.id = o.partner and p.active where o.id = $1"
    found: int | None = await db.value(sql, offer)
    return found


async def deliverers(offers: Sequence[int]) -> dict[int, frozenset[int]]:
    """Who may deliver some offers, by offer: facilitators, those who left too; one statement."""
    sql = "select offer as key, array_agg(facilitator) as held from offer_facilitator where offer = any($1) group by 1"
    return await _links(sql, offers)


async def skills(facilitators: Sequence[int]) -> dict[int, frozenset[int]]:
    """What some facilitators may deliver, by facilitator: offers, in any state; one statement."""
    sql = """
        select facilitator as key, array_agg(offer) as held
        from offer_facilitator where facilitator = any($1) group by 1
    """
    return await _links(sql, facilitators)


async def _links(sql: str, keys: Sequence[int]) -> dict[int, frozenset[int]]:
    found: dict[int, frozenset[int]] = {key: frozenset() for key in keys}
    for record in await db.connection().fetch(sql, list(keys)):
        found[record["key"]] = frozenset(record["held"])
    return found
