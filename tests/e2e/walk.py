"""Every page there is, from the route table: for each one an address that exists, and who sees it.

A new page without an entry here fails the walk: nothing is shown that nobody looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import asyncpg
from playwright.sync_api import Browser, BrowserContext
from sites import Site, in_own_loop, sign_in

from training.app import create_app

Audience = Literal["visitor", "organisation", "facilitator", "staff"]

# GET routes that are not pages: files, feeds, programs, and what only sends on.
NOT_PAGES = (
    "/logo",
    "/images/",
    "/healthz",
    "/readyz",
    "/theme.css",
    "/style/",
    "/agenda/",
    "/api/v1",
    "/api/docs/openapi.json",
    "/static/",
    "/faces/",
)
# A mail as it was written is shown in a sandbox where no script runs, axe neither.
FILES = (
    *(".pdf", ".xml", ".zip", ".csv", ".css", ".xlsx", ".svg", ".ics", ".txt"),
    *("/fichiers/{file:int}", "/confirmation", "/apercu", "/communes/proches", "/fichier"),
)

# How each route's address is filled from the town; a route without parameter is its own address.
PATHS: dict[str, str] = {
    "/animation/agenda/{feed:int}/remplacer": "/animation/agenda/{own_feed}/remplacer",
    "/animation/agenda/{feed:int}/supprimer": "/animation/agenda/{own_feed}/supprimer",
    "/animation/seances/{session:int}": "/animation/seances/{mission}",
    "/api/docs/{path:str}": "",
    "/catalogue/{slug:str}": "/catalogue/{offer}",
    "/connexion/lien/{token:str}": "{fresh_link}",
    "/espace/{slug:str}": "/espace/{slug}",
    "/espace/{slug:str}/agenda": "/espace/{slug}/agenda",
    "/espace/{slug:str}/agenda/{token:int}/remplacer": "/espace/{slug}/agenda/{feed}/remplacer",
    "/espace/{slug:str}/agenda/{token:int}/supprimer": "/espace/{slug}/agenda/{feed}/supprimer",
    "/espace/{slug:str}/collegues": "/espace/{slug}/collegues",
    "/espace/{slug:str}/collegues/{account:int}/retirer": "/espace/{slug}/collegues/{colleague}/retirer",
    "/espace/{slug:str}/collegues/{account:int}/role": "/espace/{slug}/collegues/{colleague}/role",
    "/espace/{slug:str}/factures": "/espace/{slug}/factures",
    "/espace/{slug:str}/factures/{name:str}": "/espace/{slug}/factures/{own_invoice}",
    "/espace/{slug:str}/factures/a-completer/{invoice:int}": "/espace/{slug}/factures/a-completer/{own_draft}",
    "/espace/{slug:str}/recus/{name:str}": "",
    "/espace/{slug:str}/reservations": "/espace/{slug}/reservations",
    "/espace/{slug:str}/reservations/{reference:str}": "/espace/{slug}/reservations/{coming_booking}",
    "/espace/{slug:str}/reservations/{reference:str}/facture": "/espace/{slug}/reservations/{coming_booking}/facture",
    "/espace/{slug:str}/reservations/{reference:str}/annuler": "/espace/{slug}/reservations/{coming_booking}/annuler",
    "/espace/{slug:str}/reservations/{reference:str}/suite": "/espace/{slug}/reservations/{coming_booking}/suite",
    "/espace/{slug:str}/reservations/{reference:str}/places": (
        "/espace/{slug}/reservations/{coming_booking}/places?places=5"
    ),
    "/gestion/exporter/{name:str}": "",
    "/gestion/importer/{kind:str}": "/gestion/importer/structures",
    "/gestion/recherche": "/gestion/recherche?q=commune",
    "/gestion/recherche/reponses": "",
    "/gestion/banque/lignes/{line:int}": "/gestion/banque/lignes/{bank_line}",
    "/gestion/banque/releves/{statement:int}": "/gestion/banque/releves/{statement}",
    "/gestion/banque/releves/{statement:int}/colonnes": "/gestion/banque/releves/{unread_statement}/colonnes",
    "/gestion/creances/{receivable:int}/abandon": "/gestion/creances/{receivable}/abandon",
    "/gestion/comptes/clotures/nouvelle": "/gestion/comptes/clotures/nouvelle?mois={last_month}",
    "/gestion/comptes/journal/{name:str}": "",
    "/gestion/comptes/reprises/{receivable:int}": "/gestion/comptes/reprises/{opening}",
    "/gestion/creances/{receivable:int}/paiement": "/gestion/creances/{receivable}/paiement",
    "/gestion/creances/{receivable:int}/pause": "/gestion/creances/{receivable}/pause",
    "/gestion/paiements/{payment:int}": "/gestion/paiements/{payment}",
    "/gestion/acces/{membership:int}/retirer": "/gestion/acces/{access}/retirer",
    "/gestion/acces/{membership:int}/role": "/gestion/acces/{team_access}/role",
    "/gestion/animation/{facilitator:int}": "/gestion/animation/{facilitator_id}",
    "/gestion/animation/{facilitator:int}/modifier": "/gestion/animation/{facilitator_id}/modifier",
    "/gestion/animation/{facilitator:int}/depart": "/gestion/animation/{facilitator_id}/depart",
    "/gestion/papiers/nouveau": "/gestion/papiers/nouveau?personne={facilitator_id}",
    "/gestion/papiers/{credential:int}": "/gestion/papiers/{credential}",
    "/gestion/papiers/{credential:int}/renouveler": "/gestion/papiers/{credential}/renouveler",
    "/gestion/papiers/{credential:int}/fichier": "",
    "/gestion/partenaires/{partner:int}": "/gestion/partenaires/{partner}",
    "/gestion/partenaires/{partner:int}/modifier": "/gestion/partenaires/{partner}/modifier",
    "/gestion/partenaires/{partner:int}/archiver": "/gestion/partenaires/{partner}/archiver",
    "/gestion/partenaires/{partner:int}/contacts/nouveau": "/gestion/partenaires/{partner}/contacts/nouveau",
    "/gestion/partenaires/{partner:int}/contacts/{contact:int}": "{partner_contact}",
    "/gestion/partenaires/{partner:int}/tarifs/nouveau": "/gestion/partenaires/{partner}/tarifs/nouveau",
    "/gestion/agendas/{feed:int}/remplacer": "/gestion/agendas/{given_feed}/remplacer",
    "/gestion/agendas/{feed:int}/supprimer": "/gestion/agendas/{given_feed}/supprimer",
    "/gestion/courriels/{mail:int}": "/gestion/courriels/{mail}",
    "/gestion/factures/brouillons/{invoice:int}": "/gestion/factures/brouillons/{draft}",
    "/gestion/factures/brouillons/{invoice:int}/lignes/{line:int}": "{own_line}",
    "/gestion/catalogue/{slug:str}/facturation": "/gestion/catalogue/{offer}/facturation",
    "/gestion/catalogue/{slug:str}/image": "/gestion/catalogue/{offer}/image",
    "/gestion/catalogue/{slug:str}": "/gestion/catalogue/{offer}",
    "/gestion/catalogue/{slug:str}/modifier": "/gestion/catalogue/{offer}/modifier",
    "/gestion/catalogue/{slug:str}/archiver": "/gestion/catalogue/{offer}/archiver",
    "/gestion/catalogue/{slug:str}/apercu": "/gestion/catalogue/{offer}/apercu",
    "/gestion/catalogue/exemples/{name:str}": "/gestion/catalogue/exemples/velo-electrique",
    "/gestion/catalogue/{slug:str}/dessin": "/gestion/catalogue/{offer}/dessin",
    "/gestion/themes/{theme:int}": "/gestion/themes/{theme}",
    "/gestion/catalogue/{slug:str}/tarifs": "/gestion/catalogue/{offer}/tarifs",
    "/gestion/catalogue/{slug:str}/tarifs/changer": "/gestion/catalogue/{offer}/tarifs/changer",
    "/gestion/catalogue/{slug:str}/tarifs/retirer": "",
    "/gestion/catalogue/{slug:str}/financement": "/gestion/catalogue/{offer}/financement",
    "/gestion/financements/{funder:int}": "",
    "/gestion/soutiens/{supporter:int}": "",
    "/gestion/comptes/exercices/{day:str}": "/gestion/comptes/exercices/{year_end}",
    "/gestion/comptes/exercices/{day:str}/{name:str}": "",
    "/gestion/factures/{name:str}": "/gestion/factures/{invoice}",
    "/gestion/factures/{name:str}/avoir": "/gestion/factures/{invoice_to_credit}/avoir",
    "/gestion/factures/{name:str}/remplacer": "/gestion/factures/{invoice_to_credit}/remplacer",
    "/gestion/recus/{name:str}": "",
    "/gestion/factures/{number:str}/chorus": "/gestion/factures/{public_invoice}/chorus",
    "/gestion/factures/{number:str}/etapes/{status:str}": "/gestion/factures/{public_invoice}/etapes/suspended",
    "/gestion/factures/{number:str}/refaire": "/gestion/factures/{public_invoice}/refaire",
    "/gestion/factures/{name:str}/piste": "/gestion/factures/{invoice}/piste",
    "/gestion/reservations/nouvelle": "/gestion/reservations/nouvelle?structure={slug}&seance={coming}&places=12",
    "/gestion/reservations/{reference:str}/participants": "/gestion/reservations/{coming_booking}/participants",
    "/gestion/reservations/{reference:str}/commande": "/gestion/reservations/{coming_booking}/commande",
    "/gestion/structures/{slug:str}/collegues": "/gestion/structures/{slug}/collegues",
    "/gestion/structures/{slug:str}/collegues/{account:int}/role": (
        "/gestion/structures/{slug}/collegues/{colleague}/role"
    ),
    "/gestion/structures/{slug:str}/collegues/{account:int}/retirer": (
        "/gestion/structures/{slug}/collegues/{colleague}/retirer"
    ),
    "/gestion/structures/{slug:str}/agenda": "/gestion/structures/{slug}/agenda",
    "/gestion/structures/{slug:str}/agenda/{feed:int}/remplacer": "/gestion/structures/{slug}/agenda/{feed}/remplacer",
    "/gestion/structures/{slug:str}/agenda/{feed:int}/supprimer": "/gestion/structures/{slug}/agenda/{feed}/supprimer",
    "/gestion/reservations/{reference:str}/documents/{document:int}": "",
    "/gestion/notes/{kind:str}/{subject:int}": "/gestion/notes/seance/{coming}",
    "/gestion/notes/{kind:str}/{subject:int}/{note:int}": "",
    "/gestion/lieux/{venue:int}": "/gestion/lieux/{venue}",
    "/gestion/reservations/{reference:str}": "/gestion/reservations/{pending}",
    "/gestion/reservations/{reference:str}/acompte": "/gestion/reservations/{coming_booking}/acompte",
    "/gestion/reservations/{reference:str}/payeurs": "/gestion/reservations/{coming_booking}/payeurs",
    "/gestion/reservations/{reference:str}/annuler": "/gestion/reservations/{coming_booking}/annuler",
    "/gestion/reservations/{reference:str}/places": "/gestion/reservations/{coming_booking}/places?places=5",
    "/gestion/reservations/{reference:str}/refuser": "/gestion/reservations/{pending}/refuser",
    "/gestion/seances/{session:int}": "/gestion/seances/{coming}",
    "/gestion/seances/{session:int}/annuler": "/gestion/seances/{coming}/annuler",
    "/gestion/seances/{session:int}/annuler-realisee": "/gestion/seances/{held}/annuler-realisee",
    "/gestion/seances/{session:int}/modifier": "/gestion/seances/{coming}/modifier",
    "/gestion/structures/{slug:str}": "/gestion/structures/{slug}",
    "/gestion/structures/{slug:str}/contacts/nouveau": "/gestion/structures/{slug}/contacts/nouveau",
    "/gestion/structures/{slug:str}/contacts/{contact:int}": "/gestion/structures/{slug}/contacts/{contact}",
    "/gestion/structures/{slug:str}/type": "/gestion/structures/{slug}/type?kind=company",
    "/gestion/structures/demandes": "/gestion/structures/demandes",
    "/gestion/structures/doublons": "/gestion/structures/doublons",
    "/gestion/structures/{slug:str}/archiver": "/gestion/structures/{slug}/archiver",
    "/gestion/structures/{slug:str}/rattacher": "/gestion/structures/{waits}/rattacher",
    "/gestion/structures/{slug:str}/refuser": "/gestion/structures/{waits}/refuser",
    "/gestion/structures/{slug:str}/facturation": "/gestion/structures/{slug}/facturation",
    "/lien/{token:str}": "{invoice_link}",
    "/lien/{token:str}/completer": "{facts_link}",
    "/lien/{token:str}/recus/{name:str}": "",
    "/lien/{token:str}/reponse": "{answer_link}",
    "/lien/{token:str}/seance": "{session_link}",
    "/seances/{name:str}": "/seances/{coming}",
    "/seances/{name:str}/reserver": "/seances/{coming}/reserver?places=3",
}

_TOWN = "(select organisation from contact where lower(email) = lower('{contact}') and for_booking limit 1)"
VALUES: dict[str, str] = {
    "theme": "select min(id) from theme",
    "offer": "select slug from offer where state = 'published' order by id limit 1",
    "coming": """
        select s.id from session s join slot t on t.session = s.id and t.position = 1
        where s.state = 'published' and s.kind = 'open' and t.starts_at > now() and s.capacity - s.seats_taken > 3
        order by t.starts_at limit 1
    """,
    "slug": f"select slug from organisation where id = {_TOWN}",
    "contact": f"select min(id) from contact where organisation = {_TOWN}",
    "waits": "select slug from organisation where state = 'pending' order by id limit 1",
    "colleague": f"select min(account) from membership where organisation = {_TOWN}",
    "access": "select max(id) from membership",
    "team_access": "select min(id) from membership where num_nonnulls(organisation, partner, facilitator) = 0",
    "facilitator_id": "select min(id) from facilitator",
    "credential": "select min(id) from credential where archived_at is null",
    "partner": "select min(id) from partner where active",
    "partner_contact": """
        select '/gestion/partenaires/' || partner || '/contacts/' || id from partner_contact order by id limit 1
    """,
    "held": "select max(id) from session where state = 'held'",
    "coming_booking": "select b.reference from booking b join slot t on t.session = b.session and t.position = 1"
    f" where b.state = 'confirmed' and b.organisation = {_TOWN} and t.starts_at > now() order by b.id limit 1",
    # another where a story has decided the last of them
    "pending": "select reference from booking order by (state = 'pending') desc, id desc limit 1",
    "invoice": "select number from invoice where state = 'issued' order by id desc limit 1",
    "invoice_to_credit": "select number from invoice where state = 'issued' and kind = 'invoice' order by id limit 1",
    "own_invoice": f"select number from invoice where state = 'issued' and payer = {_TOWN} order by id desc limit 1",
    "public_invoice": "select i.number from invoice i join organisation o on o.id = i.payer"
    " where i.state = 'issued' and o.buyer = 'public' order by i.id desc limit 1",
    "own_draft": f"select id from invoice where state = 'draft' and payer = {_TOWN} order by id desc limit 1",
    "own_line": """
        select '/gestion/factures/brouillons/' || invoice || '/lignes/' || id from invoice_line
        where invoice = (select max(id) from invoice where state = 'draft') order by position limit 1
    """,
    "draft": "select id from invoice where state = 'draft' order by id desc limit 1",
    "bank_line": "select id from bank_line where state = 'new' order by id limit 1",
    "statement": "select id from bank_statement where read_at is not null order by id desc limit 1",
    "unread_statement": "select id from bank_statement where read_at is null order by id desc limit 1",
    "receivable": "select id from receivable where settled_cents < gross_cents order by id limit 1",
    "last_month": "select (date_trunc('month', now()) - interval '1 day')::date",
    "opening": "select id from receivable where invoice is null order by id limit 1",
    "payment": "select id from payment where way <> 'credit_note' order by id desc limit 1",
    "mail": "select id from mail where calendar is not null order by id desc limit 1",
    "mission": """
        select t.session from assignment a join slot t on t.id = a.slot join facilitator f on f.id = a.facilitator
        where a.state = 'confirmed' and lower(f.email) = lower('{facilitator}') order by t.starts_at desc limit 1
    """,
    "feed": f"select id from feed_token where organisation = {_TOWN} and revoked_at is null limit 1",
    "facts_link": "select substring(text from '/lien/[A-Za-z0-9_-]+/completer') from mail"
    " where occasion = 'invoice_lacking' order by id desc limit 1",
    "own_feed": """
        select k.id from feed_token k join facilitator f on f.id = k.facilitator
        where lower(f.email) = lower('{facilitator}') and k.revoked_at is null limit 1
    """,
    "given_feed": "select id from feed_token where kind in ('staff', 'partner', 'venue', 'facilitator')"
    " and revoked_at is null limit 1",
    "venue": "select id from venue order by id limit 1",
    "answer_link": "select substring(text from '/lien/[A-Za-z0-9_-]+/reponse') from mail"
    " where text ~ '/lien/[A-Za-z0-9_-]+/reponse' order by id desc limit 1",
    "session_link": """
        select substring(words from '/lien/[A-Za-z0-9_-]+/seance')
        from (select id, replace(convert_from(calendar, 'UTF8'), E'\\r\\n ', '') as words from mail
              where calendar is not null) m
        where words ~ '/lien/[A-Za-z0-9_-]+/seance' order by id desc limit 1
    """,
    "year_end": "select (date_trunc('year', now()) - interval '1 day')::date",
    "invoice_link": "select substring(text from '/lien/[A-Za-z0-9_-]+') from mail where occasion = 'invoice_issued'"
    " order by id desc limit 1",
}


@dataclass(frozen=True)
class Stop:
    """A page to look at; `path` is empty where this database has nothing to show there."""

    route: str
    path: str
    audience: Audience

    @property
    def name(self) -> str:
        """A file's name for it."""
        bare = self.route.strip("/").replace("/", "-").replace(":", "-").replace("{", "").replace("}", "")
        return bare or "accueil"


