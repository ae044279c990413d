"""What refusing or archiving an organisation leads to, before anybody does it; who ended one, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.directory.queries import OrganisationView
from training.directory.rules import organisations as rules
from training.directory.rules.organisations import OrganisationState
from training.identity.rules import ROLE_NAMES, Role
from training.kernel import clock, db
from training.kernel.actor import Actor, ActorKind, Scope
from training.kernel.errors import allows
from training.kernel.i18n import _
from training.reporting.office import lookalikes
from training.reporting.office.organisation_requests import OfficeRequest, approved, request_of
from training.reporting.office.organisations import organisation
from training.reporting.office.who import names_of


@dataclass(frozen=True, slots=True)
class OrganisationEnded:
    """That it was refused or archived: when, by whom, with which words."""

    ended_at: datetime
    who: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Ended:
    ended_at: datetime
    actor_kind: ActorKind
    actor_id: int | None
    reason: str | None


async def ended(organisation: int) -> OrganisationEnded | None:
    """How it ended; None when it did not, or before that was kept."""
    sql = """
        select ended_at, actor_kind, actor_id, reason from organisation_ending
        where organisation = $1 and undone_at is null
    """
    row = await db.row(_Ended, sql, organisation)
    if row is None:
        return None
    who = (row.actor_kind, row.actor_id)
    return OrganisationEnded(row.ended_at, (await names_of({who})).get(who, ""), row.reason)


@dataclass(frozen=True, slots=True)
class OfficeRefusing:
    """What the page that refuses shows."""

    asked: OfficeRequest


async def refusing_page(scope: Scope, slug: str) -> OfficeRefusing:
    """A request that is about to be refused; NotFound when there is none, Conflict when it was answered."""
    view = await organisation(scope, slug)
    rules.check_refuse(view.state)
    return OfficeRefusing(await request_of(view))


@dataclass(frozen=True, slots=True)
class OpenOfOrganisation:
    """What it has ahead, undecided and confirmed, with the seats; what of it is to be invoiced or paid. Cents."""

    undecided: int
    coming: int
    coming_seats: int
    drafts: int
    owed_cents: int


_OPEN = """
    select count(*) filter (where b.state <> 'confirmed') as undecided,
           count(*) filter (where b.state = 'confirmed') as coming,
           coalesce(sum(b.seats) filter (where b.state = 'confirmed'), 0)::bigint as coming_seats,
           (select count(*) from invoice where payer = $1 and state = 'draft') as drafts,
           (select coalesce(sum(gross_cents - settled_cents), 0)::bigint from receivable
            where payer = $1 and settled_cents < gross_cents) as owed_cents
    from booking b join session s on s.id = b.session
    where b.organisation = $1 and booking_may_come(b.state) and s.starts_at > $2 and s.state <> 'held'
"""


@dataclass(frozen=True, slots=True)
class OrganisationPerson:
    """Who has a role in its space."""

    account: int
    name: str
    email: str
    role: Role

    @property
    def role_name(self) -> str:
        """The role in words."""
        return _(ROLE_NAMES[self.role])


_PEOPLE = """
    select m.account, a.name, a.email, m.role from membership m join account a on a.id = m.account and a.active
    where m.organisation = $1 order by fold(a.name), a.id, m.id
"""


@dataclass(frozen=True, slots=True)
class OfficeArchiving:
    """What the page that archives shows. `others`: those that it may be archived for, alike or found by a search."""

    organisation: OrganisationView
    open: OpenOfOrganisation
    people: list[OrganisationPerson]
    others: list[OrganisationView]


async def archiving_page(actor: Actor, slug: str, search: str) -> OfficeArchiving:
    """What archiving leads to, in five statements; NotFound when there is no such organisation."""
    view = await organisation(actor.scope, slug)
    rules.check_archive(view.state)
    found = await db.row(OpenOfOrganisation, _OPEN, view.id, clock.now())
    assert found is not None  # noqa: S101 - counts of nothing are a row
    alike = [pair.second for pair in (await lookalikes.beside([view.id]))[view.id]]
    searched = await approved(search, but=view.id) if search else []
    others = {
        one.id: one
        for one in (*alike, *searched)
        if one.state == OrganisationState.APPROVED and allows(rules.check_one, view.siret, one.siret)
    }
    return OfficeArchiving(view, found, await db.rows(OrganisationPerson, _PEOPLE, view.id), list(others.values()))
