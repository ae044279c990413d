"""Who edited something, when, from what to what, in the words of its fields: the fold at the end of its page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from training.kernel import clock, db
from training.kernel.actor import ActorKind
from training.kernel.i18n import _
from training.records.queries import Edited
from training.records.rules import CHANGES_KEPT
from training.reporting.office.edit_values import FieldWords
from training.reporting.office.edit_words import EDIT_WORDS
from training.reporting.office.who import Who, names_of

MOST = 60
# Kind → what it is called: what a field that holds an id is said by.
NAMED = {
    "account": "select id, name from account where id = any($1)",
    "commune": "select id, name from commune where id = any($1)",
    "contact": "select id, name from contact where id = any($1)",
    "facilitator": "select id, name from facilitator where id = any($1)",
    "offer": "select id, title from offer where id = any($1)",
    "organisation": "select id, name from organisation where id = any($1)",
    "partner": "select id, name from partner where id = any($1)",
    "venue": "select id, name from venue where id = any($1)",
}
_AROUND = 5  # words of a long text that are shown on either side of what differs
_COMPARED = 2_000  # words: longer texts are said by their beginning
_LONGEST = 300  # characters of a value
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a long text: same, gone or come."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class EditShown:
    """One field that somebody edited. `pieces`: of a long text, in place of both values.

    `erased`: its values are past their term (`records.rules.CHANGES_KEPT`); "" is an empty value.
    """

    field: str
    name: str
    at: datetime
    who: str
    old: str
    new: str
    pieces: tuple[Piece, ...] = ()
    erased: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    at: datetime
    actor_kind: ActorKind
    actor_id: int | None
    field: str
    old: str | None
    new: str | None
    erased: bool


async def edits_of(kind: str, id: int) -> list[EditShown]:  # noqa: A002
    """What people edited of something, the last first, `MOST` fields at the most.

    What was forgotten after its term still says who edited which field, and when: the audit knows.
    """
    rows = await db.rows(_Row, _EDITS, kind, id, clock.now() - CHANGES_KEPT)
    return await _shown(kind, rows)


async def said(subject: tuple[str, int], edits: Iterable[Edited]) -> list[EditShown]:
    """The same words, of edits that were read already."""
    rows = [_Row(e.at, e.actor_kind, e.actor_id, e.field, e.old, e.new, False) for e in edits]
    return await _shown(subject[0], rows)


_EDITS = f"""
    select e.at, e.actor_kind, e.actor_id, e.field, e.old, e.new, e.erased from (
        select at, actor_kind, actor_id, field, old, new, false as erased, id from change
        where subject_kind = $1 and subject_id = $2
        union all
        (select a.at, a.actor_kind, a.actor_id, f.field, null, null, true, a.id
        from audit a cross join lateral unnest(a.fields) f (field)
        where a.subject_kind = $1 and a.subject_id = $2 and a.at < $3
          and not exists (select from change c where (c.subject_kind, c.subject_id, c.at) = ($1, $2, a.at))
        order by a.at desc, a.id limit {MOST:d})
    ) e
    order by e.at desc, e.id limit {MOST:d}
"""


async def _shown(kind: str, rows: list[_Row]) -> list[EditShown]:
    words = EDIT_WORDS.get(kind, {})
    known = [row for row in rows if row.field in words]
    who = await names_of({_who(row) for row in known})
    names = await _names(words, known)
    return [_edit(row, words[row.field], who.get(_who(row), ""), names) for row in known]


def _who(row: _Row) -> Who:
    return (row.actor_kind, row.actor_id)


async def _names(words: dict[str, FieldWords], rows: list[_Row]) -> dict[tuple[str, str], str]:
    """What the ids among the values are the names of: one statement a kind that is met."""
    met: dict[str, set[int]] = {}
    for row in rows:
        if (of := words[row.field].of) in NAMED:
            met.setdefault(str(of), set()).update(id_ for value in (row.old, row.new) for id_ in _ids(value))
    found = {}
    for of, ids in met.items():
        for id_, name in await db.connection().fetch(NAMED[of], list(ids)):
            found[of, str(id_)] = str(name)
    return found


def _ids(value: str | None) -> list[int]:
    """One id, or a list of them, as the table of changes keeps it."""
    found = json.loads(value or "[]")
    return [found] if isinstance(found, int) else list(found)


def _edit(row: _Row, words: FieldWords, who: str, names: dict[tuple[str, str], str]) -> EditShown:
    old, new = (_value(value, words, names) for value in (row.old, row.new))
    pieces = compared(row.old, row.new) if words.long and row.old and row.new else ()
    return EditShown(row.field, words.label, row.at, who, old, new, tuple(pieces), row.erased)


def _value(value: str | None, words: FieldWords, names: dict[tuple[str, str], str]) -> str:
    if value is None or value in ("", "[]"):
        return ""
    if words.of == "file":
        return _("un fichier")
    if words.of:
        return _cut(", ".join(names.get((words.of, str(id_)), _("effacé depuis")) for id_ in _ids(value)))
    try:
        return _cut(words.said(value))
    except ValueError:  # of a release that kept it otherwise
        return _cut(value)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + " …"


def in_line(edit: EditShown) -> str:
    """As « Places : 20 → 25 », where an edit stands within a text."""
    if edit.erased:
        return _("{field} (effacé)").format(field=edit.name)
    empty = _("vide")
    return _("{field} : {old} → {new}").format(field=edit.name, old=edit.old or empty, new=edit.new or empty)


def compared(old: str, new: str) -> list[Piece]:
    """What differs between two long texts, word by word, with a few words around it; nothing of endless ones."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) > _COMPARED or len(after) > _COMPARED:
        return []
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", _around(before[a:b], first=a == 0, last=b == len(before))))
            continue
        found += [
            Piece(name, _cut("".join(words))) for name, words in (("gone", before[a:b]), ("come", after[c:d])) if words
        ]
    return found


def _around(words: list[str], *, first: bool, last: bool) -> str:
    """The words beside what differs; those further away are « … »."""
    start, end = ([] if first else words[:_AROUND]), ([] if last else words[-_AROUND:])
    if len(words) <= len(start) + len(end) + 1:
        return "".join(words)
    return "".join(start) + "… " + "".join(end)
