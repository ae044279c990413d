"""Which draft what is owed goes on: one payer, one service, one engagement, one VAT regime an invoice. No I/O."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from training.directory.rules.billing_facts import BillingMoment
from training.directory.rules.organisations import Buyer
from training.papers.rules.references import References
from training.papers.rules.vat import VatRegime


class BillablePart(StrEnum):
    """What of a booking's price a billable is."""

    WHOLE = "whole"
    DEPOSIT = "deposit"
    BALANCE = "balance"
    LOOK = "look"  # of no amount and on no line: a person is to look, at too much that is issued or at who pays
    MORE = "more"  # what it came to cost more after it was invoiced; the second time "more2", and so on


def next_more(known: Collection[str]) -> str:
    """The part of what is owed above the parts that are invoiced: each time another, so that each is billed once."""
    names = (f"{BillablePart.MORE}{n if n > 1 else ''}" for n in range(1, len(known) + 2))
    return next(name for name in names if name not in known)


@dataclass(frozen=True, slots=True)
class DraftKey:
    """What all lines of one draft have in common. A regime is one VAT category: `O` is never with anything (BR-O-11).

    One BT-10 and one BT-13 an invoice. `month` is None where each booking has its own, and `booking` says which.
    """

    payer: int
    vat_regime: VatRegime
    references: References
    month: date | None
    booking: int | None


def draft_key(
    *,
    payer: int,
    vat_regime: VatRegime,
    references: References,
    moment: BillingMoment,
    booking: int,
    served_on: date,
) -> DraftKey:
    """Where a booking's line goes: its payer's draft of the month where that is told, a draft of its own otherwise."""
    monthly = moment == BillingMoment.MONTHLY
    return DraftKey(
        payer,
        vat_regime,
        references,
        month_of(served_on) if monthly else None,
        None if monthly else booking,
    )


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def collecting(month: date | None, today: date) -> bool:
    """Whether a draft still waits for more of its month."""
    return month is not None and month >= month_of(today)


def billed_at_confirmation(moment: BillingMoment, buyer: Buyer, early_reason: str | None) -> bool:
    """A public accountant pays after the service (décret 2012-1246 art. 33): earlier only where staff said why."""
    return moment == BillingMoment.CONFIRMED and may_be_early(buyer, early_reason)


def may_be_early(buyer: Buyer, early_reason: str | None) -> bool:
    """Whether a buyer may be invoiced, or asked for a deposit, before the service."""
    return buyer != Buyer.PUBLIC or bool((early_reason or "").strip())
