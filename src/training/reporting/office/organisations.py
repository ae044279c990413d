"""Organisations as the office lists them."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory.rules import KIND_NAMES, OrganisationKind, OrganisationState
from training.kernel import clock, db
from training.kernel.i18n import _


@dataclass(frozen=True, slots=True)
class OrganisationListed:
    """An organisation in a list; `coming` counts its bookings ahead, `pending` those that wait for its approval."""

    id: int
    slug: str
    name: str
    kind: OrganisationKind
    state: OrganisationState
    city: str
    siret: str | None
    coming: int
    pending: int

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return _(KIND_NAMES[self.kind])


async def organisations(
    *, state: str = "", search: str = "", after: int | None = None, limit: int = 50
) -> list[OrganisationListed]:
    """Organisations by name; `after` is the id of the last one of the page before."""
    return await db.rows(
        OrganisationListed,
        """
        select o.id, o.slug, o.name, o.kind, o.state, o.city, o.siret,
               count(b.id) filter (where b.state = 'confirmed' and t.starts_at > $1) as coming,
               count(b.id) filter (where b.state = 'pending') as pending
        from organisation o
        left join booking b on b.organisation = o.id
        left join slot t on t.session = b.session and t.position = 1
        where ($2 = '' or o.state = $2)
          and strpos(fold(o.name || ' ' || o.city || ' ' || coalesce(o.siret, '')), fold($3)) > 0
          and ($4::bigint is null
               or (fold(o.name), o.name, o.id) > (select fold(name), name, id from organisation where id = $4))
        group by o.id order by fold(o.name), o.name, o.id limit $5
        """,
        clock.now(),
        state,
        search.strip(),
        after,
        limit,
    )


async def counts() -> dict[str, int]:
    """How many organisations are in each state."""
    sql = "select state, count(*) as n from organisation group by state"
    return {record["state"]: record["n"] for record in await db.connection().fetch(sql)}
