"""« Réalisée » by mistake is undone, with all that it made, while nothing of it is issued."""

from __future__ import annotations

from dataclasses import dataclass

from training.attendance.actions import unhold_session
from training.billing.actions.drafting import take_off
from training.billing.tables.invoices import FreeConfirmationPaper, FreeDue
from training.bookings import queries as bookings
from training.kernel import db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling.actions.planning import lock_session


@dataclass(frozen=True, slots=True)
class Undone:
    """What went with it, for whoever undid it to know.

    `confirmations`: papers of free sessions that may have left by mail: tell their readers. `lines_by_hand`: what was
    added to drafts by hand for these bookings.
    """

    confirmations: int
    lines_by_hand: int


async def undo_held(actor: Actor, session: int, reason: str) -> Undone:
    """The session is as it was before it was marked as held; its drafts, head-counts and confirmations go.

    What was billed before that (at confirmation, a deposit) stays. Conflict: not held, or an invoice made of it is
    issued (its number is said). Invalid: no reason.
    """
    async with acting(actor, "session.undo-held", ("session", session)) as change:
        actor.must(Permission.SESSIONS_HOLD, session=session)
        change.about("session", session, "state")
        await lock_session(session)
        await unhold_session(actor, session, reason)
        found = await bookings.bookings(SYSTEM.scope, session=session, limit=1000)
        ids = [booking.id for booking in found]
        by_hand = await take_off(ids, held_only=True)
        issued = """
            select i.number
            from billable k join invoice_line l on l.id = k.invoice_line join invoice i on i.id = l.invoice
            where k.booking = any($1) and k.held and i.state = 'issued' order by i.id limit 1
        """
        if number := await db.value(issued, ids):
            words = _(
                "La facture {number} est émise pour cette séance : faites un avoir plutôt que d’annuler "
                "la confirmation."
            )
            raise Conflict(words.format(number=number))
        await FreeDue.delete().where(FreeDue.booking.is_in(ids or [0]))
        gone = await (
            FreeConfirmationPaper.delete()
            .where(FreeConfirmationPaper.booking.is_in(ids or [0]))
            .returning(FreeConfirmationPaper.id)
        )
    return Undone(len(gone), by_hand)
