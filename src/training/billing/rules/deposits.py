"""When a deposit may be asked for a booking. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.rules.grouping import may_be_early
from training.bookings.rules.states import BookingState
from training.directory.rules.organisations import Buyer
from training.kernel import money
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, allows
from training.kernel.i18n import _
from training.kernel.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """What decides whether a booking is paid for before its session.

    `counted`: its price waits for a head-count. `billed`: something of it stands on a draft or an invoice.
    """

    state: BookingState
    held: bool
    price_cents: int
    shared: bool
    counted: bool
    payer: str
    buyer: Buyer
    reason: str | None
    billed: bool


def check_deposit(early: Early) -> None:
    """Conflict unless a deposit may be asked."""
    if early.state != BookingState.CONFIRMED:
        raise Conflict(_("Un acompte se demande sur une réservation confirmée."))
    if early.held:
        raise Conflict(_("La séance a eu lieu : facturez le tout."))
    if not early.price_cents:
        raise Conflict(_("Cette réservation est gratuite."))
    if early.shared:
        raise Conflict(_("Cette réservation a plusieurs clients facturés : un acompte se demande à un seul."))
    if early.counted:
        raise Conflict(_("Le prix dépend des présents : il n’est pas encore connu."))
    if not may_be_early(early.buyer, early.reason):
        # décret 2012-1246 art. 33: a public accountant pays after the service
        words = _(
            "{name} est un organisme public et paie après le service fait : donnez d’abord le motif, sur sa fiche."
        )
        raise Conflict(words.format(name=early.payer))
    if early.billed:
        raise Conflict(_("Cette réservation est déjà à facturer, ou un acompte est déjà demandé."))


def percent_of(price_cents: int, percent: int) -> int:
    """So many hundredths of a price, to the cent."""
    return money.shares(price_cents, [percent, 100 - percent])[0]


def deposit_words(title: str, percent: int | None) -> str:
    """What the line of a deposit says."""
    return f"{f'Acompte de {percent} %' if percent is not None else 'Acompte'} : {title}"[:400]


def may_ask_deposit(actor: Actor, early: Early) -> bool:
    """Whether the page offers to ask for a deposit."""
    return actor.may(Permission.INVOICES_PREPARE) and allows(check_deposit, early)
