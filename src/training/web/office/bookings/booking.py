"""Bookings: the list, one of them, confirm, decline, cancel."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.billing.queries import drafts as waiting
from training.billing.queries import invoices as billing
from training.billing.rules.grouping import may_be_early
from training.bookings import queries as bookings
from training.bookings.actions import booking as actions
from training.bookings.actions import ending
from training.bookings.queries import BookingView
from training.bookings.rules import BOOKING_MOVES, BookingState
from training.calendar.queries import invitations
from training.directory import queries as directory
from training.directory.rules import Buyer
from training.identity.rules import Permission
from training.kernel import clock
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.reporting.office import bookings as reading
from training.scheduling import queries as scheduling
from training.scheduling.rules import SessionState
from training.web.asked import PER_PAGE, asked, key, moment_key, pager
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, kept_file, the_actor

P = Permission
PATH = "/gestion/reservations"


@get(PATH, permission=P.BOOKINGS_SEE)
async def listing(request: Asked) -> Template:
    """Bookings, the last made first, narrowed by state, organisation and words."""
    kept = {"etat": asked(request, "etat"), "structure": asked(request, "structure"), "q": asked(request, "q")}
    after = moment_key(asked(request, "apres"))
    found = await reading.bookings(
        state=kept["etat"], organisation=kept["structure"], search=kept["q"], after=after, limit=PER_PAGE + 1
    )
    shown = found[:PER_PAGE]
    following = key(shown[-1].created_at, shown[-1].id) if len(found) > PER_PAGE else None
    organisation = await directory.organisation_by_slug(kept["structure"]) if kept["structure"] else None
    return await show(
        request,
        "bookings/bookings",
        bookings=shown,
        form=Form.filled(kept),
        organisation=organisation,
        narrowed=any(kept.values()),
        states=[state.value for state in BookingState],
        pager=pager(PATH, following, after is not None, **kept),
    )


@get(PATH + "/{reference:str}", permission=P.BOOKINGS_SEE)
async def booking_page(request: Asked, reference: FromPath[str]) -> Template:
    """One booking: its facts, its line, its mails, its invoice."""
    return await _one(request, reference, Form())


async def _one(request: Asked, reference: str, form: Form) -> Template:
    actor = the_actor(request)
    view = await _booking(request, reference)
    invoices = (await billing.invoices_of(actor.scope, [view.id]))[view.id]
    paper = await billing.free_paper(actor.scope, view.reference)
    about = [("booking", view.id), *(("invoice", invoice.id) for invoice in invoices)]
    moves = BOOKING_MOVES[BookingState(view.state)]
    held = view.session_state == SessionState.HELD
    payer = await directory.organisation(view.organisation)
    early = _billed(view) and payer is not None and may_be_early(Buyer(payer.buyer), payer.early_billing_reason)
    return await show(
        request,
        "bookings/booking",
        form.status,
        booking=view,
        participants=await bookings.participants(view.id),
        answers=[a for a in await invitations.answers(view.session) if a.booking == view.id],
        slots=(await scheduling.slots([view.session]))[view.session],
        steps=reading.timeline(view, invoices[0] if invoices else None, paper is not None),
        invoices=invoices,
        shares=await waiting.shares(view.id),
        may_share=_billed(view) and not any(i.number for i in invoices) and actor.may(P.INVOICES_PREPARE),
        may_ask_deposit=early and not held and not invoices and actor.may(P.INVOICES_PREPARE),
        free_paper=paper is not None,
        mails=await reading.mails_about(*about) if actor.may(P.MAILS_SEE) else [],
        organisation=payer,
        form=form,
        may_confirm=BookingState.CONFIRMED in moves and actor.may(P.BOOKINGS_CONFIRM) and view.starts_at > clock.now(),
        may_decline=view.state == BookingState.PENDING and actor.may(P.BOOKINGS_CONFIRM),
        may_cancel=BookingState.CANCELLED in moves and not held and actor.may(P.BOOKINGS_CANCEL),
    )


def _billed(view: BookingView) -> bool:
    """It is, or will be, invoiced."""
    return view.state == BookingState.CONFIRMED and view.price_cents > 0


@get(PATH + "/{reference:str}/confirmation", permission=P.BOOKINGS_SEE)
async def free_paper(request: Asked, reference: FromPath[str]) -> Response[bytes]:
    """The confirmation that a free booking was held, as its contact received it."""
    paper = await billing.free_paper(the_actor(request).scope, reference)
    missing = _("Cette confirmation n’existe pas.")
    return await kept_file(paper, f"confirmation-{reference.upper()}.pdf", missing, inline=True)


@post(PATH + "/{reference:str}/confirmer", permission=P.BOOKINGS_CONFIRM)
async def confirm(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """Confirm a request or an option."""
    view = await _booking(request, reference)
    form = Form()
    with form.refusals():
        await actions.confirm(the_actor(request), view.id)
        return go(f"{PATH}/{view.reference}", _("Réservation confirmée : le contact reçoit son invitation."))
    return await _one(request, reference, form)


@get(PATH + "/{reference:str}/refuser", permission=P.BOOKINGS_CONFIRM)
async def decline_page(request: Asked, reference: FromPath[str]) -> Template:
    """What refusing leads to."""
    return await _end_page(request, await _booking(request, reference), Form(), declining=True)


@post(PATH + "/{reference:str}/refuser", permission=P.BOOKINGS_CONFIRM)
async def decline(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """Refuse a request, with a reason that its contact reads."""
    view, form = await _booking(request, reference), await Form.of(request)
    reason = form.lines("reason", required=True, most=400)
    if form.good:
        with form.refusals():
            await ending.decline(the_actor(request), view.id, reason)
            return go(f"{PATH}/{view.reference}", _("Demande refusée : le contact est prévenu."))
    return await _end_page(request, view, form, declining=True)


@get(PATH + "/{reference:str}/annuler", permission=P.BOOKINGS_CANCEL)
async def cancel_page(request: Asked, reference: FromPath[str]) -> Template:
    """What cancelling leads to."""
    return await _end_page(request, await _booking(request, reference), Form(), declining=False)


@post(PATH + "/{reference:str}/annuler", permission=P.BOOKINGS_CANCEL)
async def cancel(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """Cancel a booking for the organisation."""
    view, form = await _booking(request, reference), await Form.of(request)
    reason = form.lines("reason", most=400)
    if form.good:
        with form.refusals():
            await ending.cancel(the_actor(request), view.id, reason)
            return go(f"{PATH}/{view.reference}", _("Réservation annulée : le contact est prévenu."))
    return await _end_page(request, view, form, declining=False)


async def _end_page(request: Asked, booking: BookingView, form: Form, *, declining: bool) -> Template:
    return await show(request, "bookings/booking_end", form.status, booking=booking, form=form, declining=declining)


async def _booking(request: Asked, reference: str) -> BookingView:
    view = await bookings.booking(the_actor(request).scope, reference.replace("\x00", ""))
    if view is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    return view


HANDLERS = [listing, booking_page, free_paper, confirm, decline_page, decline, cancel_page, cancel]
