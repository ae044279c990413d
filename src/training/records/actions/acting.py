"""How a change is recorded: `acting()` opens its transaction and writes its audit row; old and new values beside it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import structlog
from piccolo.table import Table

from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records import queries, rules
from training.records.queries import Edited


class EditedMeanwhile(Conflict):
    """What is being edited was edited since its page was shown: `edits` says by whom, from what, to what.

    `seen`: what whoever has read these edits has seen; sent again with it, the form writes.
    """

    slug = "edited-meanwhile"

    def __init__(self, subject: tuple[str, int], edits: list[Edited], seen: int) -> None:
        words = _("Quelqu’un d’autre l’a modifié entre-temps. Vérifiez, puis envoyez de nouveau.")
        said = [{"field": each.field, "old": each.old, "new": each.new, "at": each.at.isoformat()} for each in edits]
        super().__init__(words, changes=said)
        self.subject, self.edits, self.seen = subject, edits, seen


@dataclass(frozen=True, slots=True)
class Edit:
    """A field that somebody edited, as text; `subject`: of what, where it is not what the action is about."""

    field: str
    old: str | None
    new: str | None
    subject: tuple[str, int] | None = None


@dataclass(slots=True)
class Change:
    """The change being made; say what it is about as soon as it is known."""

    subject_kind: str | None = None
    subject_id: int | None = None
    fields: tuple[str, ...] = ()
    edits: list[Edit] = field(default_factory=list)
    actor: Actor = SYSTEM

    def about(self, kind: str, id: int, *fields: str) -> None:  # noqa: A002 - an id is an id
        """`fields` are the names of what changed, never their values."""
        self.subject_kind, self.subject_id, self.fields = kind, id, fields

    async def sign(self) -> None:
        """Say who acts, and when, to the triggers of this transaction: what they write carries it."""
        sql = "select set_config('training.actor', $1, true), set_config('training.at', $2, true)"
        await db.execute(sql, f"{self.actor.kind}:{self.actor.id or ''}", clock.now().isoformat())

    def edited(self, name: str, old: object, new: object, of: tuple[str, int] | None = None) -> None:
        """What somebody typed over, and what was there: kept apart from the audit, until it is purged."""
        edit = Edit(name, rules.as_text(old), rules.as_text(new), of)
        if edit.old != edit.new:
            self.edits.append(edit)

    async def check_seen(
        self, seen: int | None, fields: Collection[str], of: tuple[str, int] | None = None, *, now: str | None = None
    ) -> None:
        """EditedMeanwhile when one of these fields, which are about to be written over, was edited after `seen`.

        `now`: of a field that stands for several things, what the one says that is written over.
        The row that they stand in is locked by then: of two at once, the second reads what the first wrote.
        """
        if seen is None or not fields or (of is None and self.subject_id is None):
            return
        subject = of or (str(self.subject_kind), int(self.subject_id or 0))
        later = await queries.changes_since(subject, seen)
        met = _sums(edit for edit in later if edit.field in fields)
        if met := [edit for edit in met if now in (None, edit.new)]:
            raise EditedMeanwhile(subject, met, later[-1].id)

    async def edit(
        self,
        table: type[Table],
        id: int,  # noqa: A002
        values: Mapping[str, object],
        *,
        seen: int | None = None,
        also: Collection[str] = (),
    ) -> bool:
        """Write what somebody typed over a row's columns, and note what was there. False: there is no such row.

        `also`: what the same form writes over that stands elsewhere: all is told at once, as `seen` is past it then.

        `seen`: the last edit of it that they had before their eyes (`queries.last_change`). EditedMeanwhile: a later
        one changed what they would write over. Where the row has an `updated_at`, it follows.
        """
        columns = {name: table._meta.get_column_by_name(name) for name in values}
        row = table._meta.primary_key == id
        subject = (table._meta.tablename, id)
        was = await table.select(*columns.values()).where(row).first().lock_rows("UPDATE")
        if was is None:
            return False
        over = [name for name, value in values.items() if rules.as_text(was[name]) != rules.as_text(value)]
        await self.check_seen(seen, [*over, *also], subject)
        for name in over:
            self.edited(name, was[name], values[name], subject)
        written = {columns[name]: value for name, value in values.items()}
        if "updated_at" in (column._meta.name for column in table._meta.columns):
            written[table._meta.get_column_by_name("updated_at")] = clock.now()
        if written:
            await table.update(written).where(row)  # type: ignore[arg-type]
        return True


@contextlib.asynccontextmanager
async def acting(actor: Actor, action: str, subject: tuple[str, int] | None = None) -> AsyncIterator[Change]:
    """The transaction of one action by one actor; its audit row is written with it or not at all."""
    async with db.atomic():
        kind, id_ = subject or (None, None)
        change = Change(kind, id_, actor=actor)
        yield change
        about = (clock.now(), actor.kind, actor.id, action, change.subject_kind, change.subject_id)
        fields = [*change.fields, *(e.field for e in change.edits if e.field not in change.fields)]
        await db.execute(_AUDIT, *about, fields, structlog.contextvars.get_contextvars().get("request_id"))
        if change.edits:
            await _keep_edits(change, about[:4])


def _sums(edits: Iterable[Edited]) -> list[Edited]:
    """Field by field, from the first old to the last new; what came back to where it was is no change.

    A field may stand for several things, as the hours of each date of a session: an edit follows the one it wrote over.
    """
    found: list[Edited] = []
    for edit in edits:
        before = next((n for n, known in enumerate(found) if (known.field, known.new) == (edit.field, edit.old)), None)
        if before is None:
            found.append(edit)
        else:
            found[before] = replace(edit, old=found[before].old)
    return [edit for edit in found if edit.old != edit.new]


async def _keep_edits(change: Change, done: tuple[object, ...]) -> None:
    """Administrators are told of some: see `rules.WATCHED`."""
    subjects = [edit.subject or (change.subject_kind, change.subject_id) for edit in change.edits]
    columns = [[getattr(edit, name) for edit in change.edits] for name in ("field", "old", "new")]
    kinds, ids = [list(column) for column in zip(*subjects, strict=True)]
    rows = await db.connection().fetch(_EDITS, *done, kinds, ids, *columns)
    for row, (kind, _id), edit in zip(rows, subjects, change.edits, strict=True):
        if rules.watched(kind, [edit.field]):
            await outbox.put("change.watched", ("change", int(row["id"])))
            break


# Written out, for every change writes one: the query builder takes as long as the rest of a short action.
_AUDIT = """
    insert into audit (at, actor_kind, actor_id, action, subject_kind, subject_id, fields, request_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_EDITS = """
    insert into change (at, actor_kind, actor_id, action, subject_kind, subject_id, field, old, new)
    select $1, $2, $3, $4, e.* from unnest($5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[]) e
    returning id
"""


async def forget_changes(actor: Actor = SYSTEM) -> None:
    """Delete what fields held, before and after, when three years have passed since it was edited."""
    async with acting(actor, "change.forget"):
        actor.must(Permission.PLATFORM_RUN)
        await db.execute("delete from change where at < $1", clock.now() - rules.CHANGES_KEPT)
