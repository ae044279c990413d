"""The one table of what happens when something has happened.

A reaction is an action too: it gets the system as its actor and the id of the fact's subject, rereads the present
state, and runs in one transaction with the note that it ran. Those marked `outside` talk to another system: no
transaction is open, and they may run twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from training.billing.actions.confirm_free import confirm_free
from training.billing.actions.make_billable import (
    bill_at_confirmation,
    issue_if_told,
    make_billable,
    withdraw,
    withdraw_all,
)
from training.billing.actions.receipt import make_receipt
from training.billing.actions.stripe_events import process
from training.bookings.actions import booking as bookings
from training.kernel.actor import Actor
from training.messages.actions import billing as billing_mail
from training.messages.actions import bookings as booking_mail
from training.messages.actions import (
    delivery,
    facilitators,
    invitations,
    lacking,
    organisations,
    reminders,
    sessions,
    signin,
)
from training.scheduling.actions.changing import tell_later_of_offer


@dataclass(frozen=True, slots=True)
class Reaction:
    """A function of (actor, id of the subject), under the name that the queue and the logs show."""

    run: Callable[[Actor, int], Awaitable[None]]
    outside: bool = False

    @property
    def name(self) -> str:
        """As "messages.actions.bookings.confirm": where it is found."""
        return f"{self.run.__module__.removeprefix('training.')}.{self.run.__name__}"


REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "signin.requested": (Reaction(signin.send),),
    "organisation.registered": (Reaction(organisations.tell_staff),),
    "organisation.approved": (Reaction(organisations.welcome), Reaction(bookings.confirm_requests_of)),
    "booking.requested": (Reaction(booking_mail.acknowledge), Reaction(booking_mail.tell_staff)),
    "booking.optioned": (Reaction(booking_mail.option),),
    "booking.waiting": (Reaction(booking_mail.wait),),
    "booking.confirmed": (Reaction(booking_mail.confirm), Reaction(bill_at_confirmation)),
    "booking.declined": (Reaction(booking_mail.decline),),
    "booking.cancelled": (Reaction(booking_mail.cancel), Reaction(withdraw)),
    "booking.expired": (Reaction(booking_mail.expire),),
    "booking.named": (Reaction(invitations.follow_booking),),
    "assignment.confirmed": (Reaction(facilitators.invite),),
    "assignment.declined": (Reaction(facilitators.tell_staff_of_no), Reaction(facilitators.release)),
    "assignment.replaced": (Reaction(facilitators.release),),
    "assignment.withdrawn": (Reaction(facilitators.release),),
    "offer.edited": (Reaction(tell_later_of_offer),),
    "session.changed": (Reaction(invitations.follow_change), Reaction(sessions.tell_holders)),
    "session.reinstated": (Reaction(invitations.follow),),
    "session.cancelled": (Reaction(sessions.call_off), Reaction(withdraw_all)),
    "session.held": (Reaction(make_billable),),
    "invoice.drafted": (Reaction(issue_if_told),),
    "invoice.lacking": (Reaction(lacking.ask_billing_facts),),
    "booking.held_free": (Reaction(confirm_free),),
    "invoice.issued": (Reaction(billing_mail.send_invoice),),
    "reminder.sent": (Reaction(reminders.send_reminder),),
    "payment.received": (Reaction(make_receipt),),
    "receipt.made": (Reaction(billing_mail.send_receipt),),
    "stripe.event_received": (Reaction(process),),
    "free.confirmed": (Reaction(billing_mail.send_free_confirmation),),
    "mail.queued": (Reaction(delivery.deliver, outside=True),),
}
BY_NAME = {reaction.name: reaction for reactions in REACTIONS.values() for reaction in reactions}
