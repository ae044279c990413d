"""What the billing contact receives: invoices, and confirmations of what was free."""

from __future__ import annotations

from datetime import timedelta

from training.billing.queries import invoices as billing
from training.bookings import queries as bookings
from training.directory import queries as directory
from training.directory.rules import Buyer
from training.kernel import clock, settings
from training.kernel.actor import SYSTEM, Actor
from training.kernel.links import Link, sign
from training.messages.actions.outgoing import Letter, Reader, queue
from training.scheduling import queries as scheduling

LINK_LIFE = timedelta(days=400)  # an accountant looks for it again when the year is closed


async def send_invoice(actor: Actor, invoice: int) -> None:
    """The invoice, with its PDF. To a public buyer it is a copy: the invoice itself goes through Chorus Pro."""
    view = await billing.invoice(SYSTEM.scope, invoice)
    if view is None or view.number is None or view.paper is None:
        return
    contact = await directory.billing_contact(view.payer)
    if contact is None:
        return  # the office shows the invoice as not sent
    await queue(
        actor,
        Letter(
            "invoice_issued",
            Reader(contact.name, contact.email, contact.locale),
            ("invoice", view.id),
            {
                "invoice": view,
                "public": view.payer_buyer == Buyer.PUBLIC,
                "path": "/lien/" + sign(_link(view.id, view.generation), settings.current().secret_key),
            },
            organisation=view.payer,
            files=((view.paper, f"{view.number}.pdf"),),
        ),
    )


async def send_free_confirmation(actor: Actor, booking: int) -> None:
    """The confirmation that a free session was held, with what it is worth."""
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
                "path": f"/espace/{view.organisation_slug}/reservations/{view.reference}",
            },
            organisation=view.organisation,
            files=((paper, f"confirmation-{view.reference}.pdf"),),
        ),
    )


def _link(invoice: int, generation: int) -> Link:
    return Link("invoice", invoice, generation, clock.now() + LINK_LIFE)
