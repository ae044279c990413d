"""Offers, read: those of the catalogue, one of them, what is written of it and how it is billed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from training.catalogue.rules import offers as rules
from training.catalogue.rules.looks import Look
from training.catalogue.rules.offers import OfferFields, OfferKind, OfferMoved, OfferState, ProgrammeStep
from training.kernel import db
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


async def partner_of(offer: int) -> int | None:
    """The partner that delivers an offer, while it is one of ours; None: the platform's own team."""
    sql = "select p.id from offer o join partner p on p.id = o.partner and p.active where o.id = $1"
    found: int | None = await db.value(sql, offer)
    return found
