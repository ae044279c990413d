"""Hold reminders back for a promise or a dispute, said by staff or by the payer's bank, and let them go on.

Locks: the receivable.
"""

from __future__ import annotations

from datetime import date

from piccolo.columns.combination import And

from training.dunning.queries import reminders as reading
from training.dunning.rules.reminding import PauseKind, check_pause
from training.dunning.tables import PaymentPause
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.payments.queries.notices import contested
from training.records.actions.acting import acting

BY_THE_BANK = N_("Contesté auprès de la banque (Stripe)")


async def pause(actor: Actor, receivable: int, kind: PauseKind, until: date | None, note: str) -> None:
    """No reminder until a day, or until `resume`; what was said before is ended. Said twice, it is kept once."""
    actor.must(Permission.PAYMENTS_RECORD)
    check_pause(kind, until, note, clock.today())
    async with acting(actor, "reminder.pause", ("receivable", receivable)) as change:
        change.about("receivable", receivable, kind)
        await lock_receivable(receivable)
        one = await reading.followed(receivable)
        if one and (one.pause, one.paused_until, one.pause_note) == (kind, until, note.strip()):
            return
        await _end(receivable)
        await _begin(receivable, kind, until, note.strip())


async def resume(actor: Actor, receivable: int) -> None:
    """End the promise or the dispute: reminders go on. Nothing happens where there is none."""
    async with acting(actor, "reminder.resume", ("receivable", receivable)):
        actor.must(Permission.PAYMENTS_RECORD)
        await lock_receivable(receivable)
        await _end(receivable)


async def follow_dispute(actor: Actor, receivable: int) -> None:
    """A payer's bank contests a payment: nothing is asked while it decides, nor after it decided against us."""
    async with acting(actor, "reminder.follow-dispute", ("receivable", receivable)) as change:
        actor.must(Permission.PLATFORM_RUN)
        await lock_receivable(receivable)
        standing, paused = await contested(receivable), await _paused_by_the_bank(receivable)
        if standing and not paused:
            change.about("receivable", receivable, PauseKind.DISPUTE)
            await _begin(receivable, PauseKind.DISPUTE, None, BY_THE_BANK)
        elif paused and not standing:
            await PaymentPause.update({PaymentPause.ended_at: clock.now()}).where(_by_the_bank(receivable))


async def lock_receivable(receivable: int) -> None:
    """Hold what is owed until the transaction ends: steps and pauses are decided under it."""
    if await db.value("select id from receivable where id = $1 for update", receivable) is None:
        raise NotFound(_("Cette facture n’existe pas."))


async def _begin(receivable: int, kind: PauseKind, until: date | None, note: str) -> None:
    await PaymentPause.insert(
        PaymentPause(receivable=receivable, kind=kind, until=until, note=note, created_at=clock.now(), ended_at=None)
    )


async def _paused_by_the_bank(receivable: int) -> bool:
    return await PaymentPause.exists().where(_by_the_bank(receivable))


def _by_the_bank(receivable: int) -> And:
    return (
        (PaymentPause.receivable == receivable)
        & (PaymentPause.kind == PauseKind.DISPUTE)
        & (PaymentPause.note == BY_THE_BANK)
        & PaymentPause.ended_at.is_null()
    )


async def _end(receivable: int) -> None:
    await PaymentPause.update({PaymentPause.ended_at: clock.now()}).where(
        (PaymentPause.receivable == receivable) & PaymentPause.ended_at.is_null()
    )
