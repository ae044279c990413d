"""What the office knows of payers and offers for the books: Chorus Pro services, terms, accounts, analytic codes."""

from __future__ import annotations

from training.demo.town.offers import OFFERS
from training.directory.rules.billing_facts import ChorusNeeds, Service

BUYERS: dict[str, dict[str, object]] = {
    "communaute-urbaine-alencon": {
        "chorus_needs": ChorusNeeds.BOTH,
        "service_code": "MOBILITES",
        "services": (
            Service("MOBILITES", "Direction des mobilités", True),
            Service("FINANCES", "Direction des finances", False),
            Service("PISCINES", "Régie des piscines (fermée)", False, active=False),
        ),
        "contract_reference": "MARCHE-2025-061",
    },
    "departement-orne": {
        "chorus_needs": ChorusNeeds.ENGAGEMENT,
        "services": (Service("INSERTION", "Pôle insertion", True), Service("COLLEGES", "Pôle collèges", False)),
    },
    "syndicat-mobilites-rurales": {
        "chorus_needs": ChorusNeeds.SERVICE,
        "service_code": "REGIE",
        "services": (Service("REGIE", "Régie et comptabilité", False),),
    },
    "college-deux-vallees": {"chorus_needs": ChorusNeeds.EITHER},
    "commune-alencon": {"chorus_needs": ChorusNeeds.NONE},
    "imprimerie-du-haras": {"payment_days": 30, "client_account": "411IMPRIM"},
    "aines-du-mele": {"client_account": "411AINES"},
}

_ACCOUNTS = {"awareness": "706100", "workshop": "706200", "vocational": "706300"}  # by kind of offer

# Offer → account of its sales, analytic code.
SALES: dict[str, tuple[str, str]] = {
    offer.slug: (_ACCOUNTS[offer.kind], "PART-" + offer.partner[:8].upper().strip("-") if offer.partner else "EQUIPE")
    for offer in OFFERS
}
