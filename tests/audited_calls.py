"""What somebody who answers the telephone does in the audited year."""

from __future__ import annotations

from dataclasses import replace

import makers
from training.bookings.actions.booking import NewBooking
from training.bookings.actions.calls import NewCall, take_call
from training.bookings.actions.documents import NewDocument, take_off
from training.bookings.actions.ending import cancel
from training.bookings.rules.states import AskedBy
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.records.actions.notes import NewNote, correct_note, forget_notes, write_note
from training.records.rules import NoteChannel

NEW = NewOrganisation("Appelante", OrganisationKind.ASSOCIATION, None, "", "61500", "Sées")


async def answer(town: makers.Town) -> None:
    """Somebody calls: it is written down, corrected, and forgotten when its time has come."""
    note = await write_note(SYSTEM, "organisation", town.organisation, NewNote(NoteChannel.PHONE_IN, "Veut mars"))
    await correct_note(SYSTEM, note, "Veut le 12 mars")
    await forget_notes(SYSTEM)
    call = NewCall(NewBooking(town.session, 0, 1), AskedBy.PHONE, newcomer=NEW, person=NewContact("Anna", None, "02"))
    booked = await take_call(SYSTEM, replace(call, document=NewDocument("Bon.pdf", b"%PDF-1.7 %%EOF")))
    await take_off(SYSTEM, booked.id, await db.value("select max(id) from booking_document"))
    await cancel(SYSTEM, booked.id)
    assert await db.value("select corrected_at from note where id = $1", note) <= clock.now()
