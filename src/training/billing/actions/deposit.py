"""Part of a booking's price, asked before the service. The invoice of the rest counts it as invoiced."""

from __future__ import annotations

from training.billing.actions.drafting import drafted, lock_payers, put_on_draft, take_off
from training.billing.queries import deposits, owing
from training.billing.rules.deposits import check_deposit, percent_of
from training.billing.rules.grouping import BillablePart
from training.billing.rules.states import DocumentKind
from training.bookings import queries as bookings
from training.directory.actions.locking import hold_current
from training.kernel import db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.records.actions.acting import acting
from training.scheduling.actions.planning import lock_session


async def ask_deposit(
    actor: Actor, booking: int, *, percent: int | None = None, amount_cents: int | None = None
) -> int:
    """Make the draft of a deposit: a whole number of hundredths of the price, or an amount without VAT.

    Returns the draft; what a person asks for is issued a little later. Invalid: all or nothing of the price. Conflict:
    not confirmed, held, free, shared, asked already, or of a public buyer, which pays after the service unless staff
    said why.
    """
    actor.must(Permission.INVOICES_PREPARE)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    async with acting(actor, "deposit.ask", ("booking", booking)):
        await lock_session(view.session)
        view = await bookings.booking_by_id(SYSTEM.scope, booking) or view
        early = await deposits.early(booking)
        assert early is not None  # noqa: S101 - its booking was there a moment ago
        check_deposit(early)
        await hold_current(view.organisation)
        cents = _cents(view.price_cents, percent, amount_cents)
        await lock_payers([view.organisation])
        on = await owing.ground([view])
        draft = await put_on_draft(owing.deposit_for(on, view, cents, percent), DocumentKind.DEPOSIT)
        await drafted([draft], by_person=actor.is_person)
    return draft


async def drop_deposit(actor: Actor, booking: int) -> None:
    """A deposit that nobody issued is not asked any more. Conflict: there is none, or it is issued."""
    actor.must(Permission.INVOICES_PREPARE)
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    if view is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    async with acting(actor, "deposit.drop", ("booking", booking)):
        await lock_session(view.session)
        count = "select count(*) from billable where booking = $1 and part = 'deposit'"
        before = await db.value(count, booking)
        await take_off([booking], parts=[BillablePart.DEPOSIT])
        if await db.value(count, booking) == before:
            raise Conflict(_("Il n’y a pas d’acompte à retirer, ou il est déjà émis."))


def _cents(price: int, percent: int | None, amount: int | None) -> int:
    if (percent is None) == (amount is None):
        raise Invalid(_("Indiquez un pourcentage ou un montant."), field="percent")
    if percent is not None:
        if not 1 <= percent <= 99:
            raise Invalid(_("Un acompte est de 1 à 99 % du prix."), field="percent")
        return percent_of(price, percent)
    assert amount is not None  # noqa: S101 - one of the two
    if not 0 < amount < price:
        words = _("Un acompte est de plus de zéro et de moins que le prix ({price}).")
        raise Invalid(words.format(price=euros(price)), field="amount")
    return amount
