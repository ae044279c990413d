"""Venues, who delivers, partners, their papers."""

from __future__ import annotations

import re
from datetime import timedelta

from person import Person

from training.kernel import clock

from .register import act

PLACES, PEOPLE, PARTNERS = "Places", "People who deliver", "Partners"


def after(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


@act(PLACES)
def venue(somebody: Person) -> None:
    """A venue in a known commune."""
    somebody.stop("Lieux")
    somebody.link("Ajouter un lieu")
    somebody.fill(name="Salle du stade", postcode="61500", city="Sées", capacity="60")
    somebody.press("Ajouter ce lieu")


@act(PLACES)
def commune_by_hand(somebody: Person) -> None:
    """A venue in a commune that nobody knows yet."""
    somebody.stop("Lieux")
    somebody.link("Ajouter un lieu")
    somebody.fill(name="Salle des tilleuls", postcode="72610", city="Bourg-le-Roi", capacity="30")
    somebody.press("Ajouter ce lieu")


@act(PLACES)
def doors(somebody: Person) -> None:
    """Who opens the door of a venue, and their telephone."""
    somebody.search("foyer essay", re.compile("Foyer rural d’Essay"), "/gestion/lieux/")
    somebody.fill(contact_name="Mona Test", contact_phone="02 00 00 00 01")
    somebody.press("Enregistrer", exact=True)


@act(PEOPLE)
def facilitator(somebody: Person) -> None:
    """Somebody new who delivers."""
    somebody.stop("Personnes qui animent")
    somebody.link("Ajouter une personne")
    somebody.fill(name="Ana Test", email="ana@example.org")
    somebody.press("Enregistrer", exact=True)


@act(PEOPLE)
def unavailable(somebody: Person) -> None:
    """Days on which somebody is not available."""
    somebody.search("awa cadran", re.compile("Awa Cadran"), "/gestion/animation/")
    if not somebody.page.locator("#starts_on").is_visible():
        somebody.fold("Noter une absence")
    somebody.fill(starts_on=after(400), ends_on=after(404))
    somebody.press("Noter l’absence")


@act(PEOPLE)
def left(somebody: Person) -> None:
    """Somebody leaves, all their sessions handed to another."""
    somebody.search("awa cadran", re.compile("Awa Cadran"), "/gestion/animation/")
    somebody.link("N’anime plus…")
    somebody.radio(re.compile("^Toutes à la même"))
    somebody.choose("everything", "Lucie Traverse")
    somebody.press("Enregistrer le départ")


@act(PEOPLE)
def paper(somebody: Person) -> None:
    """A paper with the day on which it ends."""
    somebody.search("lucie traverse", re.compile("Lucie Traverse"), "/gestion/animation/")
    somebody.link("Ajouter un papier")
    somebody.choose("kind", "Assurance")
    somebody.fill(valid_until=after(365))
    somebody.press(re.compile("^(Enregistrer|Ajouter)"))


@act(PEOPLE)
def renewal(somebody: Person) -> None:
    """A paper about to end, renewed from the home."""
    somebody.link(re.compile("^Renouveler"))
    somebody.fill(valid_until=after(370))
    somebody.press("Renouveler")


@act(PARTNERS)
def partner(somebody: Person) -> None:
    """A new partner."""
    somebody.stop("Partenaires")
    somebody.link("Ajouter un partenaire")
    somebody.fill(name="Prévention d’Essai", phone="02 00 00 00 02")
    somebody.press("Enregistrer", exact=True)


@act(PARTNERS)
def partner_contact(somebody: Person) -> None:
    """Whom to call there."""
    somebody.stop("Partenaires")
    somebody.link(re.compile("Secouristes"))
    somebody.link("Ajouter un contact")
    somebody.fill(name="Paul Test", phone="02 00 00 00 03")
    somebody.press("Enregistrer le contact")


@act(PARTNERS)
def rate(somebody: Person) -> None:
    """What a partner asks."""
    somebody.stop("Partenaires")
    somebody.link(re.compile("Secouristes"))
    somebody.link("Ajouter un tarif")
    somebody.fill(amount_cents="210")
    somebody.press("Enregistrer le tarif")
