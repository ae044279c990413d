"""One booking as the office's page shows it: one value, read by one query."""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.queries import drafts
from training.billing.queries import invoices as billing
from training.billing.queries.drafts import ShareView
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.grouping import may_be_early
from training.bookings import queries as bookings
from training.bookings.queries import BookingView, ParticipantView
from training.bookings.rules import BOOKING_MOVES, BookingState
from training.calendar.queries import invitations
from training.calendar.queries.invitations import Answered
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.directory.rules import Buyer
from training.identity.rules import Permission
from training.kernel import clock
from training.kernel.actor import Actor, Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.messages.queries import MailListed
from training.reporting.office.bookings import Step, timeline
from training.reporting.office.mails import mails_about
from training.scheduling import queries as scheduling
from training.scheduling.queries import SlotView
from training.scheduling.rules import SessionState

P = Permission


@dataclass(frozen=True, slots=True)
class OfficeBooking:
    """What the page of a booking shows. `free_paper`: the confirmation of a free session is there."""

    booking: BookingView
    organisation: OrganisationView | None
    participants: list[ParticipantView]
    slots: list[SlotView]
    answers: list[Answered]
    steps: list[Step]
    invoices: list[InvoiceView]
    shares: list[ShareView]
    free_paper: bool
    mails: list[MailListed]
    may_confirm: bool
    may_decline: bool
    may_cancel: bool
    may_share: bool
    may_ask_deposit: bool


async def booking_page(actor: Actor, reference: str) -> OfficeBooking:
    """What the page of a booking shows, in eleven statements; NotFound when there is no such booking."""
    view = await booking(actor.scope, reference)
    invoices = (await billing.invoices_of(actor.scope, [view.id]))[view.id]
    paper = await billing.free_paper(actor.scope, view.reference)
    about = [("booking", view.id), *(("invoice", invoice.id) for invoice in invoices)]
    payer = await directory.organisation(view.organisation)
    billed = view.state == BookingState.CONFIRMED and view.price_cents > 0  # it is, or will be, invoiced
    early = billed and payer is not None and may_be_early(Buyer(payer.buyer), payer.early_billing_reason)
    moves, held = BOOKING_MOVES[view.state], view.session_state == SessionState.HELD
    return OfficeBooking(
        booking=view,
        organisation=payer,
        participants=await bookings.participants(view.id),
        slots=(await scheduling.slots([view.session]))[view.session],
        answers=[a for a in await invitations.answers(view.session) if a.booking == view.id],
        steps=timeline(view, invoices[0] if invoices else None, paper is not None),
        invoices=invoices,
        shares=await drafts.shares(view.id),
        free_paper=paper is not None,
        mails=await mails_about(*about) if actor.may(P.MAILS_SEE) else [],
        may_confirm=BookingState.CONFIRMED in moves and actor.may(P.BOOKINGS_CONFIRM) and view.starts_at > clock.now(),
        may_decline=view.state == BookingState.PENDING and actor.may(P.BOOKINGS_CONFIRM),
        may_cancel=BookingState.CANCELLED in moves and not held and actor.may(P.BOOKINGS_CANCEL),
        may_share=billed and not any(i.number for i in invoices) and actor.may(P.INVOICES_PREPARE),
        may_ask_deposit=early and not held and not invoices and actor.may(P.INVOICES_PREPARE),
    )


async def booking(scope: Scope, reference: str) -> BookingView:
    """The booking alone, as what is done to it needs it; NotFound when there is none."""
    view = await bookings.booking(scope, reference.replace("\x00", ""))
    if view is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    return view
