"""The link that was mailed of an invoice opens nothing any more: it went to whom it should not have."""

from __future__ import annotations

from training.billing.tables.invoices import Invoice
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def renew_link(actor: Actor, invoice: int) -> None:
    """Revoke every link to an invoice or a draft that was mailed; the next mail carries a fresh one."""
    async with acting(actor, "invoice.renew-link", ("invoice", invoice)) as change:
        actor.must(Permission.INVOICES_ISSUE)
        change.about("invoice", invoice, "generation")
        generation = await db.value("select generation from invoice where id = $1 for update", invoice)
        if generation is None:
            raise NotFound(_("Cette facture n’existe pas."))
        await Invoice.update({Invoice.generation: generation + 1}).where(Invoice.id == invoice)
