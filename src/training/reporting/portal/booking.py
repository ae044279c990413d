"""One booking as its organisation's page shows it: one value, read by one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.terms import DUE_DAYS
from training.bookings import queries as bookings
from training.bookings.queries import BookingView, ParticipantView
from training.bookings.rules import who_may
from training.bookings.rules.states import OCCUPYING
from training.calendar.queries import invitations
from training.calendar.queries.invitations import Answered
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.directory.rules.organisations import Buyer
from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.errors import refusal
from training.kernel.permissions import Permission
from training.papers.rules.vat import VatRegime
from training.records.queries import last_change
from training.reporting.portal import what_follows
from training.reporting.portal.facts_wanted import FactsWanted, lacking_of, services_of, wanted
from training.reporting.portal.what_follows import Invoicing, NextStep
from training.reporting.timeline import TimelineStep, timeline
from training.scheduling import queries as scheduling
from training.scheduling.queries import SlotView
from training.scheduling.rules import SessionState

P = Permission


@dataclass(frozen=True, slots=True)
class PortalBooking:
    """What the page of a booking shows. `answers`: to its invitations, by address in lower case.

    `invoices`: those that are issued, where the reader may see them. `billing`: what they still need to know, where the
    reader may say it. `kept_cents`: what its invoices ask for, less their credit notes. `paper`: the confirmation of a
    free session is there. `fixed`: why its seats stay as they are.
    """

    booking: BookingView
    slots: list[SlotView]
    people: list[ParticipantView]
    answers: Mapping[str, Answered]
    steps: list[TimelineStep]
    invoices: list[InvoiceView]
    billing: FactsWanted | None
    kept_cents: int
    paper: bool
    may_name: bool
    may_confirm: bool
    may_resize: bool
    may_cancel: bool
    fixed: str
    seen: int  # the last edit of it that this shows


async def booking_page(actor: Actor, organisation: OrganisationView, booking: BookingView) -> PortalBooking:
    """What the page of a booking shows, in eight statements and one more where facts are wanted."""
    seen = await last_change("booking", booking.id)
    billed = (await billing.invoices_of(actor.scope, [booking.id]))[booking.id]
    invoices = billed if actor.may(P.INVOICES_SEE, organisation=organisation.id) else []
    paper = await billing.free_paper(actor.scope, booking.reference) is not None
    changes = await bookings.seats_changes(booking.id)
    answers = await invitations.answers(booking.session)
    owed = booking.price_cents > 0 and not booking.past and not any(invoice.number for invoice in billed)
    standing, now = booking.standing, clock.now()
    tells = owed and who_may.may_tell(actor, standing)
    return PortalBooking(
        booking=booking,
        slots=(await scheduling.slots([booking.session]))[booking.session],
        people=await bookings.participants(booking.id),
        answers={answer.email.lower(): answer for answer in answers if answer.booking == booking.id},
        steps=timeline(
            booking, invoices, changes, free_paper=paper, team=False, public=organisation.buyer == Buyer.PUBLIC
        ),
        invoices=[invoice for invoice in invoices if invoice.number],
        billing=await wanted(organisation, booking.references) if tells else None,
        kept_cents=_kept(billed),
        paper=paper,
        may_name=who_may.may_name(actor, standing),
        may_confirm=who_may.may_confirm(actor, standing, now),
        may_resize=who_may.may_resize(actor, standing, now),
        may_cancel=who_may.may_cancel(actor, standing, now),
        fixed=_fixed(actor, booking),
        seen=seen,
    )


@dataclass(frozen=True, slots=True)
class WhatFollows:
    """What the page says once seats are taken: what was done, who was told, what comes next."""

    booking: BookingView
    headline: str
    price: str
    lead: str
    nothing_left: bool
    steps: list[NextStep]
    may_confirm: bool
    may_resize: bool
    may_cancel: bool


async def made_page(actor: Actor, organisation: OrganisationView, booking: BookingView) -> WhatFollows:
    """What follows a booking that stands, in three statements."""
    platform = await directory.platform()
    to = await directory.billing_contact(organisation.id)
    standing, now = booking.standing, clock.now()
    invoicing = Invoicing(
        organisation,
        lacking_of(organisation, await services_of(organisation), booking.references),
        may_tell=who_may.may_tell(actor, standing),
        to=to.name if to else None,
        days=organisation.payment_days or (platform.payment_days if platform else DUE_DAYS),
        vat=platform is not None and platform.vat_regime == VatRegime.NORMAL,
    )
    return WhatFollows(
        booking,
        what_follows.headline(booking),
        what_follows.price(booking, invoicing),
        what_follows.lead(booking),
        what_follows.nothing_left(booking),
        what_follows.following(booking, invoicing, may_name=who_may.may_name(actor, standing)),
        may_confirm=who_may.may_confirm(actor, standing, now),
        may_resize=who_may.may_resize(actor, standing, now),
        may_cancel=who_may.may_cancel(actor, standing, now),
    )


def _kept(billed: list[InvoiceView]) -> int:
    """What stays invoiced, whoever may read the invoices."""
    issued = [invoice for invoice in billed if invoice.number]
    return sum(i.gross_cents - i.credited_cents for i in issued if i.receivable is not None)


def _fixed(actor: Actor, booking: BookingView) -> str:
    """Why the number of seats does not change any more; "" where it does, and where nobody would look for it."""
    over = booking.state not in OCCUPYING or booking.session_state == SessionState.HELD
    if over or not actor.may(P.BOOKINGS_MAKE, organisation=booking.organisation):
        return ""
    refused = refusal(who_may.check_resize, booking.standing, clock.now(), before=1, seats=1, team=False)
    return refused.detail if refused else ""
