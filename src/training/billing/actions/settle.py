"""Money in: a payment is recorded, settles what is owed, is taken back, refunded; or what is owed is written off.

Locks: receivables, then the payment, each by id. The sums and their bounds are the database's own (`settlement`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from training.billing.actions.periods import check_day
from training.billing.rules.payments import SettlementKind, Way, check_amount
from training.billing.tables.receivables import Payment, Settlement
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.records.actions.acting import acting

db.refuse(
    "receivable_settled_within_gross",
    lambda: Conflict(_("Cette facture serait réglée deux fois : rien n’a été enregistré."), field="amount"),
)
db.refuse(
    "payment_used_within_amount",
    lambda: Conflict(_("Ce règlement serait compté deux fois : rien n’a été enregistré."), field="amount"),
)
db.refuse("payment_request_key_once", lambda: Conflict(_("Ce règlement est déjà enregistré.")))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPayment:
    """Money as it came. `payer` None: nobody knows yet whose it is. `reference`: cheque number, transfer's words.

    `request_key`: the form's own; the same key twice is one payment.
    """

    way: Way
    amount_cents: int
    received_on: date
    payer: int | None = None
    payer_name: str = ""
    reference: str = ""
    note: str = ""
    credit_note: int | None = None
    request_key: str | None = None


async def record_payment(actor: Actor, new: NewPayment, settles: Mapping[int, int] | None = None) -> int:
    """Record money that came in; `settles` gives receivable → cents. What is left over stays the payer's credit.

    Returns the payment's id. Invalid: an amount or a day that cannot be. Conflict: more than what is due.
    """
    actor.must(Permission.INVOICES_ISSUE if new.way == Way.CREDIT_NOTE else Permission.PAYMENTS_RECORD)
    if new.amount_cents <= 0:
        raise Invalid(_("Un règlement est de plus de zéro euro."), field="amount")
    if new.way != Way.CREDIT_NOTE:  # its day is its number's, which may be to come when the clock was set back
        await check_day(new.received_on)
    async with acting(actor, "payment.record") as change:
        owed = await _lock_receivables(settles or {})
        if new.request_key and (known := await db.value(_BY_REQUEST, new.request_key)):
            change.about("payment", int(known))
            return int(known)
        made = await Payment.insert(
            Payment(
                way=new.way,
                payer=new.payer,
                payer_name=new.payer_name,
                received_on=new.received_on,
                amount_cents=new.amount_cents,
                reference=new.reference,
                note=new.note,
                credit_note=new.credit_note,
                request_key=new.request_key,
                created_at=clock.now(),
            )
        ).returning(Payment.id)
        payment = int(made[0]["id"])
        change.about("payment", payment)
        await _settle(payment, new.amount_cents, settles or {}, owed, new.received_on)
        if new.way != Way.CREDIT_NOTE:
            await outbox.put("payment.received", ("payment", payment))
    return payment


_BY_REQUEST = "select id from payment where request_key = $1"


async def settle(actor: Actor, payment: int, settles: Mapping[int, int]) -> None:
    """Use what is left of a payment for further receivables (id → cents). Conflict: more than is left, or is due."""
    async with acting(actor, "payment.settle", ("payment", payment)) as change:
        actor.must(Permission.PAYMENTS_RECORD)
        change.about("payment", payment, "used_cents")
        owed = await _lock_receivables(settles)
        row = await _lock_payment(payment)
        await _settle(payment, row.left_cents, settles, owed, clock.today())


async def take_back(actor: Actor, payment: int, receivable: int, reason: str, cents: int | None = None) -> None:
    """Undo what a payment settled of a receivable (all of it, or `cents`): the wrong invoice, or money that went away.

    Conflict: it settled less than that.
    """
    actor.must(Permission.PAYMENTS_RECORD)
    _explained(reason)
    async with acting(actor, "payment.take-back", ("payment", payment)) as change:
        change.about("payment", payment, "used_cents")
        await _lock_receivables({receivable: 0})
        await _lock_payment(payment)
        sql = "select coalesce(sum(amount_cents), 0)::bigint from settlement where payment = $1 and receivable = $2"
        settled = int(await db.value(sql, payment, receivable))
        wanted = settled if cents is None else cents
        if not 0 < wanted <= settled:
            words = _("Ce règlement n’a réglé que {amount} de cette facture.")
            raise Conflict(words.format(amount=euros(settled)), field="amount")
        await _write(SettlementKind.REVERSAL, payment, receivable, -wanted, clock.today(), reason)


async def refund(actor: Actor, payment: int, cents: int, on: date, reason: str) -> None:
    """Money given back, out of what is left of a payment. Conflict: less is left."""
    actor.must(Permission.PAYMENTS_RECORD)
    _explained(reason)
    await check_day(on)
    async with acting(actor, "payment.refund", ("payment", payment)) as change:
        change.about("payment", payment, "used_cents")
        row = await _lock_payment(payment)
        if not 0 < cents <= row.left_cents:
            words = _("Il reste {amount} de ce règlement à rembourser.")
            raise Conflict(words.format(amount=euros(row.left_cents)), field="amount")
        await _write(SettlementKind.REFUND, payment, None, cents, on, reason)


async def return_refund(actor: Actor, payment: int, cents: int, reason: str) -> None:
    """A refund that did not hold, or a dispute that was won: the money is ours again, and left of its payment.

    Conflict: less was refunded.
    """
    actor.must(Permission.PAYMENTS_RECORD)
    _explained(reason)
    async with acting(actor, "payment.return-refund", ("payment", payment)) as change:
        change.about("payment", payment, "used_cents")
        await _lock_payment(payment)
        sql = "select coalesce(sum(amount_cents), 0)::bigint from settlement where payment = $1 and kind = 'refund'"
        refunded = int(await db.value(sql, payment))
        if not 0 < cents <= refunded:
            words = _("De ce règlement, seuls {amount} ont été remboursés.")
            raise Conflict(words.format(amount=euros(refunded)), field="amount")
        await _write(SettlementKind.REFUND, payment, None, -cents, clock.today(), reason)


async def write_off(actor: Actor, receivable: int, cents: int, reason: str) -> None:
    """Give up what will not be paid. Forbidden to whoever does not keep the accounts. Conflict: less is due."""
    actor.must(Permission.PAYMENTS_WRITE_OFF)
    _explained(reason)
    async with acting(actor, "receivable.write-off", ("receivable", receivable)) as change:
        change.about("receivable", receivable, "settled_cents")
        owed = await _lock_receivables({receivable: cents})
        _check_amounts({receivable: cents}, owed)
        await _write(SettlementKind.WRITE_OFF, None, receivable, cents, clock.today(), reason)


@dataclass(frozen=True, slots=True)
class _Owed:
    id: int
    number: str
    due_cents: int


@dataclass(frozen=True, slots=True)
class _Left:
    id: int
    left_cents: int


async def _lock_receivables(settles: Mapping[int, int]) -> dict[int, _Owed]:
    sql = """
        select id, number, gross_cents - settled_cents as due_cents from receivable
        where id = any($1) order by id for update
    """
    owed = {row.id: row for row in await db.rows(_Owed, sql, sorted(settles))}
    if owed.keys() != settles.keys():
        raise NotFound(_("Cette facture n’existe pas."))
    return owed


async def _lock_payment(payment: int) -> _Left:
    sql = "select id, amount_cents - used_cents as left_cents from payment where id = $1 for update"
    row = await db.row(_Left, sql, payment)
    if row is None:
        raise NotFound(_("Ce règlement n’existe pas."))
    return row


def _check_amounts(settles: Mapping[int, int], owed: Mapping[int, _Owed]) -> None:
    for receivable, cents in settles.items():
        check_amount(owed[receivable].number, cents, owed[receivable].due_cents)


async def _settle(
    payment: int, left_cents: int, settles: Mapping[int, int], owed: Mapping[int, _Owed], on: date
) -> None:
    _check_amounts(settles, owed)
    if sum(settles.values()) > left_cents:
        words = _("Ce règlement ne couvre pas tout : il en reste {left}.")
        raise Conflict(words.format(left=euros(left_cents)), field="amount")
    for receivable, cents in sorted(settles.items()):
        await _write(SettlementKind.PAYMENT, payment, receivable, cents, on)


async def _write(
    kind: SettlementKind, payment: int | None, receivable: int | None, cents: int, on: date, reason: str = ""
) -> None:
    await Settlement.insert(
        Settlement(
            kind=kind,
            payment=payment,
            receivable=receivable,
            amount_cents=cents,
            settled_on=on,
            reason=reason.strip(),
            created_at=clock.now(),
        )
    )


def _explained(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Donnez le motif : il reste dans l’historique."), field="reason")
