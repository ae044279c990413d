"""What is set once: who the site is, and how its mail leaves."""

from __future__ import annotations

import re

from person import Person

from directory_register import SIRET

from .register import act

FIRST = "First day"


@act(FIRST)
def identity(somebody: Person) -> None:
    """Who runs the site, from its SIRET."""
    somebody.stop("Premiers pas")
    somebody.link("Qui tient ce site")
    somebody.fill(siret=SIRET)
    somebody.press("Chercher dans l’annuaire")
    somebody.press("Prendre ces réponses")
    somebody.press("Enregistrer et continuer")


@act(FIRST)
def vat(somebody: Person) -> None:
    """VAT regime."""
    somebody.link("Choisir le régime")
    somebody.radio(re.compile("293 B"))
    somebody.press("Enregistrer et continuer")


@act(FIRST)
def iban(somebody: Person) -> None:
    """IBAN."""
    somebody.stop("Premiers pas")
    somebody.link("Votre IBAN")
    somebody.fill(iban="FR76 3000 6000 0112 3456 7890 189")
    somebody.press("Enregistrer et continuer")


@act(FIRST)
def colour(somebody: Person) -> None:
    """Colour."""
    somebody.link("Donner une couleur")
    somebody.fill(accent="#6b2148")
    somebody.press("Enregistrer et continuer")


@act(FIRST)
def mail(somebody: Person) -> None:
    """A mail, tried."""
    somebody.stop("Premiers pas")
    somebody.link("Un courriel d’essai")
    somebody.press("Envoyer un essai")
    somebody.see(somebody.page.get_by_text("pris le message").or_(somebody.page.locator(".flash, [role=status]")))


@act(FIRST)
def colleague(somebody: Person) -> None:
    """A colleague, invited."""
    somebody.stop("Accès")
    somebody.link("Ajouter à l’équipe")
    somebody.fill(name="Léo Test", email="leo@example.org")
    somebody.press("Ajouter à l’équipe")


@act(FIRST)
def backup(somebody: Person) -> None:
    """The backup's age, read on the home."""
    somebody.see(somebody.page.locator("main").get_by_text(re.compile("sauvegarde", re.I)))
