"""Everything that can be allowed, by name. Who holds what is `identity.rules`; where it holds is the actor's scope."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """An action asks for one with its place; a route asks first whether it is held anywhere at all."""

    OFFICE_SEE = "office.see"
    CATALOGUE_EDIT = "catalogue.edit"
    SESSIONS_PLAN = "sessions.plan"
    SESSIONS_HOLD = "sessions.hold"
    SESSIONS_HOLD_EARLY = "sessions.hold-early"
    BOOKINGS_SEE = "bookings.see"
    BOOKINGS_MAKE = "bookings.make"
    BOOKINGS_CANCEL = "bookings.cancel"
    BOOKINGS_CONFIRM = "bookings.confirm"
    INVOICES_SEE = "invoices.see"
    INVOICES_COMPLETE = "invoices.complete"
    INVOICES_PREPARE = "invoices.prepare"
    INVOICES_ISSUE = "invoices.issue"
    INVOICES_CREDIT = "invoices.credit"
    INVOICES_TRANSMIT = "invoices.transmit"
    INVOICES_PAY = "invoices.pay"
    PAYMENTS_RECORD = "payments.record"
    PAYMENTS_WRITE_OFF = "payments.write-off"
    ACCOUNTS_SEE = "accounts.see"
    ACCOUNTS_KEEP = "accounts.keep"
    MAILS_SEE = "mails.see"
    MAILS_RETRY = "mails.retry"
    ORGANISATIONS_REGISTER = "organisations.register"
    ORGANISATIONS_APPROVE = "organisations.approve"
    COLLEAGUES_MANAGE = "colleagues.manage"
    FEEDS_OWN = "feeds.own"
    FEEDS_MANAGE = "feeds.manage"
    INVITATIONS_ANSWER = "invitations.answer"
    MISSIONS_SEE = "missions.see"
    PLATFORM_EDIT = "platform.edit"
    PLATFORM_RUN = "platform.run"  # reactions and the timetable: no role holds it, the system does
