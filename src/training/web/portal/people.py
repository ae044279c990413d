"""Who comes, as people type it: a name a line, each with an address or without. Keeps nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from training.bookings.actions.booking import NewParticipant
from training.bookings.queries import ParticipantView
from training.directory.rules import check_email
from training.kernel.i18n import _
from training.web.forms import Form

NAME_MAX = 200  # the column's
_NAMED = re.compile(r"(?P<name>[^@<>]*?)[\s,;<(]*(?P<email>[^\s<>(),;]+@[^\s<>(),;]+)[>)\s,;]*")


def read_people(form: Form) -> tuple[NewParticipant, ...]:
    """Names, one a line, each with an address or without: « Léa Exemple <lea@example.org> »."""
    people = []
    for position, line in enumerate(form.values.get("participants", "").splitlines(), 1):
        if not line.strip():
            continue
        match = _NAMED.fullmatch(line.strip())
        name, email = (match["name"].strip(" ,;\"'"), match["email"]) if match else (line.strip(), None)
        wrong = _wrong_line(name, email)
        if wrong:
            form.errors.setdefault("participants", _("Ligne {n} : {wrong}").format(n=position, wrong=wrong))
        people.append(NewParticipant(name, email))
    return tuple(people)


def _wrong_line(name: str, email: str | None) -> str:
    if not name:
        return _("il manque le nom.")
    if len(name) > NAME_MAX:
        return _("ce nom est trop long.")
    if "@" in name:
        return _("écrivez le nom, puis une seule adresse, et rien après.")
    try:
        check_email(email or "nom@example.org")
    except ValueError:
        return _("l’adresse « {email} » n’est pas complète.").format(email=email)
    return ""


def written(people: Sequence[ParticipantView]) -> str:
    """Participants as `read_people` reads them."""
    return "\n".join(f"{p.name} <{p.email}>" if p.email else p.name for p in people)
