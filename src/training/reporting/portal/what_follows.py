"""What comes after a booking, in four stops: said once it is made, with who was told and what is left to do. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.catalogue.rules.tariffs import TariffMode
from training.directory.queries import OrganisationView
from training.directory.rules.billing_facts import PUBLIC_DAYS, BillingMoment
from training.directory.rules.organisations import Buyer
from training.kernel.i18n import _, ngettext
from training.kernel.render import day, euros, span
from training.reporting.portal.awaiting import until_said, wanted_title


@dataclass(frozen=True, slots=True)
class NextStep:
    """A stop of what follows; `act` leads on: what goes on from the booking's address, and its words."""

    title: str
    state: Literal["done", "now", "next"]
    when: str | None = None
    text: str | None = None
    act: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Invoicing:
    """What the step of the invoice needs to know. `to`: who is mailed it, if anybody; `days`: to pay it."""

    organisation: OrganisationView
    missing: dict[str, str]
    may_tell: bool
    to: str | None
    days: int
    vat: bool


def headline(booking: BookingView) -> str:
    """What was just done."""
    match booking.state:
        case BookingState.PENDING:
            return _("C’est demandé.")
        case BookingState.OPTION:
            return _("Vos places sont gardées.")
    return _("C’est réservé.")


def lead(booking: BookingView) -> str:
    """Who was told, or what the seats wait for."""
    seats = ngettext("La place est gardée", "Les %(num)d places sont gardées", booking.seats) % {"num": booking.seats}
    match booking.state:
        case BookingState.PENDING:
            said = _(
                "{seats}. Notre équipe vérifie votre inscription, en général dans la journée ; "
                "{name} reçoit alors la confirmation."
            )
            if booking.contact_email is None:
                said = _("{seats}. Notre équipe vérifie votre inscription ; nous appelons ensuite {name}.")
            return said.format(seats=seats, name=booking.contact_name)
        case BookingState.OPTION if booking.expires_at is not None:
            said = _("{seats} pour vous jusqu’au {limit}. Sans confirmation, elles seront libérées. Rien n’est dû.")
            if booking.seats == 1:
                said = _("{seats} pour vous jusqu’au {limit}. Sans confirmation, elle sera libérée. Rien n’est dû.")
            return said.format(seats=seats, limit=until_said(booking.expires_at))
    if booking.contact_email is None:
        return _("C’est réservé : nous appelons {name} pour la suite.").format(name=booking.contact_name)
    return _("{name} reçoit la confirmation et l’invitation d’agenda, à {email}.").format(
        name=booking.contact_name, email=booking.contact_email
    )


def price(booking: BookingView, invoicing: Invoicing) -> str:
    """What it costs and when that is invoiced, in one sentence; "" where nothing is invoiced."""
    if booking.tariff_mode == TariffMode.FREE or not booking.price_cents:
        return ""
    said = _("{amount} hors taxes, facturés {when}.") if invoicing.vat else _("{amount}, facturés {when}.")
    return said.format(amount=euros(booking.price_cents), when=_when(invoicing.organisation))


def nothing_left(booking: BookingView) -> bool:
    """Whether there is nothing else to do today."""
    return booking.state != BookingState.OPTION


def following(booking: BookingView, invoicing: Invoicing, *, may_name: bool) -> list[NextStep]:
    """The booking itself, the names, the session, the invoice."""
    mailed = booking.contact_email is not None
    place = booking.place or (_("le lieu vous sera dit par courriel") if mailed else _("nous vous dirons le lieu"))
    session = NextStep(_("La séance"), "next", span(booking.starts_at, booking.ends_at), place)
    return [_made(booking), *_names(booking, may_name), session, _invoice(booking, invoicing)]


def _made(booking: BookingView) -> NextStep:
    reference = _("Référence {reference}").format(reference=booking.reference)
    match booking.state:
        case BookingState.PENDING:
            return NextStep(_("En cours de vérification"), "now", None, reference)
        case BookingState.OPTION:
            until = booking.expires_at
            when = None if until is None else _("jusqu’au {limit}").format(limit=until_said(until))
            return NextStep(_("Confirmer, ou libérer les places"), "now", when, reference)
    since = booking.confirmed_at or booking.created_at
    return NextStep(_("Réservation confirmée"), "done", day(since), reference)


def _names(booking: BookingView, may_name: bool) -> list[NextStep]:
    left = booking.seats - booking.named
    if not left:
        return [NextStep(_("Les noms sont donnés"), "done")]
    if not may_name:
        return []
    words = ngettext("%(num)d nom reste à donner", "%(num)d noms restent à donner", left) % {"num": left}
    act = ("#participants", _("Coller une liste"))
    return [
        NextStep(
            _("Donner les noms, si vous le souhaitez"),
            "next",
            _("avant la séance"),
            words if booking.named else None,
            act,
        )
    ]


def _invoice(booking: BookingView, invoicing: Invoicing) -> NextStep:
    if booking.tariff_mode == TariffMode.FREE or not booking.price_cents:
        mailed = booking.contact_email is not None
        text = (
            _("Une confirmation de gratuité arrive par courriel après la séance.")
            if mailed
            else _("Une confirmation de gratuité se télécharge ici après la séance.")
        )
        return NextStep(_("Rien à payer"), "next", None, text)
    title = _("La facture : {amount}").format(amount=euros(booking.price_cents))
    if invoicing.vat:
        title = _("La facture : {amount} hors taxes").format(amount=euros(booking.price_cents))
    missing = wanted_title(invoicing.missing) if invoicing.missing else ""
    said = [
        _where(invoicing),
        _known(booking, invoicing.organisation),
        _("Sans cela, la facture serait rejetée.") if missing else "",
    ]
    act = ("/facture", missing) if missing and invoicing.may_tell else None
    return NextStep(title, "next", _when(invoicing.organisation), " ".join(filter(None, said)), act)


def _when(organisation: OrganisationView) -> str:
    match organisation.billing_moment:
        case BillingMoment.CONFIRMED:
            return _("dès la confirmation")
        case BillingMoment.MONTHLY:
            return _("à la fin du mois de la séance")
    return _("après la séance")


def _where(invoicing: Invoicing) -> str:
    """Where it goes, and within how many days it is paid (for a public buyer: CCP art. R2192-10)."""
    if invoicing.organisation.buyer == Buyer.PUBLIC:
        said = _(
            "Votre service financier la reçoit sur Chorus Pro ; vous en avez une copie par courriel. "
            "À régler sous {days} jours à compter de sa mise à disposition."
        )
        if invoicing.to is None:
            said = _(
                "Votre service financier la reçoit sur Chorus Pro. "
                "À régler sous {days} jours à compter de sa mise à disposition."
            )
        return said.format(days=PUBLIC_DAYS)
    if invoicing.to is None:
        return _("Vous la trouverez parmi vos factures. À payer sous {days} jours.").format(days=invoicing.days)
    return _("Elle arrive par courriel à {name}. À payer sous {days} jours.").format(
        name=invoicing.to, days=invoicing.days
    )


def _known(booking: BookingView, organisation: OrganisationView) -> str:
    if not (number := booking.references.purchase_order):
        return ""
    public = organisation.buyer == Buyer.PUBLIC
    words = _("Numéro d’engagement : {number}.") if public else _("Numéro de bon de commande : {number}.")
    return words.format(number=number)
