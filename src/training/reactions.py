"""The one table of what happens when something has happened.

A reaction is an action too: it gets the system as its actor and the id of the fact's subject, rereads the present
state, and runs in one transaction with the note that it ran. Those marked `outside` talk to another system: no
transaction is open, and they may run twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from training.billing.actions.client_facts import follow_references
from training.billing.actions.confirm_free import confirm_free
from training.billing.actions.make_billable import (
    bill_at_confirmation,
    issue_if_told,
    make_billable,
    withdraw,
    withdraw_all,
)
from training.billing.actions.refit import refit, refit_credited
from training.bookings.actions import booking as bookings
from training.bookings.actions.closing import end_bookings_of
from training.bookings.actions.readdressed import hand_over, tell_later_of_contact
from training.dunning.actions.pauses import follow_dispute
from training.kernel.actor import Actor
from training.messages.actions import (
    accounts,
    billing_facts,
    delivery,
    facilitators,
    invitations,
    organisations,
    reminders,
    resized,
    sessions,
    signin,
)
from training.messages.actions import billing as billing_mail
from training.messages.actions import bookings as booking_mail
from training.payments.actions.receipt import make_receipt
from training.payments.actions.stripe_events import process
from training.scheduling.actions.changing import tell_later_of_facilitator, tell_later_of_offer


@dataclass(frozen=True, slots=True)
class Reaction:
    """A function of (actor, id of the subject), under the name that the queue and the logs show.

    The name is written and never changes, wherever the function goes: jobs in the queue and `reacted_once` are keyed
    on it. The first names were those of the modules at the time.
    """

    name: str
    run: Callable[[Actor, int], Awaitable[None]]
    outside: bool = False
    at_once: int = 0  # at most so many of them run at a time, over all workers; 0: as many as there are


REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "contact.readdressed": (Reaction("bookings.actions.readdressed.tell_later_of_contact", tell_later_of_contact),),
    "contact.left": (Reaction("bookings.actions.readdressed.hand_over", hand_over),),
    "facilitator.readdressed": (
        Reaction("scheduling.actions.changing.tell_later_of_facilitator", tell_later_of_facilitator),
    ),
    "membership.given": (Reaction("messages.actions.accounts.welcome", accounts.welcome),),
    "team.handed_over": (Reaction("messages.actions.accounts.tell_taker", accounts.tell_taker),),
    "change.watched": (Reaction("messages.actions.accounts.tell_administrators", accounts.tell_administrators),),
    "signin.requested": (Reaction("messages.actions.signin.send", signin.send),),
    "organisation.registered": (Reaction("messages.actions.organisations.tell_staff", organisations.tell_staff),),
    "organisation.approved": (
        Reaction("messages.actions.organisations.welcome", organisations.welcome),
        Reaction("bookings.actions.booking.confirm_requests_of", bookings.confirm_requests_of),
    ),
    "organisation.refused": (Reaction("bookings.actions.closing.end_bookings_of", end_bookings_of),),
    "organisation.requests_ended": (
        Reaction("messages.actions.organisations.tell_refused", organisations.tell_refused),
    ),
    "organisation.archived": (Reaction("bookings.actions.closing.end_bookings_of", end_bookings_of),),
    "organisation.attached": (Reaction("messages.actions.organisations.tell_attached", organisations.tell_attached),),
    "booking.requested": (
        Reaction("messages.actions.bookings.acknowledge", booking_mail.acknowledge),
        Reaction("messages.actions.bookings.tell_staff", booking_mail.tell_staff),
    ),
    "booking.optioned": (Reaction("messages.actions.bookings.option", booking_mail.option),),
    "booking.waiting": (Reaction("messages.actions.bookings.wait", booking_mail.wait),),
    "booking.confirmed": (
        Reaction("messages.actions.bookings.confirm", booking_mail.confirm),
        Reaction("billing.actions.make_billable.bill_at_confirmation", bill_at_confirmation),
    ),
    "booking.resized": (
        Reaction("billing.actions.refit.refit", refit),
        Reaction("messages.actions.resized.tell_resized", resized.tell_resized),
        Reaction("messages.actions.resized.tell_headcount", resized.tell_headcount),
    ),
    "booking.told_references": (Reaction("billing.actions.client_facts.follow_references", follow_references),),
    "booking.declined": (Reaction("messages.actions.bookings.decline", booking_mail.decline),),
    "booking.cancelled": (
        Reaction("messages.actions.bookings.cancel", booking_mail.cancel),
        Reaction("billing.actions.make_billable.withdraw", withdraw),
    ),
    "booking.reinstated": (
        Reaction("messages.actions.bookings.reinstate", booking_mail.reinstate),
        Reaction("billing.actions.make_billable.bill_at_confirmation", bill_at_confirmation),
        Reaction("billing.actions.refit.refit", refit),
    ),
    "booking.not_reinstated": (Reaction("messages.actions.bookings.not_reinstated", booking_mail.not_reinstated),),
    "booking.expired": (Reaction("messages.actions.bookings.expire", booking_mail.expire),),
    "booking.undecided": (Reaction("messages.actions.invitations.follow_booking", invitations.follow_booking),),
    "booking.named": (Reaction("messages.actions.invitations.follow_booking", invitations.follow_booking),),
    "assignment.confirmed": (Reaction("messages.actions.facilitators.invite", facilitators.invite),),
    "assignment.declined": (
        Reaction("messages.actions.facilitators.tell_staff_of_no", facilitators.tell_staff_of_no),
        Reaction("messages.actions.facilitators.release", facilitators.release),
    ),
    "assignment.replaced": (Reaction("messages.actions.facilitators.release", facilitators.release),),
    "assignment.withdrawn": (Reaction("messages.actions.facilitators.release", facilitators.release),),
    "offer.edited": (Reaction("scheduling.actions.changing.tell_later_of_offer", tell_later_of_offer),),
    "session.changed": (
        Reaction("messages.actions.invitations.follow_change", invitations.follow_change),
        Reaction("messages.actions.sessions.tell_holders", sessions.tell_holders),
    ),
    "session.reinstated": (Reaction("messages.actions.invitations.follow", invitations.follow),),
    "session.cancelled": (
        Reaction("messages.actions.sessions.call_off", sessions.call_off),
        Reaction("billing.actions.make_billable.withdraw_all", withdraw_all),
    ),
    "session.held": (Reaction("billing.actions.make_billable.make_billable", make_billable),),
    "invoice.drafted": (Reaction("billing.actions.make_billable.issue_if_told", issue_if_told),),
    "invoice.lacking": (Reaction("messages.actions.lacking.ask_billing_facts", billing_facts.ask_billing_facts),),
    "booking.held_free": (Reaction("billing.actions.confirm_free.confirm_free", confirm_free),),
    "invoice.issued": (
        Reaction("messages.actions.billing.send_invoice", billing_mail.send_invoice),
        Reaction("billing.actions.refit.refit_credited", refit_credited),
    ),
    "reminder.sent": (Reaction("messages.actions.reminders.send_reminder", reminders.send_reminder),),
    "payment.received": (Reaction("billing.actions.receipt.make_receipt", make_receipt),),
    "receipt.made": (Reaction("messages.actions.billing.send_receipt", billing_mail.send_receipt),),
    "stripe.event_received": (Reaction("billing.actions.stripe_events.process", process),),
    "receivable.disputed": (Reaction("dunning.actions.pauses.follow_dispute", follow_dispute),),
    "free.confirmed": (
        Reaction("messages.actions.billing.send_free_confirmation", billing_mail.send_free_confirmation),
    ),
    # a mail server that accepts and then says nothing holds these, and nothing else
    "mail.queued": (Reaction("messages.actions.delivery.deliver", delivery.deliver, outside=True, at_once=3),),
}
BY_NAME = {reaction.name: reaction for reactions in REACTIONS.values() for reaction in reactions}
