"""The seats of a booking changed: its drafts are made again with what is owed now, on the drafts where they stand.

What is issued stays. Above it there is a new draft of the difference; below it a credit note is proposed to staff
(`queries.drafts.to_credit`), and made by nobody else. Lines by hand, references and the hour of issue are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.billing.actions.drafting import (
    bill,
    drafted,
    lock_drafts,
    lock_payers,
    put_on_draft,
    rewrite_lines,
    tidy,
)
from training.billing.queries import owing
from training.billing.queries.owing import Ground, Owed
from training.billing.rules.deposits import percent_of
from training.billing.rules.grouping import BillablePart, billed_at_confirmation
from training.billing.tables.invoices import Billable
from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.kernel import clock, db
from training.kernel.actor import PEOPLE, SYSTEM, Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling.actions.planning import lock_session
from training.scheduling.rules import SessionState


async def refit(actor: Actor, booking: int) -> None:
    """Bring the drafts of a confirmed booking to what is owed now; run twice, or late, it does nothing more.

    While its several payers do not make the whole any more, nothing is guessed: staff are asked (`to_split`).
    """
    actor.must(Permission.PLATFORM_RUN)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is None:
        return
    async with acting(actor, "booking.refit", ("booking", booking)):
        held = (await lock_session(view.session)).state == SessionState.HELD
        again = await bookings.booking_by_id(SYSTEM.scope, booking)
        if again is None:
            return
        if again.state == BookingState.CONFIRMED:
            last = await db.value("select actor_kind from seats_change where booking = $1 order by id desc", booking)
            await drafted(await fit(actor, again, held=held), by_person=last in PEOPLE)
        await ask_to_look(again)


async def refit_credited(actor: Actor, invoice: int) -> None:
    """A credit note was issued: what waited for it is billed, as the balance of a deposit of more than the price."""
    actor.must(Permission.PLATFORM_RUN)
    sql = """
        select distinct l.booking from invoice_line l join invoice i on i.id = l.invoice
        where i.id = $1 and i.kind = 'credit_note' and l.booking in (select booking from seats_change)
        order by l.booking
    """
    for record in await db.connection().fetch(sql, invoice):
        await refit(actor, record["booking"])


async def fit(actor: Actor, view: BookingView, *, held: bool) -> list[int]:
    """The same, under the lock of its session; returns the drafts that were made."""
    actor.must(Permission.INVOICES_PREPARE)
    standing = await _standing(view.id)
    on = await owing.ground([view])
    if not owing.split_fits(on, view):
        return []
    owed = {item.key.payer: item for item in owing.owed_for(on, view)}
    for payer in sorted({item.payer for item in standing}):
        its = [item for item in standing if item.payer == payer and item.part != BillablePart.DEPOSIT]
        if its:
            await _fit_payer(its, owed.pop(payer, None))
    for item in standing:
        if item.part == BillablePart.DEPOSIT:
            await _fit_deposit(on, view, item)
    parts = [*(item.part for item in standing), *(item.part for item in on.billed[view.id])]
    if all(part == BillablePart.DEPOSIT for part in parts):
        return await bill(actor, [view], held=held) if held or _waited(on, view) else []
    if not held and owing.waits_for_count(on, view):
        return []
    return [await put_on_draft(item) for item in owed.values()]


async def ask_to_look(view: BookingView) -> None:
    """Part of the action that changed what is owed: note whether a person is to look, so that lists find it at once."""
    on = await owing.ground([view])
    if owing.split_fits(on, view) and not owing.over_for(on, view):
        await db.execute("delete from billable where booking = $1 and part = $2", view.id, BillablePart.LOOK)
        return
    sql = """
        insert into billable (booking, payer, amount_cents, part, created_at) values ($1, $2, 0, $3, $4)
        on conflict do nothing
    """
    await db.execute(sql, view.id, view.organisation, BillablePart.LOOK, clock.now())


def _waited(on: Ground, view: BookingView) -> bool:
    """Whether it was billed at its confirmation, but for a deposit that had to be credited first."""
    payer = on.payers[view.organisation]
    return view.id in on.deposits and billed_at_confirmation(
        payer.billing_moment, payer.buyer, payer.early_billing_reason
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What of a booking stands on a draft."""

    id: int
    payer: int
    part: str
    amount_cents: int
    line: int
    invoice: int
    percent: int | None


_STANDING = """
    select k.id, k.payer, k.part, k.amount_cents, l.id as line, i.id as invoice, k.percent
    from billable k join invoice_line l on l.id = k.invoice_line join invoice i on i.id = l.invoice
    where k.booking = $1 and i.state = 'draft' order by k.id
"""


async def _standing(booking: int) -> list[_Standing]:
    """What of a booking stands on drafts, which are locked: whoever issues one now is waited for, and seen."""
    found = await db.rows(_Standing, _STANDING, booking)
    payers = [share.payer for share in (await owing.shares_of([booking]))[booking]]
    organisation = await db.value("select organisation from booking where id = $1", booking)
    await lock_payers([organisation, *payers, *(item.payer for item in found)])
    await lock_drafts(item.invoice for item in found)
    return await db.rows(_Standing, _STANDING, booking)


async def _fit_payer(its: Sequence[_Standing], owed: Owed | None) -> None:
    """What one payer owes stands on the first of its drafts; on several only where they say it already."""
    if owed is not None and len(its) > 1 and sum(item.amount_cents for item in its) == owed.amount_cents:
        return
    first, *others = its
    for item in others if owed is not None else its:
        await _remove(item)
    if owed is not None:
        await _rewrite(first, owed)


async def _fit_deposit(on: Ground, view: BookingView, item: _Standing) -> None:
    """The same percentage of the price, or the same amount where it is less than the price; else it is not asked."""
    cents = item.amount_cents if item.percent is None else percent_of(view.price_cents, item.percent)
    if 0 < cents < view.price_cents:
        await _rewrite(item, owing.deposit_for(on, view, cents, item.percent))
    else:
        await _remove(item)


async def _rewrite(item: _Standing, owed: Owed) -> None:
    (draft,) = await lock_drafts([item.invoice])
    await rewrite_lines(draft, item.line, owed.lines)
    await Billable.update({Billable.amount_cents: owed.amount_cents}).where(Billable.id == item.id)


async def _remove(item: _Standing) -> None:
    (draft,) = await lock_drafts([item.invoice])
    await Billable.delete().where(Billable.id == item.id)
    await rewrite_lines(draft, item.line, ())
    await tidy(draft)
