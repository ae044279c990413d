"""What becomes of an invoice once it has left: each step on Chorus Pro, credit notes, and invoices made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from training.billing.actions import transmit
from training.billing.actions.credit import CreditWanted, credit, credit_and_reissue
from training.billing.actions.issue import issue
from training.billing.queries import credits as credit_queries
from training.billing.queries import invoices as billing
from training.billing.rules.payments import Way
from training.billing.rules.transmission import Status, TransmissionStep
from training.demo.events import Event, Town
from training.demo.ledger import due, invoice_of, receivable_of
from training.demo.payments import pay
from training.kernel import clock
from training.kernel.actor import SYSTEM
from training.kernel.clock import local
from training.papers.rules.references import References

S = Status
_SENT = ((2, S.DEPOSITED, ""), (6, S.AVAILABLE, ""))
# For the Saturdays: (days after the session, what the portal showed, what the buyer said).
_STEPS: dict[str, tuple[tuple[int, Status, str], ...]] = {
    "rejected": (*_SENT, (11, S.REJECTED, "Le bon de commande BC-4410 est soldé : celui à viser est le BC-4419.")),
    "paid": (*_SENT, (34, S.MANDATED, "")),
    "mandated": (*_SENT, (39, S.MANDATED, "")),
    "suspended": (*_SENT, (12, S.SUSPENDED, "Joindre la feuille d’émargement signée.")),
    "to-recycle": (*_SENT, (9, S.TO_RECYCLE, "L’engagement BC-0078 est inconnu de l’acheteur.")),
    "available-1": _SENT,
    "available-2": (*_SENT, (24, S.MANDATED, "")),
    "available-3": _SENT,
    "available-4": _SENT,
    "available-5": (*_SENT, (24, S.MANDATED, "")),
    "available-6": _SENT,
    "available-7": _SENT,
    "available-8": _SENT,
    "available-9": _SENT,
}
_REDONE, _PAID = 14, 36  # days after the session
_DEPOSITED_AGO = 20  # days before today: nothing was heard of that one since


def saturdays(town: Town, today: date, held: Mapping[str, datetime]) -> list[Event]:
    """The deposits of the Saturdays' invoices, each as far as its buyer took it."""

    def on(day: date, run: object) -> Event:
        return Event(clock.at(day, time(10, 40)), 7, run)  # type: ignore[arg-type]

    async def redone() -> None:
        invoice = await invoice_of(town.bookings["rejected"])
        if invoice is not None:
            await transmit.redo_rejected(SYSTEM, invoice, await _ordered(invoice, "BC-4419"))

    async def again() -> None:
        await deposit(town, "rejected")

    async def paid() -> None:
        await pay(town, "paid", Way.TRANSFER, None, "MANDAT 2214 CCAS")

    found = []
    for key, steps in _STEPS.items():
        for days, status, note in steps:
            found.append(on(_day(held, key, days), _step(town, key, status, note)))
    found.append(on(_day(held, "rejected", _REDONE), redone))
    found.append(on(_day(held, "rejected", _REDONE + 4), again))
    found.append(on(_day(held, "paid", _PAID), paid))
    found.append(on(today - timedelta(days=_DEPOSITED_AGO), _step(town, "deposited", S.DEPOSITED, "")))
    return found


def _day(held: Mapping[str, datetime], key: str, days: int) -> date:
    return local(held[key]).date() + timedelta(days=days)


def _step(town: Town, key: str, status: Status, note: str) -> object:
    async def run() -> None:
        await _record(town, key, status, clock.today(), note)

    return run


async def _record(town: Town, key: str, status: Status, on: date, note: str = "") -> None:
    invoice, receivable = await invoice_of(town.bookings[key]), await receivable_of(town.bookings[key])
    if invoice is not None and receivable is not None and await due(receivable):
        await transmit.record(SYSTEM, invoice, TransmissionStep(status, on, note=note))


async def deposit(town: Town, key: str) -> None:
    """Two steps that the office wrote down on one day: deposited two days ago, at the buyer's disposal today."""
    await _record(town, key, S.DEPOSITED, clock.today() - timedelta(days=2))
    await _record(town, key, S.AVAILABLE, clock.today())


async def mandate(town: Town, key: str) -> None:
    """The buyer has told its accountant to pay."""
    await _record(town, key, S.MANDATED, clock.today())


async def credit_some(town: Town, key: str) -> None:
    """A tenth of an invoice is taken back."""
    invoice = await invoice_of(town.bookings[key])
    if invoice is not None:
        line = (await credit_queries.creditable(invoice))[0]
        reason = "Matériel arrivé en retard : geste convenu au téléphone."
        await credit(SYSTEM, invoice, CreditWanted(reason=reason, lines={line.id: line.net_cents // 10}))


async def _ordered(invoice: int, order: str) -> References:
    view = await billing.invoice(SYSTEM.scope, invoice)
    assert view is not None  # noqa: S101 - its caller found it
    return replace(view.references, purchase_order=order)


async def replace_invoice(town: Town, key: str) -> None:
    """« Annule et remplace »: the payer wants its own order number on it."""
    invoice = await invoice_of(town.bookings[key])
    if invoice is not None:
        wanted = await _ordered(invoice, "CDE-0118")
        _note, draft = await credit_and_reissue(SYSTEM, invoice, "Numéro de commande oublié.", wanted)
        await issue(SYSTEM, draft)
