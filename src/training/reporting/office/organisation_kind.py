"""What another kind of an organisation changes, with its numbers, before anybody does it."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.directory.rules.billing_facts import needs_siret
from training.directory.rules.kinds import KindFacts, check_kind, kind_changed
from training.directory.rules.organisations import Buyer, OrganisationKind, usual_buyer
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.errors import refusal
from training.kernel.row_mapping import columns
from training.records import queries as records
from training.reporting.office.organisations import organisation


@dataclass(frozen=True, slots=True)
class KindCounts:
    """What it has ahead: confirmed with its price, undecided; drafts that wait. Cents, net."""

    coming: int
    coming_cents: int
    undecided: int
    drafts: int


_COUNTS = """
    select count(*) filter (where b.state = 'confirmed') as coming,
           coalesce(sum(b.price_cents) filter (where b.state = 'confirmed'), 0)::bigint as coming_cents,
           count(*) filter (where b.state <> 'confirmed') as undecided,
           (select count(*) from invoice where payer = $1 and state = 'draft') as drafts
    from booking b join session s on s.id = b.session
    where b.organisation = $1 and booking_may_come(b.state) and s.starts_at > $2 and s.state <> 'held'
"""


@dataclass(frozen=True, slots=True)
class KindConsequences:
    """What it would become, and with what. None in `days` and `moment`: they stay.

    `days`: (before, after), the platform's own where it has none. `lacks_siret`: no invoice could leave.
    """

    kind: OrganisationKind
    buyer: Buyer
    counts: KindCounts
    to_chorus: bool
    from_chorus: bool
    days: tuple[int, int] | None
    moment: bool
    lacks_siret: bool
    asks_taxable: bool


@dataclass(frozen=True, slots=True)
class OfficeKind:
    """What the page of an organisation's kind shows. `refused`: why it cannot be that, by the field that says so."""

    organisation: OrganisationView
    seen: int
    change: KindConsequences | None
    refused: tuple[str, str] | None


async def kind_page(scope: Scope, slug: str, kind: OrganisationKind | None, buyer: Buyer | None) -> OfficeKind:
    """What another kind would lead to, in six statements at most; NotFound when there is no such organisation.

    `buyer` None: the usual one of the kind.
    """
    found = (await organisation(scope, slug)).id
    seen = await records.last_change("organisation", found)
    view = await organisation(scope, slug)  # as it is at least as late as that
    if kind is None:
        return OfficeKind(view, seen, None, None)
    buyer = buyer or usual_buyer(kind, view.country)
    known = KindFacts(**{name: getattr(view, name) for name in columns(KindFacts)})
    if why := refusal(check_kind, known, kind, buyer):
        return OfficeKind(view, seen, None, (why.field or "kind", why.detail))
    counts = await db.row(KindCounts, _COUNTS, view.id, clock.now())
    assert counts is not None  # noqa: S101 - counts of nothing are a row
    platform = await directory.the_platform()
    values = kind_changed(known, kind, buyer)
    days = (view.payment_days, int(str(values["payment_days"]))) if "payment_days" in values else None
    change = KindConsequences(
        kind,
        buyer,
        counts,
        to_chorus=buyer == Buyer.PUBLIC != view.buyer,
        from_chorus=view.buyer == Buyer.PUBLIC != buyer,
        days=None if days is None else (days[0] or platform.payment_days, days[1]),
        moment="billing_moment" in values,
        lacks_siret=needs_siret(buyer, view.country) and not view.siret,
        asks_taxable=buyer in (Buyer.ASSOCIATION, Buyer.COMPANY) and buyer != view.buyer and view.taxable is None,
    )
    return OfficeKind(view, seen, change, None)
