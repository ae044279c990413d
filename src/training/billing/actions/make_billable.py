"""What becomes billable when: held, confirmed, at the end of the month; and what is cancelled is not billed any more.

Reactions: each rereads the present state under its session's lock, so that late, doubled or reordered ones converge.
Per seat, the seats booked at the deadline are billed, unless the offer bills who came; then nothing is billed where
nobody came, and `queries.drafts.unbilled` shows it to staff. A flat price is billed whatever the head-count.
"""

from __future__ import annotations

from datetime import timedelta

from training.billing.actions.ask_missing import ask_missing
from training.billing.actions.confirm_free import confirm_later
from training.billing.actions.drafting import bill, drafted, lock_draft, take_off
from training.billing.actions.issue import issue
from training.billing.queries.invoices import checks, invoice
from training.billing.rules import grouping, issuing
from training.billing.rules.states import InvoiceState
from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.catalogue.rules.tariffs import TariffMode
from training.directory import queries as directory
from training.kernel import clock, db, outbox
from training.kernel.actor import PEOPLE, SYSTEM, Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling.actions.planning import lock_session
from training.scheduling.rules import SessionState

ASKED_AGAIN = timedelta(days=7)  # a client is not asked twice for one number within a week, unless a person does


async def make_billable(actor: Actor, session: int) -> None:
    """For each confirmed booking of a held session: its draft invoice, or word that it was free.

    Run twice it does nothing more; nor for what was billed at confirmation. What comes next is one fact a draft: a
    paper that cannot be made stops no other.
    """
    async with acting(actor, "session.make-billable", ("session", session)):
        actor.must(Permission.PLATFORM_RUN)
        if (await lock_session(session)).state != SessionState.HELD:
            return  # it was undone meanwhile
        found = await bookings.bookings(SYSTEM.scope, session=session, states=[BookingState.CONFIRMED], limit=1000)
        sql = "select actor_kind = 'user' from holding where session = $1"
        by_person = bool(await db.value(sql, session))
        free = sorted(booking.id for booking in found if booking.tariff_mode == TariffMode.FREE)
        delay = (await directory.the_platform()).issue_delay_minutes if by_person else 0
        await confirm_later(free, timedelta(minutes=delay))
        await drafted(await bill(actor, found, held=True), by_person=by_person)


async def bill_at_confirmation(actor: Actor, booking: int) -> None:
    """A booking was confirmed: its draft, where its organisation is invoiced then (a public buyer: with a reason)."""
    actor.must(Permission.PLATFORM_RUN)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    payer = await directory.organisation(view.organisation) if view else None
    if view is None or payer is None:
        return
    if view.session_state == SessionState.HELD:  # it was decided afterwards: billed as the others were
        await make_billable(actor, view.session)
        return
    if not grouping.billed_at_confirmation(payer.billing_moment, payer.buyer, payer.early_billing_reason):
        return
    async with acting(actor, "booking.bill-at-confirmation", ("booking", booking)):
        held = (await lock_session(view.session)).state == SessionState.HELD
        again = await _reread(booking)
        if again is not None and again.state == BookingState.CONFIRMED:
            by_person = await db.value(_CONFIRMED_BY, booking) in PEOPLE
            await drafted(await bill(actor, [again], held=held), by_person=by_person)


# A confirmed booking that is a mistake is cancelled: for that there are minutes, as for what was held by mistake.
_CONFIRMED_BY = """
    select actor_kind from audit
    where subject_kind = 'booking' and subject_id = $1 and action in ('booking.make', 'booking.confirm')
    order by id desc limit 1
"""


async def withdraw(actor: Actor, booking: int) -> None:
    """A booking was cancelled: it leaves the drafts. What is issued stays, and is listed as « to credit »."""
    actor.must(Permission.PLATFORM_RUN)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is None:
        return
    async with acting(actor, "billable.withdraw", ("booking", booking)):
        await lock_session(view.session)
        again = await _reread(booking)
        if again is not None and again.state == BookingState.CANCELLED:
            await take_off([booking])
            await db.execute("delete from billable where booking = $1 and invoice_line is null", booking)


async def withdraw_all(actor: Actor, session: int) -> None:
    """A session was called off: none of its bookings is billed any more."""
    async with acting(actor, "session.withdraw-billables", ("session", session)):
        actor.must(Permission.PLATFORM_RUN)
        await lock_session(session)
        cancelled = [BookingState.CANCELLED]
        found = await bookings.bookings(SYSTEM.scope, session=session, states=cancelled, limit=1000)
        await take_off([b.id for b in found])


async def close_month(actor: Actor = SYSTEM) -> int:
    """The month is over: its grouped drafts collect no more and may be issued. Returns how many."""
    async with acting(actor, "invoices.close-month"):
        actor.must(Permission.PLATFORM_RUN)
        sql = "select id from invoice where state = 'draft' and month < $1 order by id"
        over = [record["id"] for record in await db.connection().fetch(sql, grouping.month_of(clock.today()))]
        for draft in over:
            await outbox.put("invoice.drafted", ("invoice", draft))
    return len(over)


async def issue_if_told(actor: Actor, draft: int) -> None:
    """Issue a fresh draft where the platform wants no look at it; one that lacks something waits in « À facturer ».

    What its client alone can say is then asked of it, at the most once a week.
    """
    actor.must(Permission.PLATFORM_RUN)
    if not (await directory.the_platform()).issue_without_look:
        return
    view = await invoice(SYSTEM.scope, draft)
    if view is None or view.state != InvoiceState.DRAFT or grouping.collecting(view.month, clock.today()):
        return
    if view.kept_back_at is not None or (view.issue_at is not None and view.issue_at > clock.now()):
        return  # somebody looks at it, or may still
    found = await checks(draft)
    if not issuing.said(found):
        await issue(actor, draft)
    elif issuing.may_be_asked(found) and (view.asked_at is None or view.asked_at <= clock.now() - ASKED_AGAIN):
        await ask_missing(actor, draft)


async def issue_due(actor: Actor = SYSTEM) -> int:
    """Drafts whose time to be issued by themselves has come: the mistake that was to be undone was none."""
    actor.must(Permission.PLATFORM_RUN)
    due = await db.connection().fetch("select id from invoice where issue_at <= $1 order by id", clock.now())
    for record in due:
        async with acting(actor, "invoice.due", ("invoice", record["id"])):
            sql = "update invoice set issue_at = null where id = $1 and issue_at <= $2 returning state"
            if await db.value(sql, record["id"], clock.now()) == InvoiceState.DRAFT:
                await outbox.put("invoice.drafted", ("invoice", record["id"]))
    return len(due)


async def keep_back(actor: Actor, draft: int) -> None:
    """It is not issued by itself: somebody looks at it first. Conflict: it is issued, or was not about to be."""
    async with acting(actor, "invoice.keep-back", ("invoice", draft)) as change:
        actor.must(Permission.INVOICES_ISSUE)
        change.about("invoice", draft, "issue_at")
        await lock_draft(draft)
        sql = """
            update invoice set issue_at = null, kept_back_at = $2
            where id = $1 and (issue_at is not null or kept_back_at is not null) returning id
        """
        if await db.value(sql, draft, clock.now()) is None:
            raise Conflict(_("Ce brouillon ne part pas de lui-même : il attend que quelqu’un l’émette."))


async def _reread(booking: int) -> BookingView | None:
    """Under its session's lock, without which no booking changes."""
    return await bookings.booking_by_id(SYSTEM.scope, booking)
