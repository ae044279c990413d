"""Roles with what each may, and how long a sign-in lasts. No I/O."""

from __future__ import annotations

import ipaddress
import secrets
from datetime import timedelta
from enum import StrEnum

from training.kernel.i18n import N_
from training.kernel.permissions import Permission


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


class Origin(StrEnum):
    """Where a role comes from. It ends with its origin; what was given by hand ends by hand."""

    CONTACT = "contact"
    FACILITATOR = "facilitator"
    HAND = "hand"
    UNMATCHED = "unmatched"  # of before origins were known: somebody decides, and until then it is held


class Ending(StrEnum):
    """Why a role ended. Only what was removed is not given again at the next sign-in."""

    REMOVED = "removed"
    CONTACT = "contact"  # put aside
    ADDRESS = "address"  # it was corrected: the new one is somebody else's, until they sign in
    FACILITATOR = "facilitator"  # inactive
    PARTNER = "partner"  # inactive
    CHANGED = "changed"  # for another role in the same place


P = Permission

# What nobody holds at large: the system's, what a mailed link or signing in gives, what is a client's or facilitator's.
NOT_AT_LARGE = frozenset({P.PLATFORM_RUN, P.FEEDS_OWN, P.INVOICES_PAY, P.MISSIONS_SEE, P.ORGANISATIONS_REGISTER})
# Whoever signed in, for themselves.
OWN = frozenset({P.FEEDS_OWN, P.ORGANISATIONS_REGISTER})

PLATFORM_ROLES: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(P) - NOT_AT_LARGE,
    Role.ADVISER: frozenset(
        {
            P.OFFICE_SEE,
            P.CATALOGUE_EDIT,
            P.SESSIONS_PLAN,
            P.SESSIONS_HOLD,
            P.BOOKINGS_SEE,
            P.BOOKINGS_MAKE,
            P.BOOKINGS_CANCEL,
            P.BOOKINGS_CONFIRM,
            P.INVOICES_SEE,
            P.INVOICES_COMPLETE,
            P.INVOICES_PREPARE,
            P.INVOICES_ISSUE,
            P.INVOICES_CREDIT,
            P.INVOICES_TRANSMIT,
            P.PAYMENTS_RECORD,
            P.ACCOUNTS_SEE,
            P.MAILS_SEE,
            P.MAILS_RETRY,
            P.ORGANISATIONS_APPROVE,
            P.COLLEAGUES_MANAGE,
            P.FEEDS_MANAGE,
            P.INVITATIONS_ANSWER,
        }
    ),
    Role.BOOKKEEPER: frozenset(
        {
            P.OFFICE_SEE,
            P.BOOKINGS_SEE,
            P.INVOICES_SEE,
            P.INVOICES_COMPLETE,
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
            P.INVOICES_COMPLETE,
            P.INVOICES_PAY,
            P.FEEDS_MANAGE,
            P.COLLEAGUES_MANAGE,
        }
    ),
    Role.MEMBER: frozenset(
        {
            P.BOOKINGS_SEE,
            P.BOOKINGS_MAKE,
            P.BOOKINGS_CANCEL,
            P.BOOKINGS_CONFIRM,
            P.INVOICES_COMPLETE,
            P.FEEDS_MANAGE,
        }
    ),
    Role.ACCOUNTANT: frozenset({P.BOOKINGS_SEE, P.INVOICES_SEE, P.INVOICES_COMPLETE, P.INVOICES_PAY}),
    Role.REFERRER: frozenset({P.BOOKINGS_SEE, P.BOOKINGS_MAKE, P.INVOICES_COMPLETE}),
}

PARTNER_ROLES: dict[Role, frozenset[Permission]] = {Role.PARTNER_CONTACT: frozenset({P.MISSIONS_SEE, P.FEEDS_MANAGE})}
FACILITATOR_ROLES: dict[Role, frozenset[Permission]] = {
    Role.FACILITATOR: frozenset({P.MISSIONS_SEE, P.INVITATIONS_ANSWER, P.FEEDS_MANAGE})
}

ROLE_NAMES: dict[Role, str] = {
    Role.ADMINISTRATOR: N_("Administration"),
    Role.ADVISER: N_("Conseil"),
    Role.BOOKKEEPER: N_("Comptabilité"),
    Role.MANAGER: N_("Gestion de l’espace"),
    Role.MEMBER: N_("Réservations"),
    Role.ACCOUNTANT: N_("Factures"),
    Role.REFERRER: N_("Orientation"),
    Role.PARTNER_CONTACT: N_("Partenaire"),
    Role.FACILITATOR: N_("Animation"),
}
ROLE_HELP: dict[Role, str] = {
    Role.ADMINISTRATOR: N_("Tout : séances, factures, réglages, accès de l’équipe, clés d’API."),
    Role.ADVISER: N_("Séances, réservations, structures, factures ; ni réglages, ni comptes annuels."),
    Role.BOOKKEEPER: N_("Factures, paiements, relances, comptes ; voit les réservations."),
    Role.MANAGER: N_("Réserve, annule, voit et paie les factures, invite ses collègues."),
    Role.MEMBER: N_("Réserve et annule ; ne voit pas les factures."),
    Role.ACCOUNTANT: N_("Voit et paie les factures ; voit les réservations."),
    Role.REFERRER: N_("Réserve pour les personnes qu’elle oriente ; n’annule pas."),
    Role.PARTNER_CONTACT: N_("Voit les séances que ses collègues animent, et les suit dans son agenda."),
    Role.FACILITATOR: N_("Voit ses séances et répond aux demandes."),
}

ENDING_NAMES: dict[Ending, str] = {
    Ending.REMOVED: N_("Accès retiré"),
    Ending.CONTACT: N_("Contact désactivé"),
    Ending.ADDRESS: N_("Adresse corrigée"),
    Ending.FACILITATOR: N_("N’anime plus"),
    Ending.PARTNER: N_("Partenariat terminé"),
    Ending.CHANGED: N_("Rôle changé"),
}

REQUEST_LIFE = timedelta(minutes=20)  # a mail may be greylisted for a quarter of an hour
DEMO_LIFE = timedelta(days=7)  # a demo's printed links wait for whoever opens the terminal again
CODE_ATTEMPTS = 5  # of a million codes: one chance in 200,000
SLIDING = timedelta(days=14)
ABSOLUTE = timedelta(days=90)


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
