"""Organisations as the office's pages show them: the list, what the invoices of one need to know, its people."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory import queries as directory
from training.directory.queries import ORGANISATION_WORDS, ContactView, OrganisationView
from training.directory.rules.billing_facts import Service, needs_siret
from training.directory.rules.organisations import KIND_NAMES, Buyer, OrganisationKind, OrganisationState
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.searching import SearchedList, SearchPlace
from training.records import queries as records
from training.reporting.office.edits import EditShown, edits_of
from training.reporting.office.lookalikes import any_lookalike
from training.reporting.paging import cut


@dataclass(frozen=True, slots=True)
class OrganisationListed:
    """An organisation in a list; `coming` counts its bookings ahead, `pending` those that wait for its approval.

    `contact` and `phone`: whom to call. `owed_cents`: what it has not paid yet of its invoices.
    """

    id: int
    slug: str
    name: str
    kind: OrganisationKind
    state: OrganisationState
    city: str
    siret: str | None
    buyer: Buyer
    country: str
    coming: int
    pending: int
    contact: str | None
    phone: str | None
    owed_cents: int
    see_name: str | None = None
    see_slug: str | None = None

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return _(KIND_NAMES[self.kind])

    @property
    def needs_siret(self) -> bool:
        """No invoice goes to it without one."""
        return needs_siret(self.buyer, self.country)


async def organisations(
    scope: Scope, *, state: str = "", search: str = "", after: int | None = None, limit: int = 50
) -> list[OrganisationListed]:
    """Organisations by name; `after` is the id of the last one of the page before."""
    where = Clauses()
    where.within(scope, "g.id")
    if state:
        where.add("g.state = {}", state)
    if after is not None:
        where.add("(fold(g.name), g.name, g.id) > (select fold(name), name, id from organisation where id = {})", after)
    columns = _COLUMNS.format(now=where.value(clock.now()))
    return await _LIST.page(OrganisationListed, columns, where, search, limit)


_COLUMNS = """
    g.id, g.slug, g.name, g.kind, g.state, g.city, g.siret, g.buyer, g.country,
    (select name from organisation where id = g.see) as see_name,
    (select slug from organisation where id = g.see) as see_slug,
    (select count(*) from booking b join session s on s.id = b.session
     where b.organisation = g.id and b.state = 'confirmed' and s.starts_at > {now}) as coming,
    (select count(*) from booking where organisation = g.id and state = 'pending') as pending,
    (select c.name from contact c where c.organisation = g.id and c.active
     order by c.for_booking desc, fold(c.name), c.id limit 1) as contact,
    (select c.phone from contact c where c.organisation = g.id and c.active
     order by c.for_booking desc, fold(c.name), c.id limit 1) as phone,
    (select coalesce(sum(gross_cents - settled_cents), 0)::bigint from receivable
     where payer = g.id and settled_cents < gross_cents) as owed_cents
"""
_LIST = SearchedList("organisation g", "", "fold(g.name), g.name, g.id", (SearchPlace(ORGANISATION_WORDS),))


async def counts(scope: Scope) -> dict[str, int]:
    """How many organisations are in each state."""
    where = Clauses()
    where.within(scope, "id")
    sql = f"select state, count(*) as n from organisation where {where} group by state"
    return {record["state"]: record["n"] for record in await db.connection().fetch(sql, *where.values)}


@dataclass(frozen=True, slots=True)
class OfficeOrganisations:
    """A page of the list. `following`: the id of its last one when there are more; `counts`: how many in each state.

    `alike`: some look the same, and nobody has said that they are two.
    """

    organisations: list[OrganisationListed]
    following: int | None
    counts: dict[str, int]
    alike: bool


async def organisations_page(
    scope: Scope, *, state: str, search: str, after: int | None, limit: int
) -> OfficeOrganisations:
    """What the page of organisations shows, in three statements."""
    shown, last = cut(await organisations(scope, state=state, search=search, after=after, limit=limit + 1), limit)
    return OfficeOrganisations(shown, last.id if last else None, await counts(scope), await any_lookalike())


@dataclass(frozen=True, slots=True)
class OfficeBillingFacts:
    """What the page of an organisation's billing facts shows. `reached`: somebody receives its invoices."""

    organisation: OrganisationView
    services: list[Service]
    reached: bool
    seen: int


async def billing_page(scope: Scope, slug: str) -> OfficeBillingFacts:
    """What its invoices need to know, in five statements; NotFound when there is no such organisation."""
    found = (await organisation(scope, slug)).id
    seen = await records.last_change("organisation", found)
    view = await organisation(scope, slug)  # as it is at least as late as that
    reached = await directory.billing_contact(view.id) is not None
    return OfficeBillingFacts(view, await directory.chorus_services(view.id), reached, seen)


@dataclass(frozen=True, slots=True)
class OfficeContact:
    """What the page of a contact shows; of one who is not written down yet, nothing but whose it will be."""

    organisation: OrganisationView
    contact: ContactView | None
    seen: int = 0
    edits: tuple[EditShown, ...] = ()


async def contact_page(scope: Scope, slug: str, contact: int) -> OfficeContact:
    """A contact of an organisation, in five statements; NotFound when it is not one of its people."""
    seen = await records.last_change("contact", contact)
    view, known = await organisation(scope, slug), await directory.contact(contact)
    if known is None or known.organisation != view.id:
        raise NotFound(_("Ce contact n’existe pas."))
    return OfficeContact(view, known, seen, tuple(await edits_of("contact", contact)))


async def organisation(scope: Scope, slug: str) -> OrganisationView:
    """The organisation alone, as what is done to it needs it; NotFound when there is none."""
    view = await directory.organisation_by_slug(slug)
    if view is None or not scope.sees(view.id):
        raise NotFound(_("Cette structure n’existe pas."))
    return view
