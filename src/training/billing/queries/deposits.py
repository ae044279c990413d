"""What decides whether a deposit may be asked for a booking: read in one place, for the page and for the action."""

from __future__ import annotations

from training.billing.rules.deposits import Early
from training.kernel import db


async def early(booking: int) -> Early | None:
    """Of a booking by id.

    Billed is what a billable says: an invoice that was cancelled and replaced, and whose new draft was dropped, bills
    nothing any more, though its lines name the booking for ever.
    """
    return await db.row(
        Early,
        """
        select b.state, s.state = 'held' as held, b.price_cents,
               exists (select from billing_share where booking = b.id) as shared,
               b.tariff_mode = 'per_seat' and o.bill_present as counted,
               g.name as payer, g.buyer, g.early_billing_reason as reason,
               exists (
                   select from billable where booking = b.id and invoice_line is not null
               ) as billed
        from booking b
        join session s on s.id = b.session
        join offer o on o.id = s.offer
        join organisation g on g.id = b.organisation
        where b.id = $1
        """,
        booking,
    )
