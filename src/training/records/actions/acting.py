"""How a change is recorded: `acting()` opens its transaction and writes its audit row; old and new values beside it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import structlog
from piccolo.table import Table

from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM, Actor
from training.kernel.permissions import Permission
from training.records import rules


@dataclass(frozen=True, slots=True)
class Edit:
    """A field that somebody edited, as text."""

    field: str
    old: str | None
    new: str | None


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

    def edited(self, name: str, old: object, new: object) -> None:
        """What somebody typed over, and what was there: kept apart from the audit, until it is purged."""
        edit = Edit(name, rules.as_text(old), rules.as_text(new))
        if edit.old != edit.new:
            self.edits.append(edit)

    async def edit(self, table: type[Table], id: int, values: Mapping[str, object]) -> bool:  # noqa: A002
        """Write what somebody typed over a row's columns, and note what was there. False: there is no such row.

        Where the row has an `updated_at`, it follows.
        """
        columns = {name: table._meta.get_column_by_name(name) for name in values}
        row = table._meta.primary_key == id
        was = await table.select(*columns.values()).where(row).first().lock_rows("UPDATE")
        if was is None:
            return False
        for name, value in values.items():
            self.edited(name, was[name], value)
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
            columns = [[getattr(edit, name) for edit in change.edits] for name in ("field", "old", "new")]
            first = await db.value(_EDITS, *about, *columns)
            if rules.watched(change.subject_kind, (edit.field for edit in change.edits)):
                await outbox.put("change.watched", ("change", int(first)))


# Written out, for every change writes one: the query builder takes as long as the rest of a short action.
_AUDIT = """
    insert into audit (at, actor_kind, actor_id, action, subject_kind, subject_id, fields, request_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_EDITS = """
    insert into change (at, actor_kind, actor_id, action, subject_kind, subject_id, field, old, new)
    select $1, $2, $3, $4, $5, $6, e.* from unnest($7::text[], $8::text[], $9::text[]) e
    returning id
"""


async def forget_changes(actor: Actor = SYSTEM) -> None:
    """Delete what fields held, before and after, when three years have passed since it was edited."""
    async with acting(actor, "change.forget"):
        actor.must(Permission.PLATFORM_RUN)
        await db.execute("delete from change where at < $1", clock.now() - rules.CHANGES_KEPT)
