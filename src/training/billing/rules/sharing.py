"""How a booking's price is divided between several payers, so that the cents add up. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.bookings.rules.states import ENDED, BookingState
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import money
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, allows
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.papers.rules.references import NO_REFERENCES, References

PIECE, LUMP = "C62", "LS"  # UN/ECE Rec 20


def check_share(state: BookingState, mode: TariffMode, issued: str | None, *, awaited: bool = False) -> None:
    """Conflict unless a booking may have several payers. `issued`: the number of an invoice with something of it.

    `awaited`: its seats changed since its payers were said, who then are asked for, whatever is issued.
    """
    if state in ENDED:
        raise Conflict(_("Cette réservation est annulée : rien n’en est facturé."))
    if mode == TariffMode.FREE:
        raise Conflict(_("Cette réservation est gratuite : il n’y a rien à partager."))
    if issued is not None and not awaited:
        raise already_issued(issued)


def may_share(
    actor: Actor, state: BookingState, mode: TariffMode, issued: str | None, *, awaited: bool = False
) -> bool:
    """Whether the page offers to say who pays."""
    return actor.may(Permission.INVOICES_PREPARE) and allows(check_share, state, mode, issued, awaited=awaited)


def already_issued(number: str = "") -> Conflict:
    """The refusal that names the invoice."""
    words = _("Cette réservation est déjà facturée{number} : faites d’abord un avoir.")
    return Conflict(words.format(number=f" ({number})" if number else ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One of several payers of a booking: for so many seats, or for an amount (net cents), never both."""

    payer: int
    seats: int | None = None
    amount_cents: int | None = None
    references: References = NO_REFERENCES


@dataclass(frozen=True, slots=True)
class BilledPrice:
    """What is billed of a booking. `heads` counts seats: those booked, or those filled where the offer says present."""

    heads: int
    unit_price_cents: int
    net_cents: int
    per_seat: bool


@dataclass(frozen=True, slots=True)
class Portion:
    """What one payer is billed."""

    quantity: int
    unit: str
    unit_price_cents: int
    net_cents: int


def whole(price: BilledPrice) -> Portion:
    """One payer for all. A flat price is one line of one, whatever the head-count."""
    if price.per_seat:
        return Portion(price.heads, PIECE, price.unit_price_cents, price.net_cents)
    return _lump(price.net_cents)


def portions(price: BilledPrice, shares: Sequence[Share]) -> list[Portion]:
    """What each payer is billed, in the order of the shares; a portion of nothing is of zero cents.

    The cents add up to the price. Heads per payer follow the seats that each took, to the head.
    """
    if shares[0].seats is None:
        amounts = money.shares(price.net_cents, [share.amount_cents or 0 for share in shares])
        return [_lump(cents) for cents in amounts]
    seats = [share.seats or 0 for share in shares]
    if not price.per_seat:
        return [_lump(cents) for cents in money.shares(price.net_cents, seats)]
    heads = money.shares(price.heads, seats)
    return [Portion(n, PIECE, price.unit_price_cents, n * price.unit_price_cents) for n in heads]


def _lump(cents: int) -> Portion:
    return Portion(1, LUMP, cents, cents)


def fits(shares: Sequence[Share], seats: int, price_cents: int) -> bool:
    """Whether the payers that were said still make the whole, after seats changed; of nothing, or unsaid, they do."""
    return not shares or not price_cents or allows(check, shares, seats, price_cents)


def check(shares: Sequence[Share], seats: int, price_cents: int) -> None:
    """Invalid unless the shares are all of one kind and add up to the booking's seats, or to its price exactly."""
    if len({share.payer for share in shares}) < len(shares):
        raise Invalid(_("La même structure est deux fois dans la liste."), field="payer")
    by_seats, by_amount = ([getattr(s, name) is not None for s in shares] for name in ("seats", "amount_cents"))
    if not (all(by_seats) and not any(by_amount)) and not (all(by_amount) and not any(by_seats)):
        raise Invalid(_("Partagez soit par nombre de personnes, soit par montant : pas les deux."), field="shares")
    parts = [share.seats if by_seats[0] else share.amount_cents for share in shares]
    if any(part is None or part <= 0 for part in parts):
        raise Invalid(_("Chaque part est de plus de zéro : retirez le client qui ne paie rien."), field="shares")
    total = sum(part or 0 for part in parts)
    if by_seats[0] and total != seats:
        words = _("La réservation est de {seats} places, les parts en font {total} : il y en a {gap} {way}.")
        way = _("de trop") if total > seats else _("de moins")
        raise Invalid(words.format(seats=seats, total=total, gap=abs(total - seats), way=way), field="shares")
    if not by_seats[0] and total != price_cents:
        words = _("Le prix est de {price}, les parts en font {total} : il y a {gap} {way}.")
        way = _("de trop") if total > price_cents else _("de moins")
        gap = euros(abs(total - price_cents))
        raise Invalid(words.format(price=euros(price_cents), total=euros(total), gap=gap, way=way), field="shares")
