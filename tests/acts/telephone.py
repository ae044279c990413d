"""What is done with somebody on the line."""

from __future__ import annotations

import re

from person import Person
from playwright.sync_api import expect

from .register import act

TELEPHONE = "The telephone"
BOOKINGS = "/gestion/reservations/R-"
BOOKED = re.compile("^(Réserver|Mettre sur la liste)")


def caller(somebody: Person, words: str, name: str) -> None:
    somebody.stop("Nouvelle réservation")
    somebody.fill(qui=words)
    found = somebody.page.locator("#call-callers button").filter(has_text=name).first
    somebody.see(found)
    somebody.press_on(found)
    somebody.see(somebody.page.locator("#call-who .picked"))


def session(somebody: Person, words: str, title: str) -> None:
    somebody.fill(quoi=words)
    found = somebody.page.locator("#call-sessions button[name=seance]").filter(has_text=title).first
    somebody.see(found)
    somebody.press_on(found)
    somebody.see(somebody.page.locator("#call-session .picked"))


def booked(somebody: Person, seats: str, button: re.Pattern[str] = BOOKED) -> None:
    somebody.fill(places=seats)
    somebody.see(somebody.page.locator("#call-price button").filter(has_text=seats))
    somebody.press(button)
    expect(somebody.page).to_have_url(re.compile(r"/gestion/reservations/R-"))


@act(TELEPHONE)
def known(somebody: Person) -> None:
    """Booking for a caller whose organisation is known."""
    caller(somebody, "ecouves", "Commune d’Écouves")
    session(somebody, "heloup velo", "Sensibilisation au vélo")
    booked(somebody, "4")


@act(TELEPHONE)
def unknown(somebody: Person) -> None:
    """Booking for a caller whom nobody knows: an organisation made on the way."""
    somebody.stop("Nouvelle réservation")
    somebody.fill(qui="Mairie de Vingt-Hanaps")
    somebody.see(somebody.page.locator("#name"))
    somebody.choose("kind", "Commune")
    somebody.fill(phone="02 00 00 00 05")
    session(somebody, "carrouges sobres", "Sobres au volant")
    booked(somebody, "3")


@act(TELEPHONE)
def option(somebody: Person) -> None:
    """Places kept for a caller who has to ask."""
    caller(somebody, "ecouves", "Commune d’Écouves")
    session(somebody, "code", "Réviser le code")
    somebody.radio(re.compile("^Option"))
    booked(somebody, "2", re.compile("^Garder"))


@act(TELEPHONE)
def complete(somebody: Person) -> None:
    """Booking with names, an order number and a note."""
    caller(somebody, "haras", "Imprimerie du Haras")
    session(somebody, "budget mele", "Maîtriser son budget")
    somebody.fold("Facultatif")
    somebody.fill(participants="Zoé Essai\nLéa Exemple", purchase_order="BC-2027-12", note="Rappeler la veille.")
    booked(somebody, "2")


@act(TELEPHONE)
def option_confirmed(somebody: Person) -> None:
    """An option confirmed, from the home."""
    somebody.link(re.compile("^Voir l’option"))
    somebody.press("Confirmer la réservation")


@act(TELEPHONE)
def count(somebody: Person) -> None:
    """The count of a booking changed, with what that changes."""
    somebody.search("vingt hanaps", re.compile("R-"), BOOKINGS)
    somebody.link("Changer les places…")
    somebody.fill(places="2")
    somebody.press("Voir ce que cela change")
    somebody.press(re.compile("^Passer de 3 à 2"))


@act(TELEPHONE)
def names(somebody: Person) -> None:
    """Names given."""
    somebody.search("vingt hanaps", re.compile("R-"), BOOKINGS)
    somebody.link("Donner les noms")
    somebody.fill(participants="Zoé Essai\nLéa Exemple")
    somebody.press("Enregistrer les noms")


@act(TELEPHONE)
def order_number(somebody: Person) -> None:
    """An order number that was missing, from the home."""
    somebody.link(re.compile("^Compléter"))
    somebody.link(re.compile("numéros pour la facture"))
    somebody.fill(purchase_order="EJ-2027-77")
    somebody.press("Enregistrer pour la facture")


@act(TELEPHONE)
def document(somebody: Person) -> None:
    """An order form filed with a booking."""
    somebody.search("vingt hanaps", re.compile("R-"), BOOKINGS)
    somebody.fold("Joindre un document")
    somebody.give("document", "commande.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    somebody.press(re.compile("^Joindre"))


@act(TELEPHONE)
def note(somebody: Person) -> None:
    """A call noted."""
    somebody.search("vingt hanaps", re.compile("R-"), BOOKINGS)
    somebody.fold("Noter un appel")
    somebody.fill(text="Demande s’il y a un parking.")
    somebody.press("Noter", exact=True)


@act(TELEPHONE)
def cancelled(somebody: Person) -> None:
    """A booking cancelled."""
    somebody.search("vingt hanaps", re.compile("R-"), BOOKINGS)
    somebody.link("Annuler…")
    somebody.press("Annuler la réservation")
