"""What a booking owes above or below what is invoiced of it, now that its seats or its price changed. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from training.billing.rules.grouping import BillablePart
from training.billing.rules.sharing import LUMP, PIECE, Portion


@dataclass(frozen=True, slots=True)
class Billed:
    """What of a booking's price stands on a line of an issued invoice. Cents, without VAT.

    `amount_cents`: less what credit notes took back because less was owed. `left_cents`: of the line, not credited yet,
    whatever for.
    """

    id: int
    booking: int
    payer: int
    part: str
    amount_cents: int
    line: int
    invoice: int
    number: str
    issued_on: date
    left_cents: int

    @property
    def counts_cents(self) -> int:
        """What of the price it has billed: a deposit that was credited is not asked any more, whatever for."""
        return self.left_cents if self.part == BillablePart.DEPOSIT else self.amount_cents

    @property
    def most_cents(self) -> int:
        """What a credit note may take back of it because less is owed."""
        return max(0, min(self.counts_cents, self.left_cents))


def rest(portion: Portion, billed_cents: int) -> Portion | None:
    """What a payer owes above what is invoiced to it: whole heads where they make the difference, or else an amount."""
    cents = portion.net_cents - billed_cents
    if cents <= 0:
        return None
    if portion.unit == PIECE and portion.unit_price_cents and cents % portion.unit_price_cents == 0:
        return Portion(cents // portion.unit_price_cents, PIECE, portion.unit_price_cents, cents)
    return Portion(1, LUMP, cents, cents)


def over(billed: Sequence[Billed], owed: Mapping[int, int]) -> dict[int, int]:
    """By payer, what is invoiced above what is owed; `owed`: by payer, nothing where a payer is not named any more."""
    sums: dict[int, int] = {}
    for item in billed:
        sums[item.payer] = sums.get(item.payer, 0) + item.counts_cents
    return {payer: cents - owed.get(payer, 0) for payer, cents in sums.items() if cents > owed.get(payer, 0)}


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What is proposed to be credited of a line that is issued."""

    of: Billed
    cents: int


def taken_back(billed: Sequence[Billed], over_cents: Mapping[int, int]) -> list[TakenBack]:
    """From which lines too much is taken back: the last issued first, for it is what was added last."""
    left, found = dict(over_cents), []
    for item in sorted(billed, key=lambda b: b.id, reverse=True):
        cents = min(left.get(item.payer, 0), item.most_cents)
        if cents > 0:
            left[item.payer] -= cents
            found.append(TakenBack(item, cents))
    return found
