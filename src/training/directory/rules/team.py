"""Who of the platform answers, as its pages name them. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

from training.kernel.i18n import _

PEOPLE_MAX = 12  # who answers fits on a page


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Somebody who answers, as pages name them."""

    name: str
    role: str = ""


def people_of(text: str) -> tuple[TeamMember, ...]:
    """Who answers, one a line: « Prénom Nom, rôle »."""
    lines = (line.partition(",") for line in text.splitlines() if line.strip())
    return tuple(TeamMember(name.strip(), role.strip()) for name, _comma, role in lines)


def check_people(text: str) -> str:
    """The lines as they are kept. ValueError says which one does not name somebody and what they do."""
    people = people_of(text)
    if len(people) > PEOPLE_MAX:
        raise ValueError(_("Nommez {most} personnes au plus.").format(most=PEOPLE_MAX))
    for number, person in enumerate(people, start=1):
        if not person.name or not person.role:
            raise ValueError(_("Ligne {n} : écrivez « Prénom Nom, rôle », avec la virgule.").format(n=number))
        if len(person.name) > 80 or len(person.role) > 100:
            raise ValueError(_("Ligne {n} : 80 caractères au plus pour le nom, 100 pour le rôle.").format(n=number))
    return "\n".join(f"{person.name}, {person.role}" for person in people)
