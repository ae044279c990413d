"""Words that a reader of ours must not meet, and what is said instead: one notion, one word, for each reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from french_texts import FrenchText


class ReadBy(Enum):
    """Whom a text is for."""

    CLIENT = "client"  # who books and pays, and who comes
    TEAM = "team"
    FACILITATOR = "facilitator"
    ACCOUNTANT = "accountant"
    HOST = "host"  # who runs the program


CLIENT, TEAM, FACILITATOR, ACCOUNTANT, HOST = ReadBy
OUTSIDE = frozenset({CLIENT, FACILITATOR})
OFFICE = frozenset({TEAM, ACCOUNTANT})
EVERYBODY = OUTSIDE | OFFICE

# Where a text stands says who reads it: the longest beginning that fits counts.
READERS: dict[str, frozenset[ReadBy]] = {
    "": EVERYBODY,
    "accounting/": OFFICE,
    "attendance/": frozenset({TEAM, FACILITATOR}),
    "billing/": OFFICE,
    "billing/documents/": frozenset({CLIENT}),
    "calendar/": OUTSIDE,
    "catalogue/": frozenset({TEAM}),
    "dunning/": OFFICE,
    "kernel/": EVERYBODY | {HOST},
    "messages/actions/delivery.py": frozenset({TEAM, HOST}),
    "messages/clients/": frozenset({TEAM, HOST}),
    "messages/rules.py": frozenset({TEAM}),
    "papers/": frozenset({CLIENT}),
    "payments/": OFFICE,
    "payments/documents.py": frozenset({CLIENT}),
    "postgresql/": frozenset({HOST}),
    "reporting/office/": OFFICE,
    "reporting/portal/": frozenset({CLIENT}),
    "reporting/timeline.py": frozenset({TEAM}),  # it asks who reads, and says to each their own
    "scheduling/": frozenset({TEAM}),
    "templates/animation/": frozenset({FACILITATOR}),
    "templates/mail/assignment_": frozenset({FACILITATOR}),
    "templates/mail/headcount/": OUTSIDE,
    "templates/mail/staff_": frozenset({TEAM}),
    "templates/mail/trial/": frozenset({HOST}),
    "templates/office/": OFFICE,
    "templates/portal/": frozenset({CLIENT}),
    "templates/portal/answer.html": OUTSIDE,
    "web/animation/": frozenset({FACILITATOR}),
    "web/office/": OFFICE,
    "web/portal/": frozenset({CLIENT}),
}


@dataclass(frozen=True, slots=True)
class Ban:
    """Words that some readers must not meet. `right_in`: places where the same letters mean something else."""

    name: str
    pattern: str
    instead: str
    why: str
    readers: frozenset[ReadBy] = EVERYBODY
    right_in: tuple[str, ...] = ()


_PERSON = r"(?<![Pp]ersonne )(?<![Pp]ersonnes )"
_OLD_BOOKS = ("accounting/", "templates/office/accounting/", "web/office/accounting/")

BANS = (
    Ban("organisation", r"\b[Oo]rganisations?\b", "structure", "one word for who books"),
    Ban(
        "organisme",
        r"\b[Oo]rganismes?\b(?! publics?\b| sans but lucratif)",
        "structure",
        "an « organisme public » alone is one, and what the tax code names",
    ),
    Ban("veuillez", r"\b[Vv]euillez\b", "the verb itself: « Choisissez… »", "nobody speaks so"),
    Ban(
        "cliquez",
        r"\b[Cc]liquez\b|\bun clic suffit\b",
        "« Répondez sans vous connecter, avec le bouton. »",
        "the page asks once more; and not everybody clicks",
    ),
    Ban(
        "inscrits",
        r"\binscrits\b|\bInscrits\b|d’inscrite?\b|[Ii]nscriptions? (?:à cette séance|closes)|inscriptions (?:sont|ont)"
        r"|a inscrite? à",
        "réservation, places prises, personnes attendues",
        "an inscription is a structure’s, once",
    ),
    Ban("sans engagement", r"sans engagement", "« Rien n’est dû. »", "an « engagement » is a number that we ask for"),
    Ban(
        "option",
        r"\b[Oo]ptions?\b(?! pour le paiement de la taxe)",  # CGI ann. II art. 242 nonies A, of an invoice
        "places gardées jusqu’au…",
        "the team’s word",
        frozenset({CLIENT}),
    ),
    Ban(
        "rapprocher",
        r"\b[Rr]approch|\b[Ii]mput(?:er|e|é|ée|ées|ation)\b",
        "affecter un virement à une facture",
        "accountants’ words",
        right_in=_OLD_BOOKS,
    ),
    Ban(
        "pourquoi",
        r"^Pourquoi\b|\b[Dd]ites(?: d’abord)? pourquoi\b",
        "« Motif », « Donnez le motif »",
        "one word for a motive",
    ),
    Ban("raison", r"\b[Rr]aison\b", "motif", "one word for a motive"),
    Ban("de la part", r"^De la part d", "« Prestataire »", "the label of a party on a paper"),
    Ban(
        "à rappeler",
        r"^À rappeler|\b[Rr]appelez (?:la référence|le numéro)|\ben rappelant\b",
        "« Référence à indiquer »",
        "a reference is given, not called back",
    ),
    Ban(
        "qui anime",
        _PERSON + r"\bqui (?:anime|animent|a payé|ouvre|le peut)\b",
        "« la personne qui… »",
        "a full subject",
    ),
    Ban(
        "animateur",
        r"\b[Aa]nimat(?:eur|rice)s?\b|\b[Ii]ntervenante?s?\b",
        "« la personne qui anime », « Animation »",
        "one word, and no gender",
    ),
    Ban(
        "accord au masculin",
        r"\b(?:restez|êtes|n’êtes plus) attendu\b|d’être venus\b|n’est désigné\b|étant connecté\b",
        "a turn without a gender",
        "the reader may be a woman",
    ),
    Ban("erreur 500", r"\b[Ee]rreur (?:4\d\d|50\d)\b", "what happened, and what to do", "a number of the program’s"),
    Ban(
        "virement en route",
        r"virement est en route",
        "« le comptable public doit maintenant la payer »",
        "a mandate is an order to pay, not a payment",
    ),
    Ban(
        "attestation de service fait",
        r"[Aa]ttestation de service fait",
        "« Attestation de réalisation »",
        "the public buyer certifies the service itself (décret 2012-1246, art. 31)",
    ),
    Ban(
        "trésorerie",
        r"\b[Tt]résorerie\b",
        "« votre service financier ne peut pas traiter la facture »",
        "who pays is the public accountant",
    ),
    Ban("délai arrêté", r"délai de paiement est arrêté", "« suspendu »", "code de la commande publique, R2192-27"),
    Ban(
        "jours de sa mise à disposition",
        r"jours (?:de|après) sa mise à disposition",
        "« sous 30 jours à compter de sa mise à disposition sur Chorus Pro »",
        "where a delay begins",
    ),
    Ban(
        "aux impôts",
        r"(?:déposée|déclarée?|auprès des) (?:aux )?impôts",
        "« le service des impôts des entreprises »",
        "which office",
    ),
    Ban(
        "payeur",
        r"\b[Pp]ayeurs?\b(?!, date)",
        "« client facturé », « structure facturée », « donneur d’ordre »",
        "one word for who pays",
    ),
    Ban(
        "structure publique",
        r"\b[Ss]tructures? publiques?\b|\b[Cc]ollectivités?\b",
        "« organisme public »",
        "one word for a public client",
    ),
    Ban("acheteur", r"\b[Aa]cheteurs?\b", "« organisme public »", "one word for a public client"),
    Ban(
        "de côté",
        r"\b(?:mis|mise|mises|mettre|mettez|mettent|met)(?: la ligne)? de côté\b|\bMis de côté\b",
        "« classé sans facture », « désactivé »",
        "says not what becomes of it",
    ),
    Ban("créditer", r"\b[Cc]rédit(?:er|e|é|ée|és|ées)\b", "« avoir »", "one word for a credit note"),
    Ban(
        "crédit",
        r"\b(?:en|à votre|ce) crédit\b|\d? ?de crédit\b(?<!et de crédit)|^Crédit utilisé",
        "« trop-perçu »",
        "one word for what was paid too much",
    ),
    Ban(
        "reprendre",
        r"\b[Rr]epr(?:is|ise|ises|endre|enez|end|ennent|eniez)\b(?!.* ancien logiciel)",
        "annuler l’affectation, relancer, faire un avoir, importer, réessayer",
        "six meanings",
        right_in=_OLD_BOOKS,
    ),
    Ban("abandonner", r"\b[Aa]bandonn", "« passer en perte »", "what it is called in the books"),
    Ban(
        "commande",
        r"^Commande$|^Numéro de commande$|^Engagement$",
        "« Numéro de bon de commande », « Numéro d’engagement »",
        "the number by its name",
    ),
    Ban("plateforme", r"^Plateforme$|sous « Plateforme »", "« Réglages »", "a menu by what one does in it"),
    Ban(
        "marquer comme réalisée",
        r"\b[Mm]arqu\w+ comme réalisées?\b|[Àà] marquer comme|annuler la tenue",
        "« Confirmer que la séance a eu lieu »",
        "the button says the result",
    ),
    Ban(
        "réalisée",
        r"\b[Rr]éalisées?\b",
        "« a eu lieu »",
        "the office’s word",
        OUTSIDE,
        right_in=("templates/parts/state.html",),  # the badge of its own lists
    ),
    Ban("venus", r"^Venus$|\bcombien sont venus\b", "« présents »", "one word for who came"),
    Ban("pas échu", r"\b[Pp]as échue?s?\b", "« Non échu »", "the accountants’ own word"),
    Ban(
        "responsable",
        r"demandez à (?:son responsable|qui\b)",
        "« Demandez-le à la personne qui gère cet espace dans votre structure. »",
        "who that is",
    ),
    Ban(
        "fichiers d’informaticien",
        r"Factur-X|\bXML\b|serveur de courriel",
        "« PDF lisible par les logiciels comptables »; « Nous ne pouvons pas vous envoyer de courriel. Appelez-nous. »",
        "nothing technical otherwise",
        OUTSIDE,
    ),
    Ban(
        "octets",
        r"\boctets\b|\bmaillon\b|\bcurseur\b",
        "« Document intact : identique à celui émis le… »",
        "the program’s inside",
        EVERYBODY,
        right_in=("web/api/",),
    ),
    Ban("apostrophe droite", r"(?<=\w)'(?=\w)", "’", "typography of the house"),
    Ban("guillemets droits", r'"', "« »", "typography of the house"),
    Ban("trois points", r"\.\.\.", "…", "typography of the house"),
    Ban("guillemets collés", r"«(?![ \u00a0\u202f])|(?<![ \u00a0\u202f])»", "« mot »", "typography of the house"),
)


def readers_of(place: str) -> frozenset[ReadBy]:
    """Who reads what stands there."""
    return READERS[max((start for start in READERS if place.startswith(start)), key=len)]


def broken(text: FrenchText) -> Iterator[Ban]:
    """The bans that a text breaks."""
    words = re.sub(r"<[^>]*>", "", text.words)  # a tag has its own quotes
    for ban in BANS:
        here = ban.readers & readers_of(text.place) and not text.place.startswith(ban.right_in)
        if here and re.search(ban.pattern, words):
            yield ban
