"""The line of what happened to a booking, where it stands and what comes: one, for its people and for the team.

The team sees more on it, and its own words; both read the same stops in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.billing.queries.invoices import InvoiceView
from training.billing.rules.states import DocumentKind
from training.bookings.queries import BookingView, SeatsChanged
from training.bookings.rules.states import ENDED, EXPIRING, BookingState, EndedBy, SeatsOrigin
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import clock
from training.kernel.i18n import _, ngettext
from training.kernel.render import day, euros, moment, span
from training.scheduling.rules import SessionState


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """A stop on the line: done, now, next or stopped."""

    title: str
    state: str
    when: str | None = None
    text: str | None = None


def timeline(
    booking: BookingView,
    invoices: Sequence[InvoiceView],
    changes: Sequence[SeatsChanged],
    *,
    free_paper: bool,
    team: bool,
    public: bool = False,
) -> list[TimelineStep]:
    """From the request to the paper. `invoices`: those that the reader may see; both oldest first.

    `public`: who pays finds the invoice on Chorus Pro.
    """
    before = [change for change in changes if booking.confirmed_at is None or change.changed_at < booking.confirmed_at]
    if booking.past:  # nobody knows when it was booked
        return [_session(booking, team), *_papers(booking, invoices, free_paper, team, public)]
    steps = [_made(booking, changes, team), *map(_resized, before), *_confirmed(booking)]
    steps += map(_resized, changes[len(before) :])
    if booking.state in ENDED:
        return [*steps, _ended(booking, team)]
    if booking.state in EXPIRING and booking.session_state == SessionState.HELD:
        return [*steps, _session(booking, team), _undecided(team)]
    if booking.state != BookingState.CONFIRMED:
        steps.append(_waiting(booking, team))
    if booking.state == BookingState.WAITING:
        return steps
    return [*steps, _session(booking, team), *_papers(booking, invoices, free_paper, team, public)]


def _made(booking: BookingView, changes: Sequence[SeatsChanged], team: bool) -> TimelineStep:
    first = changes[0].seats_before if changes else booking.seats
    seats = ngettext("%(num)d place", "%(num)d places", first) % {"num": first}
    title = _("Réservée") if booking.confirmed_at == booking.created_at else _("Demandée")
    return TimelineStep(title, "done", moment(booking.created_at), (team and booking.note) or seats)


def _confirmed(booking: BookingView) -> list[TimelineStep]:
    if booking.confirmed_at is None or booking.confirmed_at == booking.created_at:
        return []
    return [TimelineStep(_("Confirmée"), "done", moment(booking.confirmed_at))]


def _resized(change: SeatsChanged) -> TimelineStep:
    title = ngettext("Passée de %(before)d à %(num)d place", "Passée de %(before)d à %(num)d places", change.seats)
    why = {SeatsOrigin.ADDED: _("Réservée à nouveau"), SeatsOrigin.MERGED: _("Places proposées, acceptées")}
    words = title % {"before": change.seats_before, "num": change.seats}
    return TimelineStep(words, "done", moment(change.changed_at), why.get(change.origin))


def _waiting(booking: BookingView, team: bool) -> TimelineStep:
    until = None if booking.expires_at is None else _("jusqu’au {when}").format(when=moment(booking.expires_at))
    match booking.state:
        case BookingState.PENDING:
            said = _("Nous vérifions votre structure, puis la réservation suit.")
            text = _("Sans réponse d’ici là, les places seront libérées.") if team else said
            title = _("À valider par l’équipe") if team else _("En cours de vérification")
            return TimelineStep(title, "now", until, text)
        case BookingState.WAITING:
            said = _("Nous vous écrivons si des places se libèrent.")
            return TimelineStep(_("Liste d’attente"), "now", None, None if team else said)
    kept = _("Option posée") if team else _("Places gardées")
    title = kept if booking.state == BookingState.OPTION else _("Place proposée")
    return TimelineStep(title, "now", until, _("Sans confirmation d’ici là, les places seront libérées."))


def _undecided(team: bool) -> TimelineStep:
    said = _("La réservation n’avait pas été confirmée : nous vérifions si votre groupe est venu.")
    text = _("Dites-le sur la page de la séance.") if team else said
    return TimelineStep(_("Le groupe est-il venu ?"), "now", None, text)


def _ended(booking: BookingView, team: bool) -> TimelineStep:
    when = moment(booking.cancelled_at) if booking.cancelled_at else None
    match booking.state:
        case BookingState.DECLINED:
            return TimelineStep(_("Refusée"), "stopped", when, booking.cancel_reason)
        case BookingState.EXPIRED if booking.absent:
            said = _("La réservation n’avait pas été confirmée : rien n’est facturé.")
            return TimelineStep(_("Personne n’est venu"), "stopped", when, said)
        case BookingState.EXPIRED:
            asked = booking.earlier == BookingState.PENDING
            late = (
                _("Nous n’y avons pas répondu à temps.")
                if asked
                else _("Les places gardées n’ont pas été confirmées à temps.")
            )
            return TimelineStep(_("Expirée"), "stopped", when, late)
    by = {EndedBy.PLATFORM: _("Annulée par l’équipe"), EndedBy.ORGANISATION: _("Annulée par la structure")}
    title = by.get(booking.cancelled_by) if team and booking.cancelled_by else None
    if booking.fell:
        title = _("Annulée avec la séance")
    if booking.joined:
        title = _("Jointe à la réservation {reference}").format(reference=booking.joined)
    return TimelineStep(title or _("Annulée"), "stopped", when, booking.cancel_reason)


def _session(booking: BookingView, team: bool) -> TimelineStep:
    when, place = span(booking.starts_at, booking.ends_at), booking.place or None
    if booking.session_state == SessionState.HELD:
        return TimelineStep(_("Séance réalisée") if team else _("La séance a eu lieu"), "done", when, place)
    if team and booking.ends_at <= clock.now():
        return TimelineStep(_("Séance passée, à confirmer"), "now", when, place)
    return TimelineStep(_("Séance"), "now" if booking.state == BookingState.CONFIRMED else "next", when, place)


def _papers(
    booking: BookingView, invoices: Sequence[InvoiceView], free_paper: bool, team: bool, public: bool
) -> list[TimelineStep]:
    """What was issued, then the draft that the team sees, or what is still to come; of former years, nothing is."""
    if booking.past:
        number = _("Facture {number}").format(number=booking.former_invoice) if booking.former_invoice else None
        return [TimelineStep(_("Importée des années passées"), "done", None, number)]
    if booking.tariff_mode == TariffMode.FREE:
        text = None if free_paper else _free_said(booking, team)
        return [TimelineStep(_("Confirmation de gratuité"), "done" if free_paper else "next", None, text)]
    steps = [_issued(invoice) for invoice in invoices if invoice.number]
    if team and (draft := next((i for i in invoices if not i.number and i.kind != DocumentKind.CREDIT_NOTE), None)):
        title = _("Acompte à émettre") if draft.kind == DocumentKind.DEPOSIT else _("Facture à émettre")
        return [*steps, TimelineStep(title, "now", text=euros(draft.gross_cents))]
    if any(invoice.number and invoice.kind == DocumentKind.INVOICE for invoice in invoices):
        return steps
    left = booking.price_cents - sum(_net(invoice) for invoice in invoices if invoice.number)
    if left <= 0:
        return steps  # what was asked before covers it, or more: nothing comes
    mailed = booking.contact_email is not None
    said = _("Elle arrive par courriel après la séance.") if mailed else _("Elle se télécharge ici après la séance.")
    if public:
        said = _(
            "Votre service financier la reçoit sur Chorus Pro après la séance ; vous en avez une copie par courriel."
        )
        if not mailed:
            said = _("Votre service financier la reçoit sur Chorus Pro après la séance.")
    return [*steps, TimelineStep(_("Facture"), "next", None, euros(left) if team else said)]


def _free_said(booking: BookingView, team: bool) -> str:
    """How the confirmation that nothing is due reaches whoever booked: nothing is mailed to who has no address."""
    if booking.contact_email is not None:
        return _("Elle arrive par courriel après la séance. Rien à payer.")
    if team:
        return _("Après la séance, imprimez-la ici : {name} n’a pas de courriel.").format(name=booking.contact_name)
    return _("Elle se télécharge ici après la séance. Rien à payer.")


def _net(invoice: InvoiceView) -> int:
    """What it takes of the price: a credit note gives it back."""
    return -invoice.net_cents if invoice.kind == DocumentKind.CREDIT_NOTE else invoice.net_cents


def _issued(invoice: InvoiceView) -> TimelineStep:
    titles = {
        DocumentKind.CREDIT_NOTE: _("Avoir {number}"),
        DocumentKind.DEPOSIT: _("Facture d’acompte {number} émise"),
    }
    title = titles.get(invoice.kind, _("Facture {number} émise")).format(number=invoice.number)
    when = None if invoice.issued_on is None else day(invoice.issued_on)
    return TimelineStep(title, "done", when, euros(invoice.gross_cents))
