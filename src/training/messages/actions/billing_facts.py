"""The number that an invoice waits for is asked of the billing contact, who writes it behind a signed link."""

from __future__ import annotations

from training.billing.queries import invoices as billing
from training.billing.rules.issuing import ASKABLE
from training.billing.rules.states import InvoiceState
from training.directory import queries as directory
from training.kernel import addresses
from training.kernel.actor import SYSTEM, Actor
from training.kernel.links import Purpose
from training.kernel.permissions import Permission
from training.messages.actions.outgoing import Letter, Reader, queue


async def ask_billing_facts(actor: Actor, invoice: int) -> None:
    """Ask once for all that is missing; nothing when it was completed, issued or withdrawn meanwhile."""
    actor.must(Permission.PLATFORM_RUN)
    view = await billing.invoice(SYSTEM.scope, invoice)
    if view is None or view.state != InvoiceState.DRAFT:
        return
    contact = await directory.billing_contact(view.payer)
    lacking = [check for check in await billing.checks(invoice) if not check.ok and check.key in ASKABLE]
    if contact is None or not lacking:
        return
    await queue(
        actor,
        Letter(
            "invoice_lacking",
            Reader(contact.name, contact.email, contact.locale),
            ("invoice", view.id),
            {
                "invoice": view,
                "lacking": [check.key.value for check in lacking],
                "path": addresses.linked(Purpose.BILLING_FACTS, view.id, view.generation),
            },
            organisation=view.payer,
        ),
    )
