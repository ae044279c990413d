"""Organisations: made, let in, corrected, put away."""

from __future__ import annotations

import re

from person import Person

from .register import act

ORGANISATIONS = "Organisations"


@act(ORGANISATIONS)
def made(somebody: Person) -> None:
    """An organisation made, with whom to call."""
    somebody.stop("Structures")
    somebody.link("Nouvelle structure")
    somebody.choose("kind", "Association")
    somebody.fill(name="Les Amis d’Essai", postcode="61500", city="Sées", contact="Rémi Test", phone="02 00 00 00 04")
    somebody.press("Créer la structure")


@act(ORGANISATIONS)
def edited(somebody: Person) -> None:
    """Its address corrected."""
    somebody.search("haras imprimerie", re.compile("Imprimerie du Haras"), "/gestion/structures/")
    somebody.link("Modifier la fiche")
    somebody.fill(address="3 rue de l’Essai")
    somebody.press("Enregistrer la fiche")


@act(ORGANISATIONS)
def who_changed_what(somebody: Person) -> None:
    """Who changed what, when, from what to what: seen."""
    somebody.search("haras imprimerie", re.compile("Imprimerie du Haras"), "/gestion/structures/")
    somebody.fold("Modifications")
    somebody.see(somebody.page.get_by_text("3 rue de l’Essai"))


@act(ORGANISATIONS)
def kind(somebody: Person) -> None:
    """Its kind changed, with what that changes."""
    somebody.search("aines mele", re.compile("Les Aînés du Pays mêlois"), "/gestion/structures/")
    somebody.link("Modifier : Type")
    somebody.choose("kind", "Structure d’insertion")
    somebody.press("Voir ce que cela change")
    somebody.press(re.compile("^(Changer|Enregistrer)"))


@act(ORGANISATIONS)
def contact(somebody: Person) -> None:
    """Somebody more to write to there."""
    somebody.search("aines mele", re.compile("Les Aînés du Pays mêlois"), "/gestion/structures/")
    somebody.link("Ajouter un contact")
    somebody.fill(name="Rita Test", email="rita@example.org")
    somebody.press("Enregistrer le contact")


@act(ORGANISATIONS)
def approved(somebody: Person) -> None:
    """A request let in, from the home."""
    somebody.link(re.compile("^Vérifier.*Collège"))
    somebody.press("Valider la structure")


@act(ORGANISATIONS)
def attached(somebody: Person) -> None:
    """A request that belongs to an organisation one knows: attached to it."""
    somebody.link(re.compile("^Vérifier.*Maison familiale"))
    somebody.link("Rattacher à une autre")
    somebody.fill(q="amis")
    somebody.press("Filtrer")
    somebody.radio(re.compile("Les Amis d’Essai"))
    somebody.press("Rattacher la demande")


@act(ORGANISATIONS)
def refused(somebody: Person) -> None:
    """A request refused, with words."""
    somebody.link(re.compile("^Vérifier.*Yvonne"))
    somebody.link("Refuser…")
    somebody.fill(reason="Cette inscription ne vient pas d’une structure.")
    somebody.press("Refuser l’inscription")


@act(ORGANISATIONS)
def archived_for_another(somebody: Person) -> None:
    """A duplicate archived for the one that stays."""
    somebody.search("vingt hanaps", re.compile("Mairie de Vingt-Hanaps"), "/gestion/structures/")
    somebody.link("Archiver…")
    somebody.fill(q="écouves")
    somebody.press("Filtrer")
    somebody.radio(re.compile("Commune d’Écouves"))
    somebody.press(re.compile("^Archiver"))
