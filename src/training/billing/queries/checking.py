"""What is looked at before a draft is issued, read for any number of drafts in a constant number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.attendance import queries as attendance
from training.billing.rules import issuing
from training.billing.rules.issuing import Check, CheckedReferences, Counted, Payer, Seller
from training.directory import queries as directory
from training.directory.queries import OrganisationView, PlatformView
from training.directory.rules.billing_facts import Service
from training.kernel import db
from training.kernel.countries import HOME
from training.papers.rules.references import References
from training.papers.rules.vat import REGIMES, VatRegime


@dataclass(frozen=True, slots=True)
class Looked:
    """What of a draft the checks look at."""

    id: int
    payer: int
    references: References
    gross_cents: int
    vat_regime: VatRegime


async def checks_of(platform: PlatformView, drafts: Sequence[Looked]) -> dict[int, list[Check]]:
    """The checks of some drafts, by id."""
    if not drafts:
        return {}
    payers = {o.id: o for o in await directory.organisations(sorted({d.payer for d in drafts}))}
    reached = await directory.reached(list(payers))
    services = await directory.chorus_services_of(list(payers))
    counts = await _counts([d.id for d in drafts])
    return {
        d.id: issuing.checks(
            seller(platform, d.vat_regime),
            who(payers[d.payer], reached=d.payer in reached),
            looked_up(carried(d.references, payers[d.payer]), services[d.payer]),
            counts[d.id],
            d.gross_cents,
        )
        for d in drafts
    }


def seller(platform: PlatformView, regime: VatRegime) -> Seller:
    """What counts of the platform for an invoice under a regime."""
    return Seller(platform.siret, platform.iban, REGIMES[regime].needs_vat_number and not platform.vat_number)


def who(payer: OrganisationView, *, reached: bool) -> Payer:
    """What counts of a payer."""
    return Payer(
        payer.name,
        payer.siret,
        payer.buyer,
        payer.state,
        reached,
        payer.chorus_needs,
        payer.taxable,
        payer.country != HOME,
        payer.vat_abroad is not None,
        addressed=bool(payer.address.strip() and payer.city.strip()),
    )


def carried(references: References, payer: OrganisationView) -> References:
    """What the invoice will carry: the payer's own stand where the draft has none."""
    return references.over(References(service_code=payer.service_code, contract_reference=payer.contract_reference))


def looked_up(references: References, services: Mapping[str, Service]) -> CheckedReferences:
    """With what the payer's services say of the one that is named."""
    code = references.service_code
    service = services.get(code or "")
    return CheckedReferences(
        references,
        engagement_required=service is not None and service.engagement_required,
        known=not code or not services or service is not None,
    )


async def _counts(drafts: Sequence[int]) -> dict[int, list[Counted]]:
    """The head-counts of what each draft bills: hand-made lines and deposits have none."""
    sql = f"""
        select distinct l.invoice, b.id as booking, {UNSPLIT} as unsplit
        from invoice_line l join billable k on k.invoice_line = l.id join booking b on b.id = l.booking
        where l.invoice = any($1) and k.part <> 'deposit'
    """
    rows = await db.connection().fetch(sql, list(drafts))
    found = {a.booking: a for a in await attendance.attended([row["booking"] for row in rows])}
    counts: dict[int, list[Counted]] = {draft: [] for draft in drafts}
    for row in rows:
        if came := found.get(row["booking"]):
            counts[row["invoice"]].append(Counted(came.seats, came.present, came.held, not row["unsplit"]))
    return counts


# Of a booking `b` that has several payers: they make the whole no more, as `rules.sharing.fits` says.
UNSPLIT = """
    b.price_cents > 0 and exists (
        select from billing_share x where x.booking = b.id
        having sum(x.seats) <> b.seats or sum(x.amount_cents) <> b.price_cents
    )
"""
