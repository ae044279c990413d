"""Papers that come with a booking are kept with it, and taken off again."""

from __future__ import annotations

from dataclasses import dataclass

import anyio.to_thread

from training.bookings.actions.locking import lock_booking
from training.bookings.rules import documents as rules
from training.bookings.tables import BookingDocument
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.pictures import JPEG, scanned
from training.records.actions.acting import acting
from training.records.actions.files import keep_file, tombstone_file

db.refuse(
    "booking_document_once", lambda: Conflict(_("Ce document est déjà joint à cette réservation."), field="document")
)


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A paper as it was sent: its name, and its bytes."""

    name: str
    content: bytes


async def read_document(sent: NewDocument) -> tuple[bytes, str]:
    """The bytes that are kept of a paper, and their kind. Invalid: neither a PDF nor a picture, or too large."""
    rules.check_size(sent.content)
    if rules.is_pdf(sent.content):
        return sent.content, rules.PDF
    return await anyio.to_thread.run_sync(scanned, sent.content), JPEG


async def attach(actor: Actor, booking: int, sent: NewDocument) -> int:
    """Keep a paper with a booking. Invalid: no PDF and no picture, or too large. Conflict: it is there already."""
    actor.must(Permission.BOOKINGS_MAKE)
    content, media_type = await read_document(sent)
    async with acting(actor, "booking.attach", ("booking", booking)) as change:
        row, _session = await lock_booking(booking)
        change.about("booking", row.id, "documents")
        rules.check_room(await db.value("select count(*) from booking_document where booking = $1", booking))
        document = BookingDocument(
            booking=booking,
            file=await keep_file(content, media_type),
            name=sent.name.strip()[:200] or _("Document"),
            actor_kind=actor.kind,
            actor_id=actor.id,
            kept_at=clock.now(),
        )
        return int((await BookingDocument.insert(document).returning(BookingDocument.id))[0]["id"])


async def take_off(actor: Actor, booking: int, document: int) -> None:
    """A paper that was somebody else's, or no paper at all: its bytes go where nothing else cites them."""
    async with acting(actor, "booking.take-off", ("booking", booking)) as change:
        await lock_booking(booking)
        actor.must(Permission.BOOKINGS_MAKE)
        change.about("booking", booking, "documents")
        gone = (
            await BookingDocument.delete()
            .where((BookingDocument.id == document) & (BookingDocument.booking == booking))
            .returning(BookingDocument.file)
        )
        if not gone:
            raise NotFound(_("Ce document n’existe pas, ou plus."))
        try:
            await tombstone_file(gone[0]["file"], "taken off a booking")
        except Conflict:
            return  # another booking has the same paper
