"""Sessions: planned, moved, given up, held, invoiced."""

from __future__ import annotations

import re

from person import Person

from .people_and_places import after
from .register import act

PLANNING = "Planning"


@act(PLANNING)
def planned(somebody: Person) -> None:
    """A session planned and published."""
    somebody.link("Planifier une séance")
    somebody.choose("offer", "Réparer son vélo soi-même")
    somebody.fill(capacity="12", date_1=after(310), start_1="09:00", end_1="12:00")
    somebody.choose("venue-1", "Médiathèque de Sées")
    somebody.choose("facilitator-1", "Claire Boussole")
    somebody.press("Planifier la séance")


@act(PLANNING)
def several_dates(somebody: Person) -> None:
    """One of three dates."""
    somebody.link("Planifier une séance")
    somebody.choose("offer", "Réviser le code de la route")
    somebody.fill(capacity="12", date_1=after(307), start_1="14:00", end_1="16:00")
    somebody.choose("venue-1", "Médiathèque de Sées")
    somebody.choose("facilitator-1", "Claire Boussole")
    for n, name in ((2, "deuxième"), (3, "troisième")):
        somebody.fold(f"Ajouter une {name} date")  # it begins as the one before
        somebody.type(f"#date-{n}", after(300 + 7 * n))
    somebody.press("Planifier la séance")


def opened(somebody: Person, words: str, title: str) -> None:
    somebody.search(words, re.compile(title), "/gestion/seances/")


@act(PLANNING)
def postponed(somebody: Person) -> None:
    """A session moved to another day."""
    opened(somebody, "moto ecouves", "Reprendre la moto")
    somebody.link("Modifier", exact=True)
    somebody.type("input[type=date][id^=date-]", after(60))
    somebody.press(re.compile("^Enregistrer l(a date|es dates)"))


@act(PLANNING)
def somebody_else(somebody: Person) -> None:
    """Somebody else delivers it."""
    opened(somebody, "moto ecouves", "Reprendre la moto")
    somebody.link("Modifier", exact=True)
    field = somebody.page.locator("select[id^=facilitator-]").first.get_attribute("id")
    somebody.choose(str(field), "Claire Boussole")
    somebody.press("Changer", exact=True)


@act(PLANNING)
def capacity(somebody: Person) -> None:
    """More places."""
    opened(somebody, "moto ecouves", "Reprendre la moto")
    somebody.link("Modifier", exact=True)
    somebody.fill(capacity="25")
    somebody.press("Enregistrer les places et la note")


@act(PLANNING)
def published(somebody: Person) -> None:
    """A draft published."""
    somebody.stop("Séances")
    somebody.choose("etat", "Brouillon")
    somebody.press("Filtrer")
    somebody.press_on(somebody.page.locator("main tbody th a, main .where a").first)
    somebody.press("Publier")


@act(PLANNING)
def called_off(somebody: Person) -> None:
    """A session called off, everybody told."""
    opened(somebody, "moto ecouves", "Reprendre la moto")
    somebody.link("Annuler la séance…")
    somebody.fill(reason="La salle est fermée.")
    somebody.press("Annuler la séance")


@act(PLANNING)
def held(somebody: Person) -> None:
    """A session took place: said."""
    opened(somebody, "sees covoiturer", "Covoiturer")
    somebody.fold("Confirmer avant la fin que la séance a eu lieu")
    somebody.type("#early_reason", "Finie plus tôt.")
    somebody.press("Confirmer que la séance a eu lieu")


@act(PLANNING)
def invoiced(somebody: Person) -> None:
    """An invoice read and issued."""
    somebody.link(re.compile("^Relire et émettre"))
    somebody.link(re.compile("^Mission locale"))
    somebody.press("Facturer")
