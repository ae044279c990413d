"""Every address that is read, from the route table, with samples for a database of 10⁵ rows; or why it is not asked.

A new page without an entry fails tests/db/test_flat.py: nothing is shown of which nobody knows what it costs.
"""

from __future__ import annotations

# By who asks: a visitor, the organisation's contact, the team, a facilitator, programs with the keys of both.
ADDRESSES = {
    "": (
        "/", "/catalogue", "/catalogue?q=velo", "/catalogue?theme=Th%C3%A8me+1", "/catalogue/{offer}", "/seances",
        "/seances?theme=Th%C3%A8me+1", "/seances?offre={offer}", "/seances?commune=c7", "/seances?personnes=40",
        "/seances?pres=Commune+7", "/seances?personnes=999&pres=Commune+7", "/seances?gratuit=oui",
        "/seances?mois={month}", "/catalogue?personnes=40", "/catalogue?q=zzzz+velo", "/seances/{session}",
        "/seances/{session}/affiche.pdf",
        "/seances/agenda", "/integrer", "/integrer/seances", "/agenda/public.ics",
        "/agenda/public.ics?commune=c7", "/agenda/p/{feed}.ics", "/agenda/p/{team_feed}.ics",
        "/agenda/seances/{slot}.ics", "/sitemap.xml", "/api/v1/offers", "/api/v1/offers/{offer}", "/api/v1/sessions",
        "/api/v1/sessions?offer={offer}", "/lien/{invoice_link}", "/lien/{invoice_link}/facture.pdf",
        "/lien/{invoice_link}/facture.xml", "/lien/{invoice_link}/facture-service-fait.pdf",
        "/lien/{invoice_link}/recus/{receipt}.pdf", "/lien/{facts_link}/completer", "/lien/{answer_link}/reponse",
        "/lien/{private_link}/seance",
    ),
    "rh@mairie.example.org": (
        "/inscription", "/espace/{slug}", "/espace/{slug}/reservations", "/espace/{slug}/reservations/{booking}",
        "/espace/{slug}/reservations/{booking}/annuler", "/espace/{slug}/reservations/{booking}/suite",
        "/espace/{slug}/reservations/{booking}/facture",
        "/espace/{slug}/reservations/{booking}/places", "/espace/{slug}/reservations/{booking}/places?places=3",
        "/espace/{slug}/factures", "/espace/{slug}/factures/{invoice}", "/espace/{slug}/factures/{invoice}.pdf",
        "/espace/{slug}/factures/a-completer/{draft}", "/espace/{slug}/recus/{receipt}.pdf", "/espace/{slug}/agenda",
        "/espace/{slug}/agenda/{own_feed}/remplacer", "/espace/{slug}/agenda/{own_feed}/supprimer",
        "/espace/{slug}/collegues", "/espace/{slug}/collegues/{account}/retirer",
        "/espace/{slug}/collegues/{account}/role",
        "/seances/{session}/reserver?places=3", "/agenda/reservations/{booking}.ics",
    ),
    "equipe@example.org": (
        "/gestion", "/gestion/reservations", "/gestion/reservations?etat=pending", "/gestion/reservations?q=R-77",
        "/gestion/reservations?etat=undecided",
        "/gestion/reservations?etat=doubled",
        "/gestion/reservations?q=commune+rachel", "/gestion/reservations?q=zzzz",
        "/gestion/reservations?q=42", "/gestion/reservations?q=zq",
        "/gestion/reservations?structure={slug}", "/gestion/reservations/{booking}",
        "/gestion/reservations/{booking}/acompte", "/gestion/reservations/{booking}/annuler",
        "/gestion/reservations/{booking}/places", "/gestion/reservations/{booking}/places?places=3",
        "/gestion/reservations/{booking}/payeurs", "/gestion/reservations/{booking}/payeurs?payeur=zzzz",
        "/gestion/seances", "/gestion/seances?periode=passees",
        "/gestion/seances?periode=a-marquer", "/gestion/seances?etat=draft", "/gestion/seances?offre={offer}",
        "/gestion/seances?commune=c7", "/gestion/seances/{session}", "/gestion/seances/{session}/annuler",
        "/gestion/seances/{session}/modifier", "/gestion/seances/{held}/annuler-realisee", "/gestion/seances/nouvelle",
        "/gestion/structures", "/gestion/structures?etat=pending", "/gestion/structures?q=commune",
        "/gestion/structures?q=zzzz", "/gestion/structures?q=42", "/gestion/structures/{slug}",
        "/gestion/structures/{slug}/facturation",
        "/gestion/structures/{slug}/contacts/nouveau", "/gestion/structures/{slug}/contacts/{contact}",
        "/gestion/nouvelle-structure", "/gestion/lieux", "/gestion/lieux/nouveau", "/gestion/lieux/{venue}",
        "/gestion/lieux/communes/proches?q=commune", "/gestion/lieux/communes/proches?cp=61000",
        "/gestion/animation", "/gestion/animation/nouvelle-personne", "/gestion/animation/{facilitator}",
        "/gestion/acces", "/gestion/acces?etat=autres", "/gestion/acces?etat=a-decider", "/gestion/acces?q=zzzz",
        "/gestion/acces?q=zq",
        "/gestion/acces/nouveau", "/gestion/acces/{membership}/retirer", "/gestion/acces/{membership}/role",
        "/gestion/acces/anciens", "/gestion/acces/anciens?structure={slug}", "/gestion/acces/anciens?q=zzzz",
        "/gestion/courriels", "/gestion/courriels?etat=failed", "/gestion/courriels?q=reservation",
        "/gestion/courriels?q=zzzz", "/gestion/courriels?q=42", "/gestion/courriels/{mail}",
        "/gestion/courriels/{mail}/apercu",
        "/gestion/courriels/{mail}/invitation.ics", "/gestion/courriels/{filed_mail}/fichiers/{file}",
        "/gestion/agendas", "/gestion/agendas/{given_feed}/remplacer", "/gestion/agendas/{given_feed}/supprimer",
        "/gestion/factures", "/gestion/factures?etat=en-retard", "/gestion/factures?etat=payees",
        "/gestion/factures?etat=avoirs", "/gestion/factures?q=T77", "/gestion/factures?q=commune",
        "/gestion/factures?q=zzzz", "/gestion/factures?q=42", "/gestion/factures/{invoice}",
        "/gestion/factures/{invoice}.pdf",
        "/gestion/factures/{invoice}/piste", "/gestion/factures/{invoice}/avoir",
        "/gestion/factures/{invoice}/remplacer", "/gestion/factures/{invoice}/chorus",
        "/gestion/factures/{invoice}/chorus.zip", "/gestion/factures/{invoice}/chorus/portail.pdf",
        "/gestion/factures/{invoice}/chorus/service-fait.pdf", "/gestion/factures/{invoice}/etapes/deposited",
        "/gestion/factures/brouillons", "/gestion/factures/brouillons?q=commune",
        "/gestion/factures/brouillons/{draft}",
        "/gestion/factures/brouillons/{draft}/apercu.pdf", "/gestion/factures/brouillons/{draft}/lignes/{line}",
        "/gestion/factures/chorus", "/gestion/factures/series",
        "/gestion/creances/{receivable}/abandon", "/gestion/creances/{receivable}/paiement",
        "/gestion/creances/{receivable}/pause", "/gestion/paiements", "/gestion/paiements?q=P77",
        "/gestion/paiements?q=T77", "/gestion/paiements?q=zzzz", "/gestion/paiements?q=42",
        "/gestion/paiements/{payment}",
        "/gestion/recus/{receipt}.pdf", "/gestion/relances", "/gestion/relances/reglages",
        "/gestion/banque", "/gestion/banque/importer", "/gestion/banque/releves", "/gestion/banque/releves/{statement}",
        "/gestion/banque/releves/{unread_statement}/colonnes", "/gestion/banque/lignes/{bank_line}",
        "/gestion/banque/lignes/{bank_line}?q=T77", "/gestion/comptes", "/gestion/comptes?payeur=zzzz",
        "/gestion/comptes?payeur=zq", "/gestion/comptes?numero=T77", "/gestion/comptes?numero=42",
        "/gestion/comptes?etat=late", "/gestion/comptes/plan",
        "/gestion/comptes/clotures", "/gestion/comptes/clotures/nouvelle?mois={last_month}", "/gestion/comptes/journal",
        "/gestion/comptes/journal/{export}", "/gestion/comptes/reprises", "/gestion/comptes/reprises/{opening}",
        "/gestion/comptes/reprises/modele.csv", "/gestion/catalogue", "/gestion/catalogue/{offer}/facturation",
        "/gestion/catalogue/{offer}/mots", "/gestion/catalogue/{offer}/dessin", "/gestion/catalogue/{offer}/image",
        "/gestion/themes", "/gestion/themes/{theme}", "/gestion/soutiens", "/gestion/soutiens/nouveau",
        "/gestion/soutiens/{supporter}",
        "/gestion/comptes/exercices", "/gestion/comptes/exercices/{year_end}",
        "/gestion/cles", "/gestion/plateforme", "/gestion/file",
    ),
    "anime@example.org": (
        "/animation", "/animation/passees", "/animation/seances/{session}", "/animation/agenda",
        "/animation/agenda/{facilitator_feed}/remplacer", "/animation/agenda/{facilitator_feed}/supprimer",
        "/agenda/missions/{slot}.ics",
    ),
    "key": (
        "/api/v1/bookings", "/api/v1/bookings/{booking}", "/api/v1/invoices", "/api/v1/invoices/{invoice}",
        "/api/v1/invoices/{invoice}.pdf",
    ),
    "team_key": ("/api/v1/bookings", "/api/v1/invoices", "/api/v1/invoices/drafts"),
}  # fmt: skip

