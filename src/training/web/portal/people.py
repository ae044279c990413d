"""Who comes, as people type it: a name a line, each with an address or without. Keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence

from training.bookings.actions.booking import NewParticipant
from training.bookings.queries import ParticipantView
from training.directory.rules.numbers import check_email
from training.kernel.i18n import _
from training.web.forms import Form

NAME_MAX = 200  # the column's
PEOPLE_MAX = 2_000  # names at once: no room holds more, and the loop is held for a few milliseconds only
LINE_MAX = 600  # characters: the longest name and the longest address (RFC 5321 4.5.3.1), and what stands between
_BEFORE, _AFTER = " \t\xa0\u202f,;<(", " \t\xa0\u202f,;>)"  # what people put around an address


def read_people(form: Form) -> tuple[NewParticipant, ...]:
    """Names, one a line, each with an address or without: « Léa Exemple <lea@example.org> »."""
    people = []
    lines = form.values.get("participants", "").splitlines()
    if len(lines) > PEOPLE_MAX:
        form.errors["participants"] = _("Pas plus de {n} noms à la fois.").format(n=PEOPLE_MAX)
        return ()
    for position, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name, email = split(line.strip()) if len(line) <= LINE_MAX else (line, None)
        wrong = _wrong_line(name, email)
        if wrong:
            form.errors.setdefault("participants", _("Ligne {n} : {wrong}").format(n=position, wrong=wrong))
        people.append(NewParticipant(name, email))
    return tuple(people)


def split(line: str) -> tuple[str, str | None]:
    """(name, address or None). Read from its end, once over: nothing typed makes it try again."""
    body = line.rstrip(_AFTER)
    start = max((body.rfind(mark) for mark in f"{_BEFORE}{_AFTER}"), default=-1) + 1
    name, email = body[:start].rstrip(_BEFORE), body[start:]
    before, at, after = email.partition("@")
    if not (before and at and after) or any(mark in name for mark in "@<>"):
        return line, None
    return name.strip(" ,;\"'"), email


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
