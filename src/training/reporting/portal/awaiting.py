"""What waits for an organisation on its first page, what breaks first on top, and the sentence above it. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from training.billing.queries.invoices import InvoiceView
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.directory.rules.organisations import Buyer
from training.kernel.i18n import N_, _, ngettext
from training.kernel.render import day, euros, hour

NAMES_SOON = timedelta(days=7)  # before a session, names that are wanted are asked for once more
PAID_SOON = timedelta(days=10)  # an invoice to pay within them waits for the reader
MOST_LATE = 2  # late invoices said one by one; more are said together


@dataclass(frozen=True, slots=True)
class Awaited:
    """One thing that waits for the reader and the act that settles it; `href` goes on from the space's address."""

    title: str
    text: str
    act: str
    href: str
    late: bool = False


def late_invoices(late: Sequence[InvoiceView], today: date) -> list[Awaited]:
    """What was to be paid by now, the oldest first."""
    known = sorted(late, key=lambda i: (i.late_from or today, i.id))
    if len(known) > MOST_LATE:
        title = ngettext("%(num)d facture est en retard", "%(num)d factures sont en retard", len(known))
        text = _("{amount} en tout.").format(amount=euros(sum(i.due_cents for i in known)))
        return [Awaited(title % {"num": len(known)}, text, _("Voir les factures"), "/factures", late=True)]
    return [_late(invoice, today) for invoice in known]


def _late(invoice: InvoiceView, today: date) -> Awaited:
    days = (today - (invoice.late_from or today)).days
    since = ngettext("%(num)d jour de retard", "%(num)d jours de retard", days) % {"num": days}
    public = invoice.payer_buyer == Buyer.PUBLIC
    title = _("La facture {number} n’est pas encore payée") if public else _("Payer la facture {number}")
    about = invoice.subject or invoice.title
    text = f"{about}, {euros(invoice.due_cents)}. {since[:1].upper()}{since[1:]}."
    act = _("Voir où elle en est") if public else _("Voir et payer")
    return Awaited(title.format(number=invoice.number), text, act, f"/factures/{invoice.number}", late=True)


def invoices_due_soon(due: Iterable[InvoiceView], today: date) -> list[Awaited]:
    """What is to be paid within days, the first day on top. `due`: invoices that can be paid now."""
    soon = [(i.late_from, i) for i in due if i.late_from is not None and today <= i.late_from <= today + PAID_SOON]
    return [_due_soon(invoice, until) for until, invoice in sorted(soon, key=lambda pair: (pair[0], pair[1].id))]


def _due_soon(invoice: InvoiceView, until: date) -> Awaited:
    public = invoice.payer_buyer == Buyer.PUBLIC
    title = _("La facture {number} n’est pas encore payée") if public else _("Payer la facture {number}")
    said = _("{about}, {amount}, avant le {day}.")
    text = said.format(about=invoice.subject or invoice.title, amount=euros(invoice.due_cents), day=day(until))
    act = _("Voir où elle en est") if public else _("Voir et payer")
    return Awaited(title.format(number=invoice.number), text, act, f"/factures/{invoice.number}")


def undecided(bookings: Iterable[BookingView]) -> list[Awaited]:
    """Seats that are kept for a time; what ends first on top. `bookings`: those that the reader may confirm."""
    waiting = [(b.expires_at, b) for b in bookings if b.expires_at is not None]
    return [_undecided(booking, until) for until, booking in sorted(waiting, key=lambda pair: (pair[0], pair[1].id))]


def _undecided(booking: BookingView, until: datetime) -> Awaited:
    offered = booking.state == BookingState.OFFERED
    title = _("Dire si vous prenez les places : {about}") if offered else _("Dire si vous gardez les places : {about}")
    seats = ngettext(
        "%(num)d place gardée jusqu’au %(limit)s.", "%(num)d places gardées jusqu’au %(limit)s.", booking.seats
    )
    text = seats % {"num": booking.seats, "limit": until_said(until)}
    return Awaited(title.format(about=about(booking)), text, _("Confirmer ou libérer"), _page(booking))


