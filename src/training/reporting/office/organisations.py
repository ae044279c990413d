"""Organisations as the office lists them."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory.queries import ORGANISATION_WORDS
from training.directory.rules import KIND_NAMES, OrganisationKind, OrganisationState
from training.kernel import clock, db
from training.kernel.clauses import Clauses, containing
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
    where = Clauses()
    if state:
        where.add("g.state = {}", state)
    if search.strip():
        where.add(f"{ORGANISATION_WORDS} like fold({{}})", containing(search))
    if after is not None:
        where.add("(fold(g.name), g.name, g.id) > (select fold(name), name, id from organisation where id = {})", after)
    now = where.value(clock.now())
    sql = f"""
        select g.id, g.slug, g.name, g.kind, g.state, g.city, g.siret,
               (select count(*) from booking b join session s on s.id = b.session
                where b.organisation = g.id and b.state = 'confirmed' and s.starts_at > {now}) as coming,
               (select count(*) from booking where organisation = g.id and state = 'pending') as pending
        from organisation g where {where} order by fold(g.name), g.name, g.id limit {limit:d}
    """
    return await db.rows(OrganisationListed, sql, *where.values)


async def counts() -> dict[str, int]:
    """How many organisations are in each state."""
    sql = "select state, count(*) as n from organisation group by state"
    return {record["state"]: record["n"] for record in await db.connection().fetch(sql)}
