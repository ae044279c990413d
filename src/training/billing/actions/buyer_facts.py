"""What invoices need to know of a payer, written with what its drafts become of it.

Locks: the organisation's row, then its drafts (`drafting`).
"""

from __future__ import annotations

from training.billing.actions.drafting import fit_vat
from training.directory import queries as reading
from training.directory.actions import billing_facts
from training.directory.rules.billing_facts import BillingFacts
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.papers.rules.vat import regime_abroad
from training.records.actions.acting import acting


async def set_buyer_facts(actor: Actor, organisation: int, facts: BillingFacts, *, seen: int | None = None) -> None:
    """Write the facts; the drafts that wait go under the VAT that the accountant chose for a buyer abroad.

    Invalid, Conflict, NotFound: as `directory.actions.set_billing_facts`.
    """
    async with acting(actor, "organisation.set-buyer", ("organisation", organisation)):
        actor.must(Permission.INVOICES_PREPARE)
        before = await reading.organisation(organisation)
        await billing_facts.set_billing_facts(actor, organisation, facts, seen=seen)
        after = await reading.organisation(organisation)
        if before and after and regime_abroad(before.vat_abroad) != regime_abroad(after.vat_abroad):
            await fit_vat(organisation)
