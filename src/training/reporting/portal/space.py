"""An organisation's own view: what is coming, what waits for it, and the story of one booking."""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.queries.invoices import InvoiceView
from training.bookings.queries import BOOKING, BookingView, scoped
from training.bookings.rules import BookingState
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.i18n import _, ngettext
from training.kernel.render import day, euros, moment, short_day
from training.scheduling.rules import SessionState


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a timeline; `state` is done, now, next or stopped."""

    title: str
    state: str
    when: str | None = None
    text: str | None = None


async def coming(scope: Scope, organisation: int, *, limit: int = 6) -> list[BookingView]:
    """The organisation's live bookings of coming sessions, the soonest first."""
    sql = (
        BOOKING
        + """
        and b.organisation = $3 and b.state in ('pending', 'option', 'offered', 'confirmed', 'waiting')
        and s.state in ('published', 'confirmed') and t.ends_at > $4
        order by t.starts_at, b.id limit $5
        """
    )
    return await db.rows(BookingView, sql, *scoped(scope), organisation, clock.now(), limit)


def story(booking: BookingView, invoice: InvoiceView | None, *, confirmation: bool) -> list[Step]:
    """What happened to a booking and what comes next. `confirmation`: the paper of a free session is there."""
    steps = [Step(_("Demande"), "done", moment(booking.created_at), _seats(booking))]
    steps.append(_decision(booking))
    if booking.state not in (BookingState.CONFIRMED, BookingState.PENDING, BookingState.OPTION, BookingState.OFFERED):
        return steps
    steps.append(_delivery(booking))
    steps.append(_paper(booking, invoice, confirmation))
    return steps


def _seats(booking: BookingView) -> str:
    return ngettext("%(num)d place", "%(num)d places", booking.seats) % {"num": booking.seats}


def _decision(booking: BookingView) -> Step:
    when = moment(booking.cancelled_at) if booking.cancelled_at else None
    limit = moment(booking.expires_at) if booking.expires_at else None
    match booking.state:
        case BookingState.PENDING:
            return Step(_("À valider"), "now", None, _("Nous vérifions votre structure, puis la réservation suit."))
        case BookingState.OPTION | BookingState.OFFERED:
            text = _("Sans confirmation avant le {limit}, les places seront libérées.").format(limit=limit)
            return Step(_("À confirmer"), "now", None, text)
        case BookingState.WAITING:
            return Step(_("Liste d’attente"), "now", None, _("Nous vous écrivons si des places se libèrent."))
        case BookingState.CANCELLED:
            return Step(_("Annulée"), "stopped", when, booking.cancel_reason)
        case BookingState.DECLINED:
            return Step(_("Refusée"), "stopped", when, booking.cancel_reason)
        case BookingState.EXPIRED:
            return Step(_("Expirée"), "stopped", when, _("L’option n’a pas été confirmée à temps."))
    return Step(_("Confirmation"), "done", moment(booking.confirmed_at) if booking.confirmed_at else None)


def _delivery(booking: BookingView) -> Step:
    if booking.session_state == SessionState.HELD:
        return Step(_("Séance"), "done", day(booking.starts_at))
    confirmed = booking.state == BookingState.CONFIRMED
    return Step(_("Séance"), "now" if confirmed else "next", day(booking.starts_at), booking.place or None)


def _paper(booking: BookingView, invoice: InvoiceView | None, confirmation: bool) -> Step:
    if not booking.price_cents:
        text = None if confirmation else _("Elle arrive par courriel après la séance. Rien à payer.")
        return Step(_("Confirmation de gratuité"), "done" if confirmation else "next", None, text)
    if invoice is not None and invoice.number and invoice.issued_on:
        said = _("{number}, {amount}").format(number=invoice.number, amount=euros(invoice.gross_cents))
        return Step(_("Facture"), "done", short_day(invoice.issued_on), said)
    return Step(_("Facture"), "next", None, _("Elle arrive par courriel après la séance."))
