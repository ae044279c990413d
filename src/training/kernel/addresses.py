"""The addresses of our pages that mails, calendars, feeds, files and other programs are given: one function each.

A page knows its own address by its route; whoever stands below the web asks here, and a test follows each to its route.
"""

from __future__ import annotations

from training.kernel import settings
from training.kernel.links import Link, sign


def absolute(path: str) -> str:
    """As other programs need it, with the site's own name (BASE_URL)."""
    return settings.current().base_url + path


# Public


def catalogue() -> str:
    """Everything on offer."""
    return "/catalogue"


def offer(slug: str) -> str:
    """One offer, with its dates."""
    return f"/catalogue/{slug}"


def session(id: int) -> str:  # noqa: A002
    """A session as anybody sees it."""
    return f"/seances/{id}"


def signin_link(token: str) -> str:
    """Where a mailed sign-in link leads."""
    return f"/connexion/lien/{token}"


# Behind a mailed link: whoever holds it acts for one invoice or one invitation


def linked(link: Link) -> str:
    """What the link opens: an invoice."""
    return behind(sign(link, settings.current().secret_key))


def behind(token: str) -> str:
    """The same, of a token that was signed already."""
    return f"/lien/{token}"


def linked_answer(link: Link) -> str:
    """Where an invitation is answered."""
    return f"{linked(link)}/reponse"


def linked_billing_facts(link: Link) -> str:
    """Where what an invoice lacks is written."""
    return f"{linked(link)}/completer"


# An organisation's space


def spaces() -> str:
    """The organisations that a person speaks for."""
    return "/espace"


def space(slug: str) -> str:
    """The organisation's first page."""
    return f"/espace/{slug}"


def space_booking(slug: str, reference: str) -> str:
    """One of its bookings."""
    return f"/espace/{slug}/reservations/{reference}"


def space_invoices(slug: str) -> str:
    """Its invoices."""
    return f"/espace/{slug}/factures"


def space_invoice(slug: str, number: str) -> str:
    """One of its invoices."""
    return f"/espace/{slug}/factures/{number}"


# Facilitators


def missions() -> str:
    """A facilitator's dates."""
    return "/animation"


def mission(session: int) -> str:
    """A session as its facilitator sees it."""
    return f"/animation/seances/{session}"


# The team


def office_session(id: int) -> str:  # noqa: A002
    """A session as the team sees it."""
    return f"/gestion/seances/{id}"


def office_booking(reference: str) -> str:
    """A booking, where it is decided."""
    return f"/gestion/reservations/{reference}"


def office_organisation(slug: str) -> str:
    """An organisation, where it is approved."""
    return f"/gestion/structures/{slug}"


# Programs


def feed(token: str) -> str:
    """A calendar that its holder alone follows."""
    return f"/agenda/p/{token}.ics"


def public_feed() -> str:
    """The calendar of the open sessions."""
    return "/agenda/public.ics"


def api_invoice(number: str, kind: str) -> str:
    """An invoice's file for programs; `kind` is pdf or xml."""
    return f"/api/v1/invoices/{number}.{kind}"
