"""The number that an invoice waits for is asked of the billing contact, who writes it behind a signed link."""

from __future__ import annotations

from datetime import timedelta

from training.billing.queries import invoices as billing
from training.billing.rules.issuing import ASKABLE
from training.billing.rules.states import InvoiceState
from training.directory import queries as directory
from training.kernel import addresses, clock
from training.kernel.actor import SYSTEM, Actor
from training.kernel.links import Link
from training.kernel.permissions import Permission
from training.messages.actions.outgoing import Letter, Reader, queue

PURPOSE = "billing_facts"  # what the link opens: the page where the answer is written (web.portal)
LINK_LIFE = timedelta(days=60)


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
    link = Link(PURPOSE, view.id, view.generation, clock.now() + LINK_LIFE)
    await queue(
        actor,
        Letter(
            "invoice_lacking",
            Reader(contact.name, contact.email, contact.locale),
            ("invoice", view.id),
            {
                "invoice": view,
                "lacking": [check.key.value for check in lacking],
                "path": addresses.linked_billing_facts(link),
            },
            organisation=view.payer,
        ),
    )
