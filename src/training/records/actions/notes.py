"""What was said about a thing is written down, corrected for a day, forgotten in the end."""

from __future__ import annotations

from dataclasses import dataclass

from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records import rules
from training.records.actions.acting import acting
from training.records.rules import NoteChannel, Written
from training.records.tables import Note


@dataclass(frozen=True, slots=True)
class NewNote:
    """What was said, how, and with whom where that is a contact."""

    channel: NoteChannel
    text: str
    contact: int | None = None


async def write_note(actor: Actor, kind: str, subject: int, new: NewNote) -> int:
    """Write down what was said about something. Whoever calls has seen that it exists. Invalid: nothing is said."""
    async with acting(actor, "note.write", (kind, subject)):
        actor.must(Permission.OFFICE_SEE)
        note = Note(
            subject_kind=kind,
            subject_id=subject,
            channel=new.channel,
            text=rules.check_note(new.text),
            contact=new.contact,
            actor_kind=actor.kind,
            actor_id=actor.id,
            written_at=clock.now(),
        )
        return int((await Note.insert(note).returning(Note.id))[0]["id"])


async def correct_note(actor: Actor, note: int, text: str) -> None:
    """Say better what one wrote, within a day. Forbidden: a colleague's. Conflict: too late."""
    async with acting(actor, "note.correct", ("note", note)) as change:
        actor.must(Permission.OFFICE_SEE)
        sql = "select actor_kind, actor_id, written_at from note where id = $1 for update"
        written = await db.row(Written, sql, note)
        if written is None:
            raise NotFound(_("Cette note n’existe pas, ou plus."))
        rules.check_correct(actor, written, clock.now())
        await change.edit(Note, note, {"text": rules.check_note(text)})
        if change.edits:
            await Note.update({Note.corrected_at: clock.now()}).where(Note.id == note)


async def forget_notes(actor: Actor = SYSTEM) -> None:
    """Delete what was said three years ago: of whom nothing was heard since, nothing is kept (CNIL)."""
    async with acting(actor, "note.forget"):
        actor.must(Permission.PLATFORM_RUN)
        await db.execute("delete from note where written_at < $1", clock.now() - rules.NOTES_KEPT)
