"""The catalogue, read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.catalogue.rules import OFFER_KIND_NAMES, OfferKind, TariffRow
from training.kernel import db
from training.kernel.i18n import _


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

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return _(OFFER_KIND_NAMES[OfferKind(self.kind)])

    @property
    def goals(self) -> list[str]:
        """The objectives, one by one."""
        return [line.strip() for line in self.objectives.splitlines() if line.strip()]


_OFFER = """
    select o.id, o.slug, o.title, o.summary, o.description, o.objectives, o.audience, o.prerequisites, o.theme, o.kind,
           o.duration_minutes, o.group_min, o.group_max, p.name as partner, o.updated_at
    from offer o left join partner p on p.id = o.partner
    where o.state = 'published'
"""


async def offers(*, search: str = "", theme: str = "", kind: str = "") -> list[OfferView]:
    """The published offers, by title; `search`: every word of it occurs, whatever its accents and plural."""
    return await db.rows(
        OfferView,
        _OFFER
        + """
        and not exists (
            select from regexp_split_to_table(trim(fold($1)), '[[:space:]]+') as word
            where strpos(fold(concat_ws(' ', o.title, o.summary, o.theme, o.description)), rtrim(word, 'sx')) = 0
        )
        and ($2 = '' or o.theme = $2) and ($3 = '' or o.kind = $3)
        order by fold(o.title), o.title, o.id
        """,
        search.strip(),
        theme,
        kind,
    )


async def offer(slug: str) -> OfferView | None:
    """A published offer by its slug."""
    return await db.row(OfferView, _OFFER + " and o.slug = $1", slug)


async def themes() -> list[str]:
    """The themes that have a published offer."""
    sql = "select theme from offer where state = 'published' group by theme order by fold(theme), theme"
    return [record["theme"] for record in await db.connection().fetch(sql)]


async def tariffs(offers: list[int]) -> dict[int, list[TariffRow]]:
    """Every tariff of some offers, by offer, in one statement."""
    found: dict[int, list[TariffRow]] = {offer: [] for offer in offers}
    sql = """
        select offer, organisation_kind, mode, amount_cents, reference_cents, valid_from, valid_until
        from tariff where offer = any($1)
    """
    for record in await db.connection().fetch(sql, offers):
        values = dict(record)
        found[values.pop("offer")].append(TariffRow(**values))
    return found
