"""Organisations that wait to be let in, with what is known of each: who asks, for what, and whom they look like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.directory.rules.numbers import is_shared_domain
from training.directory.rules.organisations import check_attach
from training.identity.rules import ORGANISATION_ROLES, Role
from training.kernel import db
from training.kernel.actor import Actor, Scope
from training.kernel.clauses import Clauses
from training.kernel.searching import SearchPlace, words_found
from training.reporting.office import lookalikes
from training.reporting.office.lookalikes import LookalikeShown
from training.reporting.office.organisation_answers import AnswerGiven, answers_of
from training.reporting.office.organisations import organisation
from training.reporting.paging import cut

KNOWN_MOST = 4  # organisations of one mail domain that are named: it is a hint


@dataclass(frozen=True, slots=True)
class OrganisationAsking:
    """Who registered it, and when."""

    organisation: int
    created_at: datetime
    name: str
    email: str
    phone: str | None
    title: str | None

    @property
    def domain(self) -> str:
        """That of the mail address; "" where anybody has one there."""
        domain = self.email.rpartition("@")[2].lower()
        return "" if is_shared_domain(domain) else domain


@dataclass(frozen=True, slots=True)
class OfficeRequest:
    """One that waits. `same_siret`: whose number it gave; `near`: those with people of its mail domain, a hint only.

    `closed`: of those that it looks like and that book no more, how they came to it.
    """

    organisation: OrganisationView
    asking: OrganisationAsking | None
    bookings: list[BookingView]
    same_siret: OrganisationView | None
    alike: list[LookalikeShown]
    near: list[OrganisationView]
    closed: dict[int, AnswerGiven]

    @property
    def known(self) -> list[OrganisationView]:
        """Those that it may be, the likeliest first, each once."""
        found = [self.same_siret] if self.same_siret else []
        found += [*(pair.second for pair in self.alike), *self.near]
        return list({one.id: one for one in found if one.approved}.values())


async def request_of(view: OrganisationView) -> OfficeRequest:
    """What is known of one that waits."""
    return (await _requests([view]))[0]


async def _requests(views: list[OrganisationView]) -> list[OfficeRequest]:
    ids = [view.id for view in views]
    if not ids:
        return []
    asking = {one.organisation: one for one in await db.rows(OrganisationAsking, _ASKING, ids)}
    alike = await lookalikes.beside(ids)
    asked = await bookings.asked_by(ids)
    sirets = await _by_siret([view.siret_asked for view in views if view.siret_asked])
    like = [*sirets.values(), *(pair.second for pairs in alike.values() for pair in pairs)]
    answers = await answers_of(sorted({one.id for one in like if not one.approved}))
    near = await _near({one.domain for one in asking.values()} - {""})
    return [
        OfficeRequest(
            view,
            asking.get(view.id),
            asked[view.id],
            sirets.get(view.siret_asked or ""),
            alike[view.id],
            [one for one in near.get(asking[view.id].domain, []) if one.id != view.id] if view.id in asking else [],
            {id_: given[0] for id_, given in answers.items() if given},
        )
        for view in views
    ]


# The manager's account, or else whoever is written to about bookings.
_ASKING = """
    select o.id as organisation, o.created_at, coalesce(c.name, a.name, '') as name,
           coalesce(a.email, c.email, '') as email, c.phone, c.title
    from organisation o
    left join lateral (
        select u.name, u.email from membership m join account u on u.id = m.account
        where m.organisation = o.id order by m.role = 'manager' desc, m.id limit 1
    ) a on true
    left join lateral (
        select * from contact k where k.organisation = o.id and k.active
        order by lower(k.email) = lower(a.email) desc nulls last, k.for_booking desc, k.id limit 1
    ) c on true
    where o.id = any($1) and coalesce(a.email, c.email) is not null
"""


async def _by_siret(sirets: list[str]) -> dict[str, OrganisationView]:
    return {str(one.siret): one for one in await directory.organisations_of_sirets(sirets)}


@dataclass(frozen=True, slots=True)
class _Near:
    domain: str
    organisation: int


async def _near(domains: set[str]) -> dict[str, list[OrganisationView]]:
    sql = f"""
        select d.domain, k.organisation from unnest($1::text[]) d (domain)
        cross join lateral (
            select distinct o.id as organisation from (
                select c.organisation from contact c
                where c.active and split_part(lower(c.email), '@', 2) = d.domain limit 50
            ) c join organisation o on o.id = c.organisation and o.state = 'approved' limit {KNOWN_MOST:d}
        ) k
    """
    rows = await db.rows(_Near, sql, sorted(domains)) if domains else []
    known = {one.id: one for one in await directory.organisations([row.organisation for row in rows])} if rows else {}
    found: dict[str, list[OrganisationView]] = {}
    for row in rows:
        found.setdefault(row.domain, []).append(known[row.organisation])
    return found


@dataclass(frozen=True, slots=True)
class OfficeRequests:
    """A page of those that wait, the oldest first. `following`: the id of its last one when there are more."""

    requests: list[OfficeRequest]
    following: int | None


async def requests_page(scope: Scope, *, after: int | None, limit: int) -> OfficeRequests:
    """What the page of requests shows, in ten statements at most."""
    where = Clauses("state = 'pending'")
    where.within(scope, "id")
    if after is not None:
        where.add("(created_at, id) > (select created_at, id from organisation where id = {})", after)
    sql = f"select id from organisation where {where} order by created_at, id limit {limit + 1:d}"
    ids, last = cut([record["id"] for record in await db.connection().fetch(sql, *where.values)], limit)
    views = {view.id: view for view in await directory.organisations(ids)}
    return OfficeRequests(await _requests([views[id_] for id_ in ids if id_ in views]), last)


@dataclass(frozen=True, slots=True)
class OfficeAttaching:
    """What the page that attaches a request shows: those that it may be, or that a search found; roles to choose."""

    request: OfficeRequest
    found: list[OrganisationView]
    roles: list[Role]


async def attaching_page(actor: Actor, slug: str, search: str) -> OfficeAttaching:
    """To whom a request may be attached; NotFound when there is none, Conflict when it waits no more."""
    view = await organisation(actor.scope, slug)
    check_attach(view.state)
    request = await request_of(view)
    found = await approved(search, but=view.id) if search else request.known
    return OfficeAttaching(request, found, list(ORGANISATION_ROLES))


async def approved(search: str, *, but: int, limit: int = 12) -> list[OrganisationView]:
    """Those that book, by the words of their names."""
    where = Clauses("g.state = 'approved'")
    where.add("g.id <> {}", but)
    where.add(words_found(where.value, search, SearchPlace(directory.ORGANISATION_WORDS)))
    sql = f"select g.id from organisation g where {where} order by fold(g.name), g.name, g.id limit {limit:d}"
    return await directory.organisations([r["id"] for r in await db.connection().fetch(sql, *where.values)])
