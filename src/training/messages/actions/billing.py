"""What the billing contact receives: invoices, credit notes, receipts, and confirmations of what was free."""

from __future__ import annotations

from typing import Any

from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.payments import WAY_NAMES
from training.billing.rules.states import DocumentKind
from training.bookings import queries as bookings
from training.directory import queries as directory
from training.directory.rules.organisations import Buyer
from training.kernel import addresses, clock
from training.kernel.actor import SYSTEM, Actor
from training.kernel.i18n import _, speaking
from training.kernel.links import Purpose
from training.kernel.permissions import Permission
from training.messages.actions.outgoing import Letter, Reader, queue
from training.payments.queries import receipts
from training.payments.queries.receipts import ReceiptView
from training.scheduling import queries as scheduling


async def send_invoice(actor: Actor, invoice: int) -> None:
    """The invoice or credit note, with its PDF. To a public buyer it is a copy: Chorus Pro has the original."""
    actor.must(Permission.PLATFORM_RUN)
    view = await billing.invoice(SYSTEM.scope, invoice)
    if view is None or view.number is None or view.paper is None:
        return
    contact = await directory.billing_contact(view.payer)
    if contact is None:
        return  # the office shows the invoice as not sent
    credit = view.kind == DocumentKind.CREDIT_NOTE
    context = await _of_credit_note(view) if credit else _of_invoice(view)
    await queue(
        actor,
        Letter(
            "credit_note_issued" if credit else "invoice_issued",
            Reader(contact.name, contact.email, contact.locale),
            ("invoice", view.id),
            {
                "invoice": view,
                "public": view.payer_buyer == Buyer.PUBLIC,
                "path": addresses.linked(Purpose.INVOICE, view.id, view.generation),
                **context,
            },
            organisation=view.payer,
            files=((view.paper, f"{view.number}.pdf"),),
        ),
    )


def _of_invoice(view: InvoiceView) -> dict[str, Any]:
    return {"held": view.served_until <= clock.today(), "deposited": view.transmission is not None}


async def _of_credit_note(view: InvoiceView) -> dict[str, Any]:
    """What it leaves to pay on the invoice, and to the payer's credit where that was paid."""
    original = await billing.invoice_by_number(SYSTEM.scope, view.corrects or "")
    left = await receipts.left_of_credit_note(view.id)
    return {
        "whole": original is not None and original.gross_cents == view.gross_cents,
        "due_cents": original.due_cents if original else 0,
        "left_cents": left,
    }


async def send_receipt(actor: Actor, receipt: int) -> None:
    """The receipt of a payment, with thanks, to whoever receives the payer's invoices."""
    actor.must(Permission.PLATFORM_RUN)
    view = await receipts.receipt(SYSTEM.scope, receipt)
    contact = None if view is None or view.payer is None else await directory.billing_contact(view.payer)
    if view is None or contact is None:
        return  # nobody to thank by mail: the paper is in the office
    money = await receipts.received(view.payment)
    settled = await receipts.settled_by(view.payment)
    with speaking(contact.locale):
        way = _(WAY_NAMES[view.way])
    await queue(
        actor,
        Letter(
            "payment_received",
            Reader(contact.name, contact.email, contact.locale),
            ("payment", view.payment),
            {
                "receipt": view,
                "way": way,
                "settled": settled,
                "due_cents": sum(item.due_cents for item in settled),
                "left_cents": money.left_cents if money else 0,
                "path": await _path_to_paid(view),
            },
            organisation=view.payer,
            files=((view.paper, f"{view.number}.pdf"),),
        ),
    )


async def _path_to_paid(view: ReceiptView) -> str:
    found = await receipts.first_invoice_of(view.payment)
    if found is None:
        return addresses.space_invoices(view.payer_slug) if view.payer_slug else addresses.spaces()
    return addresses.linked(Purpose.INVOICE, *found)


async def send_free_confirmation(actor: Actor, booking: int) -> None:
    """The confirmation that a free session was held, with what it is worth."""
    actor.must(Permission.PLATFORM_RUN)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is None:
        return
    paper = await billing.free_paper(SYSTEM.scope, view.reference)
    if paper is None:
        return
    await queue(
        actor,
        Letter(
            "free_confirmed",
            Reader(view.contact_name, view.contact_email, view.contact_locale),
            ("booking", booking),
            {
                "booking": view,
                "slots": (await scheduling.slots([view.session]))[view.session],
                "path": addresses.space_booking(view.organisation_slug, view.reference),
            },
            organisation=view.organisation,
            files=((paper, f"confirmation-{view.reference}.pdf"),),
        ),
    )
