"""What somebody who answers the telephone does in the audited year."""

from __future__ import annotations

import makers
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.records.actions.notes import NewNote, correct_note, forget_notes, write_note
from training.records.rules import NoteChannel


async def answer(town: makers.Town) -> None:
    """Somebody calls: it is written down, corrected, and forgotten when its time has come."""
    note = await write_note(SYSTEM, "organisation", town.organisation, NewNote(NoteChannel.PHONE_IN, "Veut mars"))
    await correct_note(SYSTEM, note, "Veut le 12 mars")
    await forget_notes(SYSTEM)
    assert await db.value("select corrected_at from note where id = $1", note) <= clock.now()
