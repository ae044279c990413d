"""Offers, what they cost, who pays for them."""

from __future__ import annotations

import re
from datetime import timedelta

from person import Person

from training.kernel import clock

from .register import act

CATALOGUE = "Catalogue"


def opened(somebody: Person, title: str) -> None:
    somebody.stop("Catalogue")
    somebody.link(title, exact=True)


@act(CATALOGUE)
def new_offer(somebody: Person) -> None:
    """An offer from nothing: words, one price, published."""
    somebody.stop("Catalogue")
    somebody.link("Nouvelle offre")
    somebody.fill(title="Lire une carte")
    somebody.press("Commencer le brouillon")
    somebody.fill(summary="Se repérer, choisir un chemin, revenir.")
    somebody.press("Enregistrer")
    somebody.link(re.compile("^Ajouter"))
    somebody.radio(re.compile("^Forfait"))
    somebody.fill(amount="350")
    somebody.press("Enregistrer ce prix")
    somebody.press("Publier")


@act(CATALOGUE)
def example(somebody: Person) -> None:
    """An example adopted, free, published."""
    somebody.stop("Catalogue")
    somebody.link("Exemples")
    somebody.tick("Adopter : Remplir un constat amiable")
    somebody.press("Adopter les exemples cochés")
    somebody.press("Enregistrer", exact=True)
    somebody.link(re.compile("^Ajouter"))
    somebody.radio(re.compile("^Gratuit"))
    somebody.press("Enregistrer ce prix")
    somebody.press("Publier")


@act(CATALOGUE)
def edit_offer(somebody: Person) -> None:
    """An offer's words changed."""
    opened(somebody, "Covoiturer au quotidien")
    somebody.link("Modifier : Résumé")
    somebody.fill(summary="Trouver avec qui partager ses trajets, et s’y tenir.")
    somebody.press("Enregistrer", exact=True)


@act(CATALOGUE)
def preview(somebody: Person) -> None:
    """An offer seen as the public sees it."""
    opened(somebody, "Covoiturer au quotidien")
    somebody.link("Voir la page publique")


@act(CATALOGUE)
def duplicate(somebody: Person) -> None:
    """An offer copied."""
    opened(somebody, "Covoiturer au quotidien")
    somebody.press("Dupliquer")


@act(CATALOGUE)
def archive_offer(somebody: Person) -> None:
    """An offer archived."""
    opened(somebody, "Lire une carte")
    somebody.link("Archiver…")
    somebody.press(re.compile("^Archiver"))


@act(CATALOGUE)
def tariff(somebody: Person) -> None:
    """A tariff changed from a date on."""
    opened(somebody, "Réparer son vélo soi-même")
    somebody.link("Les tarifs")
    somebody.link("Changer un tarif")
    somebody.radio(re.compile("^Forfait"))
    somebody.fill(amount="420", since=(clock.today() + timedelta(days=200)).isoformat())
    somebody.press("Continuer")
    somebody.press(re.compile("^(Enregistrer|Changer)"))


@act(CATALOGUE)
def funding(somebody: Person) -> None:
    """A funder's share of an offer."""
    opened(somebody, "Covoiturer au quotidien")
    somebody.link(re.compile("Changer les parts|Ajouter un financement|financement", re.I))
    somebody.choose("funding", "Département")
    somebody.fill(share="30")
    somebody.press("Enregistrer", exact=True)


@act(CATALOGUE)
def funder(somebody: Person) -> None:
    """A new funder."""
    somebody.stop("Financements")
    somebody.link("Nouveau financement")
    somebody.fill(name="Région d’Essai", sentence="Avec le soutien de la Région d’Essai.")
    somebody.press("Enregistrer", exact=True)
