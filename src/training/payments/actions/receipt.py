"""A payment that came in: its receipt, numbered and frozen, once. A transfer has none: the bank's own words are one."""

from __future__ import annotations

import asyncio

from training.billing.rules.payments import Way
from training.billing.rules.states import PREFIXES, BillingSeries
from training.directory import queries as directory
from training.directory.queries import PlatformView
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.papers.documents.party import Party, buyer, seller
from training.payments import documents
from training.payments.documents import ReceiptDocument
from training.payments.queries import receipts as queries
from training.payments.queries.receipts import Received
from training.payments.tables.checkouts import Receipt
from training.records import queries as records
from training.records.actions.acting import acting
from training.records.actions.give_number import Document, Numbered, freeze, open_series

RECEIPTED = frozenset({Way.CHEQUE, Way.CASH, Way.CARD, Way.SEPA})


async def make_receipt(actor: Actor, payment: int) -> None:
    """Make the receipt of a payment by cheque, cash, card or debit; run twice it does nothing more.

    A payment of nobody knows whom waits: there is nobody to name on it.
    """
    async with acting(actor, "receipt.make", ("payment", payment)) as change:
        actor.must(Permission.PLATFORM_RUN)
        await db.value("select id from payment where id = $1 for update", payment)
        money = await queries.received(payment)
        if money is None or money.way not in RECEIPTED or not (money.payer or money.payer_name):
            return
        if await db.value("select exists (select from receipt where payment = $1)", payment):
            return
        platform = await directory.the_platform()
        logo = None if platform.logo is None else await records.file(platform.logo)

        async def make(numbered: Numbered) -> Document:
            document = await _document(money, platform, numbered)
            paper = await asyncio.to_thread(documents.build, document, logo.content if logo else None)
            return Document(document.to_json(), paper)

        await open_series(BillingSeries.RECEIPT, PREFIXES[BillingSeries.RECEIPT])
        frozen = await freeze(BillingSeries.RECEIPT, ("payment", payment), make)
        made = await Receipt.insert(Receipt(payment=payment, entry=frozen.entry, created_at=clock.now())).returning(
            Receipt.id
        )
        receipt = int(made[0]["id"])
        change.about("receipt", receipt)
        await outbox.put("receipt.made", ("receipt", receipt))


async def _document(money: Received, platform: PlatformView, numbered: Numbered) -> ReceiptDocument:
    return ReceiptDocument(
        number=numbered.number,
        issued_on=numbered.issued_on,
        received_on=money.received_on,
        seller=seller(platform),
        payer=await _payer(money),
        way=money.way,
        reference=money.reference if money.way == Way.CHEQUE else "",  # of others it is a machine's, and tells nothing
        amount_cents=money.amount_cents,
        settled=tuple(await queries.settled_by(money.id)),
        left_cents=money.left_cents,
        accent=platform.accent,
    )


async def _payer(money: Received) -> Party:
    organisation = None if money.payer is None else await directory.organisation(money.payer)
    return Party(name=money.payer_name) if organisation is None else buyer(organisation, None)
