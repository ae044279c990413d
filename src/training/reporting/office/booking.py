"""One booking as the office's page shows it: one value, read by one query."""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.queries import deposits, drafts
from training.billing.queries import invoices as billing
from training.billing.queries.drafts import ShareView
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.deposits import may_ask_deposit
from training.billing.rules.sharing import fits, may_share
from training.bookings import queries as bookings
from training.bookings.queries import BookingView, DocumentView, ParticipantView
from training.bookings.rules import who_may
from training.bookings.rules.states import OCCUPYING
from training.calendar.queries import invitations
from training.calendar.queries.invitations import Answered
from training.catalogue.rules.tariffs import TariffMode
from training.directory import queries as directory
from training.directory.queries import ContactView, OrganisationView
from training.kernel import clock, db
from training.kernel.actor import Actor, Scope
from training.kernel.errors import NotFound, allows
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.queries import last_change_of
from training.reporting.office.edits import EditShown, edits_of
from training.reporting.office.notes import NoteShown, notes_of
from training.reporting.portal.facts_wanted import wanted
from training.reporting.timeline import TimelineStep, timeline
from training.scheduling import queries as scheduling
from training.scheduling.queries import SlotView

P = Permission


@dataclass(frozen=True, slots=True)
class OfficeBooking:
    """What the page of a booking shows. `free_paper`: the confirmation of a free session is there."""

    booking: BookingView
    organisation: OrganisationView | None
    beside: list[BookingView]  # what the organisation has in the session beside it
    participants: list[ParticipantView]
    slots: list[SlotView]
    answers: list[Answered]
    steps: list[TimelineStep]
    invoices: list[InvoiceView]
    shares: list[ShareView]
    lacking: tuple[str, ...]  # what it cannot be invoiced without, in words
    awaited: bool  # these make the whole no more: seats changed since they were said
    free_paper: bool
    notes: list[NoteShown]  # what was said about it, mails among it
    contacts: list[ContactView]  # who may have said it
    edits: list[EditShown]
    documents: list[DocumentView]
    may_confirm: bool
    may_decline: bool
    may_cancel: bool
    may_resize: bool
    may_share: bool
    may_name: bool
    may_tell: bool
    may_ask_deposit: bool
    undecided: bool  # its session was held, and nobody had confirmed it


async def booking_page(actor: Actor, reference: str) -> OfficeBooking:
    """What the page of a booking shows, in eighteen statements; NotFound when there is no such booking."""
    view = await booking(actor.scope, reference)
    invoices = (await billing.invoices_of(actor.scope, [view.id]))[view.id]
    paper, changes = await billing.free_paper(actor.scope, view.reference), await bookings.seats_changes(view.id)
    about = [
        *(("seats_change", change.id) for change in changes),
        *(("invoice", invoice.id) for invoice in invoices),
    ]
    early, shares = await deposits.early(view.id), await drafts.shares(view.id)
    awaited = not fits([share.part for share in shares], view.seats, view.price_cents)
    issued = next((invoice.number for invoice in invoices if invoice.number), None)
    organisation, now, standing = await directory.organisation(view.organisation), clock.now(), view.standing
    return OfficeBooking(
        booking=view,
        organisation=organisation,
        beside=await bookings.beside(actor.scope, view),
        participants=await bookings.participants(view.id),
        slots=(await scheduling.slots([view.session]))[view.session],
        answers=[a for a in await invitations.answers(view.session) if a.booking == view.id and not view.past],
        steps=timeline(view, invoices, changes, free_paper=paper is not None, team=True),
        invoices=invoices,
        shares=shares,
        lacking=await _lacking(view, organisation) if not shares and issued is None else (),
        awaited=awaited,
        free_paper=paper is not None,
        notes=await notes_of(actor, "booking", view.id, mails=about),
        contacts=await directory.contacts(view.organisation),
        edits=await edits_of("booking", view.id),
        documents=await bookings.documents(view.id),
        may_confirm=who_may.may_confirm(actor, standing, now),
        may_decline=who_may.may_decline(actor, standing),
        may_cancel=who_may.may_cancel(actor, standing, now),
        may_resize=who_may.may_resize(actor, standing, now),
        may_name=who_may.may_name(actor, standing),
        may_tell=who_may.may_tell(actor, standing) and not view.past,
        may_share=not view.past and may_share(actor, view.state, view.tariff_mode, issued, awaited=awaited),
        may_ask_deposit=early is not None and may_ask_deposit(actor, early),
        undecided=allows(who_may.check_decide, standing),
    )


async def _lacking(booking: BookingView, organisation: OrganisationView | None) -> tuple[str, ...]:
    """What its one payer has to say before it can be invoiced, in words."""
    billed = booking.tariff_mode != TariffMode.FREE and booking.state in OCCUPYING and not booking.past
    return (await wanted(organisation, booking.references)).lacking if organisation and billed else ()


async def last_edit(reference: str) -> int:
    """The last edit of a booking, for its forms to bear (`records.queries.last_change`); read before the booking."""
    sql = f"select {last_change_of('booking', 'b.id')} from booking b where b.reference = $1"
    return int(await db.value(sql, reference) or 0)


async def booking(scope: Scope, reference: str) -> BookingView:
    """The booking alone, as what is done to it needs it; NotFound when there is none."""
    view = await bookings.booking(scope, reference)
    if view is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    return view


async def document(scope: Scope, reference: str, document: int) -> DocumentView:
    """A paper of a booking, in two statements; NotFound when it is none of its own."""
    view = await booking(scope, reference)
    found = next((each for each in await bookings.documents(view.id) if each.id == document), None)
    if found is None:
        raise NotFound(_("Ce document n’existe pas, ou plus."))
    return found


async def booking_numbered(scope: Scope, id: int) -> BookingView:  # noqa: A002
    """The booking that was just made, by its id."""
    view = await bookings.booking_by_id(scope, id)
    if view is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    return view
