"""Permissions, roles, and how long a sign-in lasts. No I/O."""

from __future__ import annotations

import ipaddress
import secrets
from datetime import timedelta
from enum import StrEnum


class Permission(StrEnum):
    """Everything that can be allowed. A route declares one; « who may cancel » is answered below."""

    OFFICE_SEE = "office.see"
    SESSIONS_PLAN = "sessions.plan"
    SESSIONS_HOLD = "sessions.hold"
    SESSIONS_HOLD_EARLY = "sessions.hold-early"
    BOOKINGS_SEE = "bookings.see"
    BOOKINGS_MAKE = "bookings.make"
    BOOKINGS_CANCEL = "bookings.cancel"
    BOOKINGS_CONFIRM = "bookings.confirm"
    INVOICES_SEE = "invoices.see"
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
    ORGANISATIONS_APPROVE = "organisations.approve"
    FEEDS_MANAGE = "feeds.manage"
    MISSIONS_SEE = "missions.see"
    PLATFORM_EDIT = "platform.edit"


class Role(StrEnum):
    """What somebody is somewhere. Where: the platform, an organisation, a partner, or as a facilitator."""

    ADMINISTRATOR = "administrator"
    ADVISER = "adviser"
    BOOKKEEPER = "bookkeeper"
    MANAGER = "manager"
    MEMBER = "member"
    ACCOUNTANT = "accountant"
    REFERRER = "referrer"
    PARTNER_CONTACT = "partner_contact"
    FACILITATOR = "facilitator"


P = Permission

PLATFORM_ROLES: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(set(P) - {P.MISSIONS_SEE, P.INVOICES_PAY}),
    Role.ADVISER: frozenset(
        {
            P.OFFICE_SEE,
            P.SESSIONS_PLAN,
            P.SESSIONS_HOLD,
            P.BOOKINGS_SEE,
            P.BOOKINGS_MAKE,
            P.BOOKINGS_CANCEL,
            P.BOOKINGS_CONFIRM,
            P.INVOICES_SEE,
            P.INVOICES_PREPARE,
            P.INVOICES_ISSUE,
            P.INVOICES_CREDIT,
            P.INVOICES_TRANSMIT,
            P.PAYMENTS_RECORD,
            P.ACCOUNTS_SEE,
            P.MAILS_SEE,
            P.MAILS_RETRY,
            P.ORGANISATIONS_APPROVE,
            P.FEEDS_MANAGE,
        }
    ),
    Role.BOOKKEEPER: frozenset(
        {
            P.OFFICE_SEE,
            P.BOOKINGS_SEE,
            P.INVOICES_SEE,
            P.INVOICES_PREPARE,
            P.INVOICES_ISSUE,
            P.INVOICES_CREDIT,
            P.INVOICES_TRANSMIT,
            P.PAYMENTS_RECORD,
            P.PAYMENTS_WRITE_OFF,
            P.ACCOUNTS_SEE,
            P.ACCOUNTS_KEEP,
            P.MAILS_SEE,
        }
    ),
}

ORGANISATION_ROLES: dict[Role, frozenset[Permission]] = {
    Role.MANAGER: frozenset(
        {
            P.BOOKINGS_SEE,
            P.BOOKINGS_MAKE,
            P.BOOKINGS_CANCEL,
            P.BOOKINGS_CONFIRM,
            P.INVOICES_SEE,
            P.INVOICES_PAY,
            P.FEEDS_MANAGE,
        }
    ),
    Role.MEMBER: frozenset({P.BOOKINGS_SEE, P.BOOKINGS_MAKE, P.BOOKINGS_CANCEL, P.BOOKINGS_CONFIRM, P.FEEDS_MANAGE}),
    Role.ACCOUNTANT: frozenset({P.BOOKINGS_SEE, P.INVOICES_SEE, P.INVOICES_PAY}),
    Role.REFERRER: frozenset({P.BOOKINGS_SEE, P.BOOKINGS_MAKE}),
}

PARTNER_ROLES: dict[Role, frozenset[Permission]] = {Role.PARTNER_CONTACT: frozenset()}
FACILITATOR_ROLES: dict[Role, frozenset[Permission]] = {Role.FACILITATOR: frozenset({P.MISSIONS_SEE})}

REQUEST_LIFE = timedelta(minutes=20)  # a mail may be greylisted for a quarter of an hour
DEMO_LIFE = timedelta(days=7)  # a demo's printed links wait for whoever opens the terminal again
CODE_ATTEMPTS = 5  # of a million codes: one chance in 200,000
SLIDING = timedelta(days=14)
ABSOLUTE = timedelta(days=90)
PER_ADDRESS = (5, timedelta(minutes=15))  # requests per address in that time: nobody's mailbox is flooded
PER_NETWORK = (30, timedelta(minutes=15))  # a town hall shares one address on the internet


def new_token() -> str:
    """A secret of 192 bits, safe in an address."""
    return secrets.token_urlsafe(24)


def new_code() -> str:
    """Six digits to type from a telephone's screen."""
    return f"{secrets.randbelow(1_000_000):06d}"


def network_of(address: str) -> str:
    """What is throttled: an IPv4 address, or the /64 that one IPv6 subscriber holds. Never kept in full for IPv6."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    ip = getattr(ip, "ipv4_mapped", None) or ip  # RFC 4291 2.5.5.2: a dual-stack listener shows IPv4 callers so
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def safe_path(path: str) -> str:
    """A path of this site to go on to, or "" : never another site's (no scheme, no `//host`, no backslash)."""
    good = path.startswith("/") and not path.startswith("//") and "\\" not in path and len(path) <= 500
    return path if good and not any(ord(c) < 32 for c in path) else ""
