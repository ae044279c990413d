"""Who facilitates: how to reach them, for whom they work, what is ahead of them, which of their papers end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from training.directory.rules.credentials import CredentialKind, credential_name
from training.kernel import clock, db
from training.kernel.clauses import Clauses
from training.kernel.searching import SearchPlace, words_in
from training.reporting.office.people.credentials import ENDING
from training.reporting.paging import cut


@dataclass(frozen=True, slots=True)
class FacilitatorListed:
    """A facilitator; `partner` is a name, None for the platform's own team. `coming`: confirmed dates ahead.

    `ends_on`: the last day of that of their papers which ends first, if it is near or over.
    """

    id: int
    name: str
    email: str
    phone: str | None
    partner_id: int | None
    partner: str | None
    active: bool
    left_on: date | None
    coming: int
    next_at: datetime | None
    paper_kind: CredentialKind | None
    paper_label: str | None
    ends_on: date | None

    @property
    def paper(self) -> str:
        """What ends, in words; "" when nothing does."""
        return credential_name(self.paper_kind, self.paper_label or "") if self.paper_kind else ""


@dataclass(frozen=True, slots=True)
class OfficeFacilitators:
    """A page of them by name. `following`: the id of its last one when there are more; `of`: the partner asked for."""

    facilitators: list[FacilitatorListed]
    following: int | None
    of: str | None


async def facilitators_page(
    *, search: str, gone: bool, partner: int | None, after: int | None, limit: int
) -> OfficeFacilitators:
    """What the page of facilitators shows, in two statements at most. `gone`: those who left, instead of the others."""
    where = Clauses("not f.active" if gone else "f.active")
    if search.strip():
        where.add(words_in(where.value, search, SearchPlace("' ' || f.name || ' ' || f.email")))
    if partner is not None:
        where.add("f.partner = {}", partner)
    if after is not None:
        last = "select fold(name), name, id from facilitator where id = {}"
        where.add(f"(fold(f.name), f.name, f.id) > ({last})", after)
    listed = _LISTED.format(now=where.value(clock.now()), soon=where.value(clock.today() + ENDING))
    sql = f"{listed} where {where} order by fold(f.name), f.name, f.id limit {limit + 1:d}"
    shown, end = cut(await db.rows(FacilitatorListed, sql, *where.values), limit)
    of = await db.value("select name from partner where id = $1", partner) if partner is not None else None
    return OfficeFacilitators(shown, end.id if end else None, of)


_LISTED = """
    select f.id, f.name, f.email, f.phone, f.partner as partner_id, p.name as partner, f.active, f.left_on,
           d.coming, d.next_at, c.kind as paper_kind, c.label as paper_label, c.valid_until as ends_on
    from facilitator f left join partner p on p.id = f.partner
    cross join lateral (
        select count(*) as coming, min(t.starts_at) as next_at from assignment a join slot t on t.id = a.slot
        where a.facilitator = f.id and a.state = 'confirmed' and t.starts_at > {now}
    ) d
    left join lateral (
        select kind, label, valid_until from credential
        where facilitator = f.id and archived_at is null and valid_until < {soon} order by valid_until, id limit 1
    ) c on true
"""