def lacking(bookings: Sequence[tuple[BookingView, Mapping[str, str]]]) -> list[Awaited]:
    """What the invoices of coming sessions will need. With each booking: field → sentence, as `chorus_lacking` says."""
    why = _("Sans cela, la facture serait rejetée.")
    return [
        Awaited(
            wanted_title(missing),
            f"{about(booking)}, {euros(booking.price_cents)}. {why}",
            _("Compléter"),
            f"{_page(booking)}/facture",
        )
        for booking, missing in bookings
        if missing
    ]


def drafts_lacking(drafts: Iterable[tuple[InvoiceView, Mapping[str, str]]]) -> list[Awaited]:
    """The same of invoices that wait for it already."""
    why = _("Elle attend cela pour partir.")
    return [
        Awaited(
            wanted_title(missing),
            f"{invoice.subject or invoice.title}, {euros(invoice.gross_cents)}. {why}",
            _("Compléter"),
            f"/factures/a-completer/{invoice.id}",
        )
        for invoice, missing in drafts
        if missing
    ]


def wanted_title(missing: Mapping[str, str]) -> str:
    """What is to be given, in the fewest words."""
    if set(missing) == {"purchase_order"}:
        return _("Donner le numéro d’engagement")
    if set(missing) == {"service_code"}:
        return _("Donner le code service")
    return _("Compléter pour la facture")


def unnamed(bookings: Iterable[BookingView], now: datetime) -> list[Awaited]:
    """Sessions that are near, where nobody was named yet. `bookings`: those where the reader may name people."""
    near = [b for b in bookings if not b.named and now < b.starts_at <= now + NAMES_SOON]
    said = _("Ce n’est pas obligatoire : les noms servent à la feuille de présence.")
    return [
        Awaited(
            _("Donner les noms : {about}").format(about=about(booking)),
            said,
            _("Donner les noms"),
            f"{_page(booking)}#participants",
        )
        for booking in near
    ]


def about(booking: BookingView) -> str:
    """A booking in the words of its people: what, where, when."""
    return ", ".join(filter(None, (booking.title, booking.city, day(booking.starts_at))))


def until_said(until: datetime) -> str:
    """As "mercredi 2 décembre à 18 h"."""
    return _("{day} à {hour}").format(day=day(until), hour=hour(until))


def _page(booking: BookingView) -> str:
    return f"/reservations/{booking.reference}"


_COUNTED = (
    N_("deux choses vous attendent"), N_("trois choses vous attendent"), N_("quatre choses vous attendent"),
    N_("cinq choses vous attendent"), N_("six choses vous attendent"), N_("sept choses vous attendent"),
    N_("huit choses vous attendent"), N_("neuf choses vous attendent"),
)  # fmt: skip


def greeting(name: str, waiting: int, *, new: bool = False) -> str:
    """The first sentence: whom it greets, and how much waits. `new`: nothing was ever booked."""
    first = first_name(name)
    hello = _("Bonjour {name}").format(name=first) if first else _("Bonjour")
    if not waiting:
        said = _("bienvenue") if new else _("rien ne vous attend")
    elif waiting == 1:
        said = _("une chose vous attend")
    elif waiting < len(_COUNTED) + 2:
        said = _(_COUNTED[waiting - 2])
    else:
        said = ngettext("%(num)d chose vous attend", "%(num)d choses vous attendent", waiting) % {"num": waiting}
    return f"{hello}, {said}."


_CIVILITIES = {"m", "mr", "mme", "mlle", "monsieur", "madame", "dr", "docteur", "me", "maître"}


def first_name(name: str) -> str:
    """How one is greeted: "Florence" of "Florence Dentelle", "Mme Dentelle" as it stands; "" where there is no name."""
    words = name.split()
    if not words or "@" in name:
        return ""
    return " ".join(words) if words[0].rstrip(".").lower() in _CIVILITIES else words[0]
