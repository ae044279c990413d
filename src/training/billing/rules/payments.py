"""Ways to pay, and which of them are offered to whom. No I/O."""

from __future__ import annotations

from enum import StrEnum

from training.directory.rules.organisations import Buyer
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, allows
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.kernel.render import euros


class Way(StrEnum):
    """How money came in. A credit note is no money, and settles as if it were."""

    TRANSFER = "transfer"  # a public buyer's mandat administratif is one
    CHEQUE = "cheque"
    CASH = "cash"
    CARD = "card"
    SEPA = "sepa"
    CREDIT_NOTE = "credit_note"


WAY_NAMES: dict[Way, str] = {
    Way.TRANSFER: N_("Virement"),
    Way.CHEQUE: N_("Chèque"),
    Way.CASH: N_("Espèces"),
    Way.CARD: N_("Carte bancaire"),
    Way.SEPA: N_("Prélèvement SEPA"),
    Way.CREDIT_NOTE: N_("Avoir"),
}
BY_HAND = (Way.TRANSFER, Way.CHEQUE, Way.CASH)
ONLINE = (Way.CARD, Way.SEPA)


class SettlementKind(StrEnum):
    """What a settlement is."""

    PAYMENT = "payment"
    REVERSAL = "reversal"  # of a payment that did not hold, or was on the wrong invoice
    REFUND = "refund"
    WRITE_OFF = "write_off"


def check_amount(number: str, cents: int, due_cents: int) -> None:
    """Raise unless so much of what is due may be settled, or given up."""
    if cents <= 0:
        raise Invalid(_("Indiquez un montant de plus de zéro pour {number}.").format(number=number))
    if cents > due_cents:
        words = _("Il reste {due} à régler sur {number} : {amount}, c’est trop.")
        raise Conflict(words.format(due=euros(due_cents), number=number, amount=euros(cents)), field="amount")


def may_record(actor: Actor, due_cents: int) -> bool:
    """Whether the page offers to record a payment of what is due."""
    return actor.may(Permission.PAYMENTS_RECORD) and allows(check_amount, "", 1, due_cents)


def may_write_off(actor: Actor, due_cents: int) -> bool:
    """Whether the page offers to give up what is due."""
    return actor.may(Permission.PAYMENTS_WRITE_OFF) and allows(check_amount, "", 1, due_cents)


def online_ways(buyer: Buyer, reason: str | None) -> tuple[Way, ...]:
    """Ways to pay online. A public accountant pays after the service (service fait): none, unless staff said why."""
    return ONLINE if buyer != Buyer.PUBLIC or reason else ()
