"""Several payers of one booking: a town and its urban community, an organisation and a funder, a person.

Each has its own invoice, with its own service and engagement; the cents add up to the booking's price.
"""

from __future__ import annotations

from collections.abc import Sequence

from training.billing.actions.drafting import bill_more, drafted, hours_of, keep_hours, take_off
from training.billing.actions.refit import ask_to_look
from training.billing.queries.owing import shares_of
from training.billing.rules import grouping, sharing
from training.billing.rules.grouping import BillablePart
from training.billing.rules.sharing import Share
from training.billing.tables.invoices import BillingShare
from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.directory import queries as directory
from training.directory.actions.locking import hold_current
from training.kernel import db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.references import check_references
from training.records.actions.acting import acting
from training.scheduling.actions.planning import lock_session
from training.scheduling.rules import SessionState

__all__ = ["Share", "share"]


async def share(actor: Actor, booking: int, shares: Sequence[Share], *, seen: int | None = None) -> None:
    """Say who pays a booking, and how much of it; its drafts are made again. No share: its organisation pays all.

    Once its seats changed its payers are asked for anew, whatever of it is issued: what each owes above that is billed.
    A draft that was kept back, or waited for its hour, is made again as such: it is not issued by being shared.
    Invalid: the shares do not add up to the booking's seats, or to its price (the difference is said). Conflict:
    something of it is issued, or stands on a draft with lines by hand. `seen`: as `Change.edit`.
    """
    actor.must(Permission.INVOICES_PREPARE)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    async with acting(actor, "booking.share", ("booking", booking)) as change:
        change.about("booking", booking, "shares")
        held = (await lock_session(view.session)).state == SessionState.HELD
        view = await bookings.booking_by_id(SYSTEM.scope, booking) or view
        if view.past:
            raise sharing.already_issued(view.former_invoice or "")
        stood = (await shares_of([booking]))[booking]
        awaited = not sharing.fits(stood, view.seats, view.price_cents)
        sharing.check_share(view.state, view.tariff_mode, await db.value(_ISSUED, booking), awaited=awaited)
        if shares:
            sharing.check(shares, view.seats, view.price_cents)
            await _check_payers(shares, view.organisation)
        wanted = [] if _is_whole(view, shares) else shares
        change.edited("shares", await _said(view, stood), await _said(view, wanted))
        await change.check_seen(seen, {edit.field for edit in change.edits})
        await _check_drafts(booking)
        billed = await db.value(_BILLED, booking)
        hours = await hours_of(booking)
        await take_off([booking])
        if not awaited and await db.value(_BILLED, booking):
            raise sharing.already_issued()  # at this very moment
        await _write(booking, wanted)
        if view.state == BookingState.CONFIRMED and (billed or (awaited and await _due(view, held))):
            made = await bill_more(actor, [view], held=held)
            await keep_hours(made, *hours)
            await drafted(made, by_person=actor.is_person)
        await ask_to_look(view)


_BILLED = "select exists (select from billable where booking = $1 and invoice_line is not null)"


async def _due(view: BookingView, held: bool) -> bool:
    """Whether its drafts waited for this: it was held, or is billed at its confirmation."""
    payer = await directory.organisation(view.organisation)
    assert payer is not None  # noqa: S101 - a foreign key says so
    return held or grouping.billed_at_confirmation(payer.billing_moment, payer.buyer, payer.early_billing_reason)


def _is_whole(view: BookingView, shares: Sequence[Share]) -> bool:
    """One payer for all is no share, where it is the organisation itself with the booking's own references."""
    if len(shares) > 1 or not shares:
        return not shares
    (only,) = shares
    return only.payer == view.organisation and only.references.over(view.references) == view.references


async def _said(view: BookingView, shares: Sequence[Share]) -> list[list[object]]:
    """Who pays, as what is remembered of an edit says it: names, seats or amounts, numbers; one for all where none."""
    names = {o.id: o.name for o in await directory.organisations([s.payer for s in shares])} if shares else {}
    return [[names.get(s.payer, ""), s.seats, s.amount_cents, *s.references.given.values()] for s in shares] or [
        [view.organisation_name, None, None]
    ]


async def _check_payers(shares: Sequence[Share], own: int) -> None:
    known = {o.id for o in await directory.organisations([s.payer for s in shares])}
    if any(s.payer not in known for s in shares):
        raise Invalid(_("Choisissez un client dans la liste."), field="payer")
    for payer in sorted({s.payer for s in shares} - {own}):  # what is its own is paid by it, whatever it became
        await hold_current(payer)
    for item in shares:
        check_references(item.references)


async def _check_drafts(booking: int) -> None:
    """What was written by hand beside it, or asked before, must not be lost without a word."""
    deposit = "select exists (select from billable where booking = $1 and part = $2)"
    if await db.value(deposit, booking, BillablePart.DEPOSIT):
        raise Conflict(_("Un acompte est préparé pour cette réservation : retirez-le avant de la partager."))
    by_hand = """
        select exists (
            select from invoice_line l join invoice i on i.id = l.invoice
            where l.booking = $1 and l.kind <> 'service' and i.state = 'draft'
        )
    """
    if await db.value(by_hand, booking):
        raise Conflict(_("Retirez d’abord du brouillon les lignes ajoutées à la main : il est refait."))


_ISSUED = """
    select i.number from invoice_line l join invoice i on i.id = l.invoice
    where l.booking = $1 and i.state = 'issued' order by i.id limit 1
"""


async def _write(booking: int, shares: Sequence[Share]) -> None:
    await BillingShare.delete().where(BillingShare.booking == booking)
    rows = [
        BillingShare(
            booking=booking,
            payer=item.payer,
            seats=item.seats,
            amount_cents=item.amount_cents,
            **item.references.ordered,
        )
        for item in shares
    ]
    if rows:
        await BillingShare.insert(*rows)
