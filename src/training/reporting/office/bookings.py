"""Bookings as the office lists them, and the line of what happened to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.billing.queries.invoices import InvoiceView
from training.billing.rules.states import InvoiceState
from training.bookings.queries import BOOKED, BookingView
from training.bookings.rules import BookingState, MayCancel
from training.catalogue.rules import TariffMode
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.kernel import clock, db
from training.kernel.i18n import _
from training.kernel.render import day, euros, moment, span
from training.reporting.paging import cut
from training.scheduling.rules import SessionState


@dataclass(frozen=True, slots=True)
class BookingListed:
    """A booking in a list. Cents, net."""

    id: int
    reference: str
    state: BookingState
    title: str
    starts_at: datetime
    city: str | None
    organisation: str
    slug: str
    contact: str
    seats: int
    tariff_mode: TariffMode
    price_cents: int
    created_at: datetime


async def bookings(
    *,
    state: str = "",
    organisation: str = "",
    search: str = "",
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[BookingListed]:
    """Bookings, the last made first. `search` looks in references and names; `organisation` is a slug."""
    return await db.rows(
        BookingListed,
        f"""
        select b.id, b.reference, b.state, o.title, t.starts_at, m.name as city, g.name as organisation, g.slug,
               c.name as contact, b.seats, b.tariff_mode, b.price_cents, b.created_at
        {BOOKED}
        where ($1 = '' or b.state = $1) and ($2 = '' or g.slug = $2)
          and strpos(fold(b.reference || ' ' || g.name || ' ' || c.name || ' ' || coalesce(b.purchase_order, '')),
                     fold($3)) > 0
          and ($4::timestamptz is null or (b.created_at, b.id) < ($4, $5))
        order by b.created_at desc, b.id desc limit $6
        """,
        state,
        organisation,
        search.strip(),
        *(after or (None, None)),
        limit,
    )


@dataclass(frozen=True, slots=True)
class OfficeBookings:
    """A page of the list. `following`: the key of its last one when there are more; `organisation`: narrowed to it."""

    bookings: list[BookingListed]
    following: tuple[datetime, int] | None
    organisation: OrganisationView | None


async def bookings_page(
    *, state: str, organisation: str, search: str, after: tuple[datetime, int] | None, limit: int
) -> OfficeBookings:
    """What the page of bookings shows: two statements at most."""
    found = await bookings(state=state, organisation=organisation, search=search, after=after, limit=limit + 1)
    shown, last = cut(found, limit)
    whose = await directory.organisation_by_slug(organisation) if organisation else None
    return OfficeBookings(shown, (last.created_at, last.id) if last else None, whose)


@dataclass(frozen=True, slots=True)
class Step:
    """A stop on a booking's line: done, now, next or stopped."""

    title: str
    state: str
    when: str | None = None
    text: str | None = None


def timeline(booking: BookingView, invoice: InvoiceView | None, free_paper: bool) -> list[Step]:
    """From the request to the paper: what happened, where it stands, what comes."""
    made = _("Demandée") if booking.state == BookingState.PENDING else _("Réservée")
    steps = [Step(made, "done", moment(booking.created_at), booking.note or None)]
    if booking.confirmed_at and booking.confirmed_at > booking.created_at:
        steps.append(Step(_("Confirmée"), "done", moment(booking.confirmed_at)))
    if booking.state in _ENDED:
        when = moment(booking.cancelled_at) if booking.cancelled_at else None
        return [*steps, Step(_ended(booking), "stopped", when, booking.cancel_reason)]
    if booking.state == BookingState.PENDING:
        steps.append(Step(_("À valider par l’équipe"), "now"))
    elif booking.state == BookingState.OPTION:
        until = moment(booking.expires_at) if booking.expires_at else ""
        steps.append(Step(_("Option posée"), "now", _("jusqu’au {when}").format(when=until) if until else None))
    return [*steps, _session(booking), _paper(booking, invoice, free_paper)]


_ENDED = (BookingState.CANCELLED, BookingState.DECLINED, BookingState.EXPIRED)


def _ended(booking: BookingView) -> str:
    if booking.state == BookingState.DECLINED:
        return _("Refusée")
    if booking.state == BookingState.EXPIRED:
        return _("Expirée")
    by: dict[str, str] = {
        MayCancel.PLATFORM: _("Annulée par l’équipe"),
        MayCancel.ORGANISATION: _("Annulée par la structure"),
    }
    return by.get(booking.cancelled_by or "", _("Annulée"))


def _session(booking: BookingView) -> Step:
    when = span(booking.starts_at, booking.ends_at)
    if booking.session_state == SessionState.HELD:
        return Step(_("Séance réalisée"), "done", when, booking.place or None)
    if booking.ends_at <= clock.now():
        return Step(_("Séance passée, pas encore marquée comme réalisée"), "now", when, booking.place or None)
    waiting = booking.state != BookingState.CONFIRMED
    return Step(_("Séance"), "next" if waiting else "now", when, booking.place or None)


def _paper(booking: BookingView, invoice: InvoiceView | None, free_paper: bool) -> Step:
    if booking.tariff_mode == TariffMode.FREE:
        return Step(_("Confirmation de gratuité"), "done" if free_paper else "next")
    if invoice is None:
        return Step(_("Facture"), "next", text=euros(booking.price_cents))
    if invoice.state == InvoiceState.ISSUED and invoice.issued_on:
        title = _("Facture {number} émise").format(number=invoice.number)
        return Step(title, "done", day(invoice.issued_on), euros(invoice.gross_cents))
    return Step(_("Facture à émettre"), "now", text=euros(invoice.gross_cents))
