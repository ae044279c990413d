"""How a number is written, how the chain of issued documents is linked, how long edits are remembered. No I/O."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Forbidden, Invalid, allows
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission

NUMBER_LAST = 900_000_000  # leaves room to count on: a prefix of six, a year and nine digits are 20 characters
NUMBER_MAX = 20  # BR-FR-CPRO-02: Chorus Pro takes no longer number
# Long enough for a question about who changed what, short enough for personal values (RGPD art. 5, 1 e), and what the
# CNIL advises for clients' data that no debt or contract asks for. What must prove something longer is in the ledger.
CHANGES_KEPT = timedelta(days=3 * 365)
# Subject → fields. Where money goes, who rules, which way mail goes: who changed one in silence could take everything.
WATCHED = {
    "platform": frozenset({"iban", "bic", "email"}),
    "account": frozenset({"administrator"}),
    "setting": frozenset({"smtp_url", "base_url"}),
}
# What the CNIL advises for what is known of clients who have not been heard of since (référentiel « gestion
# commerciale »): of later talks there are later notes.
NOTES_KEPT = timedelta(days=3 * 365)
CORRECTABLE = timedelta(days=1)  # by whoever wrote it: then others may have acted on it
NOTE_MAX = 2_000  # characters
FORMS_KEPT = timedelta(days=1)
TWICE = timedelta(minutes=30)  # the same answers within that time: a second tab, or a second one that is meant?
_PREFIX = re.compile(r"[A-Z]{1,6}")


class NoteChannel(StrEnum):
    """How something was said."""

    PHONE_IN = "phone_in"
    PHONE_OUT = "phone_out"
    MAIL = "mail"
    PAPER = "paper"
    VISIT = "visit"
    NOTE = "note"  # nobody said it: what the team should know


CHANNEL_NAMES: dict[NoteChannel, str] = {
    NoteChannel.PHONE_IN: N_("Appel reçu"),
    NoteChannel.PHONE_OUT: N_("Appel passé"),
    NoteChannel.MAIL: N_("Courriel"),
    NoteChannel.PAPER: N_("Papier"),
    NoteChannel.VISIT: N_("Visite"),
    NoteChannel.NOTE: N_("Note"),
}


def watched(subject_kind: str | None, fields: Iterable[str]) -> bool:
    """Whether every administrator is told of such a change, whoever made it and by whatever door."""
    return not WATCHED.get(subject_kind or "", frozenset()).isdisjoint(fields)


@dataclass(frozen=True, slots=True)
class Written:
    """Who wrote a note, and when."""

    actor_kind: str
    actor_id: int | None
    written_at: datetime


def check_note(text: str) -> str:
    """A note as it is kept. Invalid: it says nothing, or too much."""
    told = text.strip()
    if not told:
        raise Invalid(_("Écrivez ce qui a été dit."), field="text")
    if len(told) > NOTE_MAX:
        raise Invalid(_("{most} caractères au plus.").format(most=NOTE_MAX), field="text")
    return told


def check_correct(actor: Actor, note: Written, now: datetime) -> None:
    """A note is corrected by whoever wrote it, for a day: afterwards a second one says what was wrong."""
    if (actor.kind, actor.id) != (note.actor_kind, note.actor_id):
        raise Forbidden(_("Seule la personne qui a écrit cette note la corrige : ajoutez-en une autre."))
    if note.written_at + CORRECTABLE <= now:
        raise Conflict(_("Cette note a plus d’un jour : elle ne se corrige plus. Ajoutez-en une autre."))


def may_correct(actor: Actor, note: Written, now: datetime) -> bool:
    """Whether the page offers to correct a note."""
    return actor.may(Permission.OFFICE_SEE) and allows(check_correct, actor, note, now)


def check_prefix(prefix: str) -> None:
    """ValueError unless the prefix is one to six capital letters (BR-FR-01/02: no space, no accent)."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"a series' prefix is one to six capital letters: {prefix!r}")


def checked_prefix(prefix: str) -> str:
    """The same for a person: Invalid, with a sentence."""
    try:
        check_prefix(prefix)
    except ValueError:
        raise Invalid(_("Un préfixe a une à six lettres majuscules, sans accent ni chiffre."), field="prefix") from None
    return prefix


def check_start(was: int, wanted: int, *, issued: bool) -> None:
    """A count starts once and only ever goes up (CGI ann. II art. 242 nonies A, I 7°)."""
    if issued:
        raise Conflict(_("Des documents sont déjà numérotés dans cette série : elle ne change plus."))
    if not was <= wanted <= NUMBER_LAST:
        words = _("Le premier numéro va de {low} à {high} : il ne redescend pas.")
        raise Invalid(words.format(low=was, high=NUMBER_LAST), field="first_number")


def number(prefix: str, year: int, position: int) -> str:
    """As "F2026-00042". The year is shown, the count goes on across years: one continuous series."""
    text = f"{prefix}{year}-{position:05d}"
    if len(text) > NUMBER_MAX:
        raise ValueError(f"{text} is longer than {NUMBER_MAX} characters")
    return text


def genesis(key: str) -> bytes:
    """The hash before the first document of a series."""
    return hashlib.sha256(f"training.ledger.1:{key}".encode()).digest()


def digest(part: bytes | None) -> bytes:
    """What the chain covers of a part of a document; a part that is not there counts as an empty one."""
    return hashlib.sha256(part or b"").digest()


def link(previous: bytes, number: str, issued_on: date, snapshot: str, paper: bytes, data: bytes | None) -> bytes:
    """The chain's next hash, made of a document's parts."""
    return chained(previous, number, issued_on, digest(snapshot.encode()), digest(paper), digest(data))


def chained(previous: bytes, number: str, issued_on: date, *digests: bytes) -> bytes:
    """The same, of the parts' hashes: it covers no more, so that bytes past their term may leave a tombstone."""
    head = f"{number}|{issued_on.isoformat()}|".encode()
    return hashlib.sha256(previous + head + b"".join(digests)).digest()


def as_text(value: object) -> str | None:
    """A field's value as the table of changes keeps it; None is none."""
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, datetime):
        return clock.local(value).isoformat()  # an instant is one text, whichever zone it was read in
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False, default=str)


BACKUP_OLD = timedelta(hours=50)  # a nightly one may be late, or fail once


def backup_is_old(taken_at: datetime, now: datetime) -> bool:
    """Whether the last backup is older than a night and a day."""
    return now - taken_at > BACKUP_OLD
