"""Issue a draft: its number, its paper and XML, and the freeze, in one transaction or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta

from training.billing.actions.periods import check_open
from training.billing.actions.receivables import NewReceivable, open_receivables
from training.billing.actions.settle import NewPayment, record_payment
from training.billing.documents.invoice import InvoiceDocument, PaymentMeans, as_credit_of
from training.billing.formats import facturx
from training.billing.queries.invoices import Draft, LineView, checks, draft
from training.billing.rules import issuing
from training.billing.rules.payments import Way
from training.billing.rules.states import PREFIXES, SERIES_OF, DocumentKind, InvoiceState
from training.billing.rules.terms import PaymentTerms, default_terms, is_professional
from training.billing.tables.invoices import Invoice
from training.directory.queries import PlatformView, the_platform
from training.directory.rules.organisations import Buyer
from training.kernel import db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.documents.party import buyer, seller
from training.papers.rules.totals import Line, breakdown, line, totals, with_vat
from training.papers.rules.vat import VatRegime
from training.records import queries as records
from training.records.actions.acting import acting
from training.records.actions.give_number import Document, Frozen, Numbered, freeze, open_series


async def issue(actor: Actor, invoice: int) -> str:
    """Issue a draft invoice or credit note; returns its number.

    Conflict: already issued, or something is missing (in words). Invalid: its day is of a closed period.
    """
    async with acting(actor, "invoice.issue", ("invoice", invoice)) as change:
        actor.must(Permission.INVOICES_ISSUE)
        change.about("invoice", invoice, "state", "number")
        content = await _lock(invoice)
        corrected = await _lock_corrected(content)
        platform = await the_platform()
        logo = None if platform.logo is None else await records.file(platform.logo)

        async def make(numbered: Numbered) -> Document:
            await check_open(numbered.issued_on)
            document = build(content, platform, numbered)
            # Typst frees the interpreter lock: other requests go on while the page is made
            paper, xml = await asyncio.to_thread(facturx.build, document, logo.content if logo else None)
            return Document(document.to_json(), paper, xml)

        series = SERIES_OF[content.kind]
        await open_series(series, PREFIXES[series])
        frozen = await freeze(series, ("invoice", invoice), make)
        due_on = frozen.issued_on + timedelta(days=_days(content, platform))
        await _mark(invoice, frozen, None if content.kind == DocumentKind.CREDIT_NOTE else due_on)
        await _book(actor, content, frozen, due_on, corrected)
        await outbox.put("invoice.issued", ("invoice", invoice))
    return frozen.number


async def _lock(invoice: int) -> Draft:
    state = await db.value("select state from invoice where id = $1 for update", invoice)
    if state is None:
        raise NotFound(_("Cette facture n’existe pas."))
    issuing.check_issue(InvoiceState(state), await checks(invoice) if state == InvoiceState.DRAFT else ())
    found = await draft(invoice)
    assert found is not None  # noqa: S101 - its row is locked
    return found


@dataclass(frozen=True, slots=True)
class _Corrected:
    """The receivable of the invoice that a credit note corrects, and what is still due of it."""

    id: int
    due_cents: int


async def _lock_corrected(content: Draft) -> _Corrected | None:
    """Before the counter, which comes last: what is locked after it would be waited for by everybody who issues."""
    if content.kind != DocumentKind.CREDIT_NOTE or content.corrects is None:
        return None
    sql = "select id, gross_cents - settled_cents as due_cents from receivable where number = $1 for update"
    return await db.row(_Corrected, sql, content.corrects.number)


def _days(content: Draft, platform: PlatformView) -> int:
    own = content.payer.payment_days
    return platform.payment_days if own is None else own


async def _mark(invoice: int, frozen: Frozen, due_on: date | None) -> None:
    await Invoice.update(
        {
            Invoice.state: InvoiceState.ISSUED,
            Invoice.number: frozen.number,
            Invoice.issued_on: frozen.issued_on,
            Invoice.due_on: due_on,
            Invoice.entry: frozen.entry,
        }
    ).where(Invoice.id == invoice)


async def _book(actor: Actor, content: Draft, frozen: Frozen, due_on: date, corrected: _Corrected | None) -> None:
    """What the issue makes owed; a credit note settles what is still due of the invoice that it corrects."""
    if content.kind != DocumentKind.CREDIT_NOTE:
        public = content.payer.buyer == Buyer.PUBLIC  # its delay runs from the day it is made available
        owed = NewReceivable(
            invoice=content.id,
            number=frozen.number,
            payer=content.payer.id,
            issued_on=frozen.issued_on,
            due_on=None if public else due_on,
            gross_cents=content.gross_cents,
        )
        await open_receivables([owed])
        return
    if not content.gross_cents:
        return
    settles = {}
    if corrected is not None and corrected.due_cents:
        settles[corrected.id] = min(corrected.due_cents, content.gross_cents)
    credit = NewPayment(
        way=Way.CREDIT_NOTE,
        amount_cents=content.gross_cents,
        received_on=frozen.issued_on,
        payer=content.payer.id,
        reference=frozen.number,
        credit_note=content.id,
    )
    await record_payment(actor, credit, settles)


def build(content: Draft, platform: PlatformView, numbered: Numbered) -> InvoiceDocument:
    """The document that is printed, transmitted and kept: everything copied, nothing referred to."""
    regime = content.vat_regime
    lines = [_line(item, regime) for item in content.lines]
    groups = breakdown(lines)
    if content.corrected is not None:
        groups = with_vat(groups, content.vat_cents)
    kind, days = content.payer.buyer, _days(content, platform)
    registered = content.payer.siret or content.payer.vat_number
    document = InvoiceDocument(
        kind=content.kind,
        number=numbered.number,
        issued_on=numbered.issued_on,
        due_on=numbered.issued_on + timedelta(days=days),
        service_from=min(item.served_from for item in content.lines),
        service_to=max(item.served_until for item in content.lines),
        seller=seller(platform),
        buyer=buyer(content.payer, content.billing_email),
        buyer_kind=kind,
        buyer_taxable=content.payer.taxable,
        regime=regime,
        lines=tuple(lines),
        vat=groups,
        totals=totals(groups),
        terms=_terms(kind, platform, days, professional=is_professional(kind, registered)),
        payment=PaymentMeans(iban=platform.iban, bic=platform.bic, account_name=platform.name),
        service_code=content.references.service_code or "",
        order_reference=content.references.purchase_order or "",
        contract_reference=content.references.contract_reference or "",
        earlier=content.corrects or content.replaces,
        cancelled_by=tuple(content.cancelled_by),
        deposits=tuple(content.deposits),
        subject=content.subject,
        booking=content.booking or "",
        vat_on_debits=platform.vat_on_debits,
        accent=platform.accent,
        session=content.session,
    )
    return document if content.corrected is None else as_credit_of(content.corrected, document, content.reason or "")


def _line(item: LineView, regime: VatRegime) -> Line:
    return line(
        item.description,
        unit_price_cents=item.unit_price_cents,
        regime=regime,
        quantity=str(item.quantity),
        unit=item.unit,
        detail=item.detail,
    )


def _terms(kind: Buyer, platform: PlatformView, days: int, *, professional: bool) -> PaymentTerms:
    usual = default_terms(kind, days, professional=professional)
    if not professional:
        return usual
    own = {Buyer.PUBLIC: platform.late_terms_public, Buyer.PERSON: ""}.get(kind, platform.late_terms_private)
    return PaymentTerms(usual.due, own or usual.penalty, usual.recovery, usual.discount)
