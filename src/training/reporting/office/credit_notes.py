"""What takes an invoice back, as the office shows it before it is done: a credit note, « annule et remplace »."""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.queries import credits as reading
from training.billing.queries.credits import CreditableLine, Replacement
from training.billing.queries.invoices import InvoiceView, invoice_by_number
from training.billing.queries.refitting import ProposedCredit, proposals
from training.billing.rules.states import DocumentKind
from training.directory.rules.organisations import Buyer
from training.kernel.actor import Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import _


@dataclass(frozen=True, slots=True)
class OfficeCredit:
    """What the page of a new credit note shows. Cents without VAT: `left_cents` may be credited, `seen_cents` were.

    `proposed`: what of it is too much for the booking that was asked about, or for the only one of which it is;
    `others`: for those that may be asked about instead.
    """

    invoice: InvoiceView
    lines: list[CreditableLine]
    left_cents: int
    seen_cents: int
    proposed: ProposedCredit | None
    others: list[ProposedCredit]


async def credit_page(scope: Scope, number: str, booking: str = "") -> OfficeCredit:
    """What may be taken back of an invoice, line by line; NotFound when there is no such invoice."""
    view = await credited(scope, number)
    lines = await reading.creditable(view.id)
    left, seen = sum(line.left_cents for line in lines), sum(line.credited_cents for line in lines)
    found = await proposals(view.id)
    if booking:
        chosen = next((each for each in found if each.reference == booking), None)
    else:
        chosen = found[0] if len(found) == 1 else None
    return OfficeCredit(view, lines, left, seen, chosen, [each for each in found if each is not chosen])


@dataclass(frozen=True, slots=True)
class OfficeReplacement:
    """What « annule et remplace » shows. `left_cents`: without VAT, what its credit note takes back."""

    invoice: InvoiceView
    public: bool
    left_cents: int
    replacement: Replacement | None


async def replace_page(scope: Scope, number: str) -> OfficeReplacement:
    """What replacing an invoice leads to, in three statements; NotFound when there is no such invoice."""
    view = await credited(scope, number)
    left = sum(line.left_cents for line in await reading.creditable(view.id))
    return OfficeReplacement(view, view.payer_buyer == Buyer.PUBLIC, left, await reading.replacement(view.id))


async def credited(scope: Scope, number: str) -> InvoiceView:
    """The invoice alone, as what takes it back needs it; NotFound when there is none: a credit note is not credited."""
    view = await invoice_by_number(scope, number)
    if view is None or view.kind == DocumentKind.CREDIT_NOTE:
        raise NotFound(_("Cette facture n’existe pas."))
    return view