# Routes of which no sample is asked, and why.
NOT_ASKED = {
    "/static/{file_path:path}": "files of the program",
    "/faces/{digest:str}/{name:str}": "files cut from packages",
    "/theme.css": "colours of the platform's one row",
    "/style/{digest:str}/{audience:str}": "no statement",
    "/logo": "a file of the platform's one row",
    "/images/{name:str}": "bytes of one picture, found by its index",
    "/marque.svg": "initials and colour of the platform's one row",
    "/robots.txt": "words",
    "/integrer/couleurs.css": "colours that the address says",
    "/accessibilite": "words",
    "/kit": "samples",
    "/espace": "sends on",
    "/connexion": "a form",
    "/connexion/code": "a form",
    "/connexion/lien/{token:str}": "one row by its token; the sample would be used up",
    "/healthz": "words",
    "/readyz": "the queue and the migrations",
    "/api/docs": "made from the routes",
    "/api/docs/openapi.json": "made from the routes",
    "/api/docs/openapi.json/openapi.json": "made from the routes",
    "/api/docs/openapi.json/{path:str}": "made from the routes",
    "/gestion/comptes/balance": "adds up all that is open, by age: what it shows",
    "/gestion/comptes/balance.svg": "the same, drawn",
    "/gestion/comptes/tva": "adds up the months that it shows",
    "/gestion/comptes/registre.csv": "every row that was asked for, in pieces",
    "/gestion/comptes/registre.xlsx": "every row that was asked for, in pieces",
    "/gestion/comptes/factures.zip": "every paper that was asked for, in pieces",
    "/gestion/comptes/exercices/{day:str}/{name:str}": "one file of one row, of a closed year",
    "/espace/{slug:str}/reservations/{reference:str}/confirmation.pdf": "one file of one row, of a free booking",
    "/gestion/reservations/{reference:str}/confirmation": "one file of one row, of a free booking",
    "/gestion/reservations/{reference:str}/refuser": "one row that is pending, and a form",
    "/gestion/factures/{number:str}/refaire": "of an invoice that its buyer suspended: what /chorus reads",
}


def route_of(address: str, routes: list[str]) -> str:
    """The route that a sample asks; "" when there is none. A literal segment goes before a parameter."""
    asked = address.partition("?")[0].split("/")
    fitting = [r for r in routes if _fits(r.split("/"), asked)]
    return max(fitting, key=lambda route: sum("{" not in part for part in route.split("/")), default="")


def _fits(route: list[str], asked: list[str]) -> bool:
    return len(route) == len(asked) and all("{" in r or r == a for r, a in zip(route, asked, strict=True))