def audience_of(route: str) -> Audience:
    if route.startswith("/gestion"):
        return "staff"
    if route.startswith("/animation"):
        return "facilitator"
    if route.startswith(("/espace", "/inscription")) or route.endswith("/reserver"):
        return "organisation"
    return "visitor"


def routes() -> list[str]:
    """The paths of GET routes that are pages."""
    found = set()
    for route in create_app().routes:
        methods = getattr(route, "methods", ())
        if "GET" in methods and not route.path.startswith(NOT_PAGES) and not route.path.endswith(FILES):
            found.add(route.path)
    return sorted(found)


async def _values(dsn: str, people: dict[str, str]) -> dict[str, str]:
    connection = await asyncpg.connect(dsn)
    try:
        found = {name: await connection.fetchval(sql.format(**people)) for name, sql in VALUES.items()}
    finally:
        await connection.close()
    return {name: "" if value is None else str(value) for name, value in found.items()}


def stops(site: Site, people: dict[str, str]) -> list[Stop]:
    """Every page, filled from this site's database."""
    known = in_own_loop(_values(site.environment["DATABASE_URL"], people)) | {
        "fresh_link": site.door("organisation_link").removeprefix(site.url)
    }
    found = []
    for route in routes():
        assert "{" not in route or route in PATHS, f"{route}: say in walk.PATHS how its address is filled"
        template = PATHS.get(route, route)
        needs = [name for name in known if "{" + name + "}" in template]
        path = "" if any(not known[name] for name in needs) else template.format(**known)
        found.append(Stop(route, path, audience_of(route)))
    return found


def contexts(browser: Browser, site: Site, **options: object) -> dict[Audience, BrowserContext]:
    """A browser signed in as each audience."""
    doors: dict[Audience, str] = {
        "organisation": "organisation_link",
        "facilitator": "facilitator_link",
        "staff": "staff_link",
    }
    found: dict[Audience, BrowserContext] = {}
    links = site.all_doors()
    for audience in ("visitor", "organisation", "facilitator", "staff"):
        context = browser.new_context(base_url=site.url, locale="fr-FR", **options)
        context.set_default_timeout(15_000)
        if audience in doors:
            page = context.new_page()
            sign_in(page, links[doors[audience]])
            page.close()
        found[audience] = context
    return found
