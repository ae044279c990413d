"""What a payer reads when an invoice is late: polite, firm, then formal, with the invoice."""

from __future__ import annotations

from datetime import timedelta

from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView
from training.directory import queries as directory
from training.dunning.actions.remind import told
from training.dunning.queries import reminders as reading
from training.dunning.queries.reminders import Followed
from training.dunning.rules.reminding import ReminderStep
from training.kernel import addresses, clock
from training.kernel.actor import SYSTEM, Actor
from training.kernel.links import Purpose
from training.kernel.permissions import Permission
from training.messages.actions.outgoing import Letter, Reader, queue


async def send_reminder(actor: Actor, reminder: int) -> None:
    """The mail of a reminder; none when it was paid, promised or contested since, or when nobody would read it."""
    actor.must(Permission.PLATFORM_RUN)
    found = await reading.reminded(reminder)
    if found is None:
        return
    receivable, step, is_task = found
    one = await reading.followed(receivable)
    if one is None or is_task or one.due_cents == 0 or one.waits:
        return
    contact = await directory.billing_contact(one.payer)
    if contact is None:
        return  # the office sees it among what is left to do by hand
    occasions = {
        ReminderStep.POLITE: "reminder_polite",
        ReminderStep.FIRM: "reminder_firm",
        ReminderStep.FORMAL: "reminder_formal",
    }
    view = None if one.invoice is None else await billing.invoice(SYSTEM.scope, one.invoice)
    await queue(
        actor,
        Letter(
            occasions[step],
            Reader(contact.name, contact.email, contact.locale),
            ("invoice", view.id) if view else ("receivable", one.id),
            {
                "owed": one,
                "late": await reading.late_cost(one) if step == ReminderStep.FORMAL else None,
                "answer_by": clock.today() + timedelta(days=8),
                "path": path(one, view),
            },
            organisation=one.payer,
            files=((view.paper, f"{view.number}.pdf"),) if view and view.paper is not None else (),
        ),
    )
    await told(actor, reminder)


def path(one: Followed, view: InvoiceView | None) -> str:
    """The invoice's page by its signed link; what came from another ledger has no page: the payer's space."""
    if view is None:
        return addresses.space(one.payer_slug)
    return addresses.linked(Purpose.INVOICE, view.id, view.generation)
