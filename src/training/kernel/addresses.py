"""The addresses of our pages that mails, calendars, feeds, files and other programs are given: one function each.

A page knows its own address by its route; whoever stands below the web asks here, and a test follows each to its route.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from training.kernel import clock, settings
from training.kernel.links import TERMS, Link, Purpose, sign


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


def signin() -> str:
    """Where one says who one is."""
    return "/connexion"


def signin_link(token: str) -> str:
    """Where a mailed sign-in link leads."""
    return f"/connexion/lien/{token}"


# Behind a mailed link: whoever holds it acts for one thing, as its purpose says


def linked(
    purpose: Purpose, subject: int, generation: int, *, since: datetime | None = None, life: timedelta | None = None
) -> str:
    """The page of a fresh link. Its life is counted from now, or from `since`; `life` is that of its purpose."""
    terms = TERMS[purpose]
    link = Link(purpose, subject, generation, (since or clock.now()) + (life or terms.life))
    return behind(sign(link, settings.current().secret_key), purpose)


def behind(token: str, purpose: Purpose) -> str:
    """The same, of a token that was signed already."""
    return f"/lien/{token}{TERMS[purpose].page}"


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


def office_venue(id: int) -> str:  # noqa: A002
    """A venue."""
    return f"/gestion/lieux/{id}"


def office_search(text: str, kind: str = "") -> str:
    """What a text finds, of all kinds or of one."""
    return f"/gestion/recherche?{urlencode({'q': text, 'genre': kind} if kind else {'q': text})}"


def office() -> str:
    """The team's first page."""
    return "/gestion"


def office_handing_over() -> str:
    """Where everything stands, for who takes over."""
    return "/gestion/passation"


def office_catalogue() -> str:
    """The offers."""
    return "/gestion/catalogue"


def office_offer(slug: str) -> str:
    """One of them."""
    return f"/gestion/catalogue/{slug}"


def office_offer_tariffs(slug: str) -> str:
    """What it costs."""
    return f"{office_offer(slug)}/tarifs"


def office_offer_picture(slug: str) -> str:
    """The picture that stands in place of an offer's drawing."""
    return f"/gestion/catalogue/{slug}/image"


def office_sessions() -> str:
    """The sessions to come."""
    return "/gestion/seances"


def office_new_venue() -> str:
    """Where a venue is added."""
    return "/gestion/lieux/nouveau"


def office_facilitator(id: int) -> str:  # noqa: A002
    """Somebody who delivers."""
    return f"/gestion/animation/{id}"


def office_partner(id: int) -> str:  # noqa: A002
    """A body that delivers with us."""
    return f"/gestion/partenaires/{id}"


def office_credential(id: int) -> str:  # noqa: A002
    """A paper of either, where it is corrected."""
    return f"/gestion/papiers/{id}"


def office_credential_renewal(id: int) -> str:  # noqa: A002
    """The same, where it is renewed."""
    return f"/gestion/papiers/{id}/renouveler"


def office_invoices() -> str:
    """The invoices."""
    return "/gestion/factures"


def office_invoice(number: str) -> str:
    """An invoice or a credit note."""
    return f"/gestion/factures/{number}"


def office_draft(id: int) -> str:  # noqa: A002
    """What is not issued yet."""
    return f"/gestion/factures/brouillons/{id}"


def office_opening(id: int) -> str:  # noqa: A002
    """What is owed from former software."""
    return f"/gestion/comptes/reprises/{id}"


def office_mail(id: int) -> str:  # noqa: A002
    """A mail: why it did not leave."""
    return f"/gestion/courriels/{id}"


def office_platform() -> str:
    """Who runs the site, and its bank."""
    return "/gestion/plateforme"


def office_series() -> str:
    """How invoices, credit notes and receipts are numbered."""
    return "/gestion/factures/series"


def office_new_facilitator() -> str:
    """Where somebody who delivers is added."""
    return "/gestion/animation/nouvelle-personne"


def office_new_booking(who: str) -> str:
    """Where one books for who calls; `who`: what is known of them."""
    return f"/gestion/reservations/nouvelle?{urlencode({'qui': who})}"


def office_new_organisation(name: str = "") -> str:
    """Where an organisation is added; `name`: how it may be called."""
    return f"/gestion/nouvelle-structure?{urlencode({'nom': name})}" if name else "/gestion/nouvelle-structure"


def office_import(kind: str) -> str:
    """Where a spreadsheet comes in."""
    return f"/gestion/importer/{kind}"


def office_new_session() -> str:
    """Where a session is planned."""
    return "/gestion/seances/nouvelle"


def office_set_up() -> str:
    """The path of the first day."""
    return "/gestion/premiers-pas"


def office_first_identity() -> str:
    """Its step: who runs the site."""
    return f"{office_set_up()}/identite"


def office_first_vat() -> str:
    """Its step: the VAT regime."""
    return f"{office_set_up()}/tva"


def office_first_bank() -> str:
    """Its step: the bank account."""
    return f"{office_set_up()}/banque"


def office_first_looks() -> str:
    """Its step: logo and colour."""
    return f"{office_set_up()}/apparence"


def office_first_mail() -> str:
    """Its step: a mail to try."""
    return f"{office_set_up()}/courriel"


def office_new_colleague() -> str:
    """Where somebody joins the team."""
    return f"{office_access()}/nouveau"


def office_communes() -> str:
    """The communes that are known, and those typed by hand."""
    return "/gestion/lieux/communes"


def office_access() -> str:
    """Who may come in."""
    return "/gestion/acces"


# What waits for the team, by what it is, where it is dealt with: its list, narrowed as the list's own links do it
WAITING: Mapping[str, str] = {
    "organisations": "/gestion/structures/demandes",
    "bookings": "/gestion/reservations?etat=pending",
    "undecided": "/gestion/reservations?etat=undecided",
    "doubled": "/gestion/reservations?etat=doubled",
    "sessions": "/gestion/seances?periode=a-marquer",
    "unmanned": "/gestion/seances",
    "missions": "/gestion/seances",
    "options": "/gestion/reservations?etat=option",
    "engagements": "/gestion/reservations?etat=confirmed",
    "asked": "/gestion/factures/brouillons",
    "papers": "/gestion/papiers",
    "unpriced": "/gestion/catalogue",
    "drafts": "/gestion/factures/brouillons",
    "splits": "/gestion/factures/brouillons#a-partager",
    "to_credit": "/gestion/factures/brouillons#a-crediter",
    "to_deposit": "/gestion/factures/chorus?etat=a-deposer",
    "stuck_deposits": "/gestion/factures/chorus?etat=a-traiter",
    "quiet_deposits": "/gestion/factures/chorus?etat=sans-suite",
    "late": "/gestion/factures?etat=en-retard",
    "reminders": "/gestion/relances",
    "bank_lines": "/gestion/banque",
    "unused": "/gestion/paiements?reste=1",
    "mails_failed": "/gestion/courriels?etat=failed",
    "mails_held": "/gestion/courriels?etat=held",
    "mails_put_off": "/gestion/courriels?etat=queued",
    "unmatched": "/gestion/acces?etat=a-decider",
    "jobs": "/gestion/file",
}


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
