"""Money that came in, and what is owed, as the office's pages of payments show them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from training.billing.rules.payments import BY_HAND
from training.kernel.actor import Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.payments.queries import receivables as reading
from training.payments.queries.receivables import NoticeToLookAt, PaymentView, ReceivableView, SettlementView
from training.reporting.paging import cut


@dataclass(frozen=True, slots=True)
class OfficePayments:
    """A page of payments, and what a person must look at. `following`: the key of its last one when there are more."""

    payments: list[PaymentView]
    following: tuple[date, int] | None
    notices: list[NoticeToLookAt]


async def payments_page(
    scope: Scope, *, search: str, unused: bool, after: tuple[date, int] | None, limit: int
) -> OfficePayments:
    """What the page of payments shows, in two statements."""
    of = scope.narrowed_to
    found = await reading.payments(search=search, unused=unused, payers=of, after=after, limit=limit + 1)
    shown, last = cut(found, limit)
    notices = await reading.to_look_at() if scope.everything else []
    return OfficePayments(shown, (last.received_on, last.id) if last else None, notices)


@dataclass(frozen=True, slots=True)
class OfficePayment:
    """What the page of a payment shows.

    `held`: receivable → what the payment settles of it now; `owed`: what is left of it could settle these; `by_hand`:
    money that went back is noted here.
    """

    payment: PaymentView
    settlements: list[SettlementView]
    held: dict[int, int]
    owed: list[ReceivableView]
    by_hand: bool


async def payment_page(scope: Scope, payment: int, search: str) -> OfficePayment:
    """What the page of a payment shows, in three statements at most; NotFound when there is no such payment.

    `search`: what is owed by others than who paid is found by it.
    """
    view = await reading.payment(payment)
    if view is None or not scope.sees(view.payer):
        raise NotFound(_("Ce règlement n’existe pas."))
    settlements = await reading.settlements_by(payment)
    held: Counter[int] = Counter()
    for one in settlements:
        if one.receivable is not None:
            held[one.receivable] += one.amount_cents
    return OfficePayment(
        payment=view,
        settlements=settlements,
        held=dict(+held),
        owed=await reading.open_receivables(search or view.payer_name) if view.left_cents else [],
        by_hand=view.way in BY_HAND,
    )


async def owed(scope: Scope, receivable: int) -> ReceivableView:
    """What is owed, as the pages that record a payment of it or give it up show it; NotFound when there is none."""
    view = await reading.receivable(receivable)
    if view is None or not scope.sees(view.payer):
        raise NotFound(_("Cette créance n’existe pas."))
    return view
