"""Bookings: the list, one of them, confirm, decline, cancel."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.billing.queries import invoices as billing
from training.bookings.actions import booking as actions
from training.bookings.actions import ending
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import booking as reading
from training.reporting.office import bookings as listed
from training.web.forms import Form
from training.web.office.notes import blank_note
from training.web.office.page import show
from training.web.pages import Asked, go, kept_file, parts, the_actor
from training.web.parameters import PER_PAGE, asked, moment_key, pager

P = Permission
PATH = "/gestion/reservations"


@get(PATH, permission=P.BOOKINGS_SEE)
async def listing(request: Asked) -> Template:
    """Bookings, the last made first, narrowed by state, organisation and words."""
    kept = {"etat": asked(request, "etat"), "structure": asked(request, "structure"), "q": asked(request, "q")}
    after, scope = moment_key(asked(request, "apres")), the_actor(request).scope
    found = await listed.bookings_page(
        scope, state=kept["etat"], organisation=kept["structure"], search=kept["q"], after=after, limit=PER_PAGE
    )
    return await show(
        request,
        "bookings/bookings",
        form=Form.filled(kept),
        narrowed=any(kept.values()),
        states=[state.value for state in BookingState],
        pager=pager(PATH, found.following, after is not None, **kept),
        **parts(found),
    )


@get(PATH + "/{reference:str}", permission=P.BOOKINGS_SEE)
async def booking_page(request: Asked, reference: FromPath[str]) -> Template:
    """One booking: its facts, its line, its mails, its invoice."""
    return await one(request, reference, Form())


async def one(request: Asked, reference: str, form: Form) -> Template:
    """The page of a booking, also where something done on it was refused."""
    found = await reading.booking_page(the_actor(request), reference)
    return await show(request, "bookings/booking", form.status, form=form, noting=blank_note(), **parts(found))


@get(PATH + "/{reference:str}/confirmation", permission=P.BOOKINGS_SEE)
async def free_paper(request: Asked, reference: FromPath[str]) -> Response[bytes]:
    """The confirmation that a free booking was held, as its contact received it."""
    paper = await billing.free_paper(the_actor(request).scope, reference)
    missing = _("Cette confirmation n’existe pas.")
    return await kept_file(paper, f"confirmation-{reference.upper()}.pdf", missing, inline=True)


def _told(booking: BookingView, mailed: str, done: str) -> str:
    """What was done, and who is written to, or has to be called."""
    if booking.contact_email is not None:
        return mailed
    call = _("{name} n’a pas de courriel : à prévenir par téléphone.").format(name=booking.contact_name)
    return f"{done} {call}"


@post(PATH + "/{reference:str}/confirmer", permission=P.BOOKINGS_CONFIRM)
async def confirm(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """Confirm a request or an option."""
    view = await _booking(request, reference)
    form = Form()
    with form.refusals():
        await actions.confirm(the_actor(request), view.id)
        return go(
            f"{PATH}/{view.reference}",
            _told(view, _("Réservation confirmée : le contact reçoit son invitation."), _("Réservation confirmée.")),
        )
    return await one(request, reference, form)


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
            return go(
                f"{PATH}/{view.reference}",
                _told(view, _("Demande refusée : le contact est prévenu."), _("Demande refusée.")),
            )
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
            return go(
                f"{PATH}/{view.reference}",
                _told(view, _("Réservation annulée : le contact est prévenu."), _("Réservation annulée.")),
            )
    return await _end_page(request, view, form, declining=False)


async def _end_page(request: Asked, booking: BookingView, form: Form, *, declining: bool) -> Template:
    return await show(request, "bookings/booking_end", form.status, booking=booking, form=form, declining=declining)


async def _booking(request: Asked, reference: str) -> BookingView:
    return await reading.booking(the_actor(request).scope, reference)


HANDLERS = [listing, booking_page, free_paper, confirm, decline_page, decline, cancel_page, cancel]
