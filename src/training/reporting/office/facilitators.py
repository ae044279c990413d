"""Who facilitates: how to reach them, for whom they work, how many dates are ahead of them."""

from __future__ import annotations

from dataclasses import dataclass

from training.kernel import clock, db
from training.kernel.clauses import Clauses
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.searching import SearchPlace, words_in
from training.reporting.paging import cut


@dataclass(frozen=True, slots=True)
class FacilitatorListed:
    """A facilitator; `partner` is a name, None for the platform's own team. `coming`: confirmed dates ahead."""

    id: int
    name: str
    email: str
    phone: str | None
    partner_id: int | None
    partner: str | None
    active: bool
    coming: int


@dataclass(frozen=True, slots=True)
class OfficeFacilitators:
    """A page of them by name. `following`: the id of its last one when there are more."""

    facilitators: list[FacilitatorListed]
    following: int | None


async def facilitators_page(*, search: str, after: int | None, limit: int) -> OfficeFacilitators:
    """What the page of facilitators shows, in one statement."""
    where = Clauses()
    if search.strip():
        where.add(words_in(where.value, search, SearchPlace("' ' || f.name || ' ' || f.email")))
    if after is not None:
        last = "select fold(name), name, id from facilitator where id = {}"
        where.add(f"(fold(f.name), f.name, f.id) > ({last})", after)
    now = where.value(clock.now())
    sql = f"{_LISTED.format(now=now)} where {where} order by fold(f.name), f.name, f.id limit {limit + 1:d}"
    shown, end = cut(await db.rows(FacilitatorListed, sql, *where.values), limit)
    return OfficeFacilitators(shown, end.id if end else None)


@dataclass(frozen=True, slots=True)
class OfficeFacilitator:
    """One of them (None: to be written down), and the partners that they may work for: (id, name)."""

    facilitator: FacilitatorListed | None
    partners: list[tuple[str, str]]


async def facilitator_page(id: int | None = None) -> OfficeFacilitator:  # noqa: A002
    """What the page of one facilitator shows, in two statements; NotFound when there is none."""
    found = None
    if id is not None:
        found = await db.row(FacilitatorListed, f"{_LISTED.format(now='$2')} where f.id = $1", id, clock.now())
        if found is None:
            raise NotFound(_("Cette personne n’existe pas."))
    sql = "select id::text as id, name from partner where active order by fold(name), id"
    partners = [(record["id"], record["name"]) for record in await db.connection().fetch(sql)]
    return OfficeFacilitator(found, partners)


_LISTED = """
    select f.id, f.name, f.email, f.phone, f.partner as partner_id, p.name as partner, f.active,
           (select count(*) from assignment a join slot t on t.id = a.slot
            where a.facilitator = f.id and a.state = 'confirmed' and t.starts_at > {now}) as coming
    from facilitator f left join partner p on p.id = f.partner
"""
