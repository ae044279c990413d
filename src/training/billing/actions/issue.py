"""Issue a draft: its number, its paper and XML, and the freeze, in one transaction or not at all."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from training.billing.documents import (
    DocumentKind,
    InvoiceDocument,
    Line,
    Party,
    Payment,
    breakdown,
    line,
    totals,
)
from training.billing.formats import facturx
from training.billing.queries import Draft, blockers, draft
from training.billing.rules.states import SERIES, InvoiceState
from training.billing.rules.terms import PaymentTerms, default_terms
from training.billing.rules.vat import VatRegime
from training.billing.tables import Invoice
from training.directory.queries import OrganisationView, PlatformView, the_platform
from training.directory.rules import Buyer
from training.kernel import db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, NotFound
from training.kernel.i18n import _
from training.records import queries as records
from training.records.actions import Document, Frozen, Numbered, acting, freeze, open_series


async def issue(actor: Actor, invoice: int) -> str:
    """Issue a draft invoice; returns its number. Conflict: already issued, or something is missing (in words)."""
    async with acting(actor, "invoice.issue", ("invoice", invoice)) as change:
        change.about("invoice", invoice, "state", "number")
        content = await _lock(invoice)
        if missing := await blockers(invoice):
            raise Conflict(" ".join(missing))
        platform = await the_platform()
        logo = None if platform.logo is None else await records.file(platform.logo)

        async def make(numbered: Numbered) -> Document:
            document = build(content, platform, numbered)
            # Typst frees the interpreter lock: other requests go on while the page is made
            paper, xml = await asyncio.to_thread(facturx.build, document, logo.content if logo else None)
            return Document(document.to_json(), paper, xml)

        key, prefix = SERIES[content.kind]
        await open_series(key, prefix)
        frozen = await freeze(key, ("invoice", invoice), make)
        await _mark(invoice, frozen, platform.payment_days)
        await outbox.put("invoice.issued", ("invoice", invoice))
    return frozen.number


async def _lock(invoice: int) -> Draft:
    state = await db.value("select state from invoice where id = $1 for update", invoice)
    if state is None:
        raise NotFound(_("Cette facture n’existe pas."))
    if state != InvoiceState.DRAFT:
        raise Conflict(_("Cette facture est déjà émise : elle ne change plus."))
    found = await draft(invoice)
    assert found is not None  # noqa: S101 - its row is locked
    return found


async def _mark(invoice: int, frozen: Frozen, payment_days: int) -> None:
    await Invoice.update(
        {
            Invoice.state: InvoiceState.ISSUED,
            Invoice.number: frozen.number,
            Invoice.issued_on: frozen.issued_on,
            Invoice.due_on: frozen.issued_on + timedelta(days=payment_days),
            Invoice.entry: frozen.entry,
        }
    ).where(Invoice.id == invoice)


def build(content: Draft, platform: PlatformView, numbered: Numbered) -> InvoiceDocument:
    """The document that is printed, transmitted and kept: everything copied, nothing referred to."""
    regime = VatRegime(content.vat_regime)
    lines: list[Line] = [
        line(
            item.description,
            unit_price_cents=item.unit_price_cents,
            regime=regime,
            quantity=item.quantity,
            unit="C62" if item.quantity > 1 else "LS",
            detail=item.detail,
        )
        for item in content.lines
    ]
    groups = breakdown(lines)
    kind = Buyer(content.payer.buyer)
    return InvoiceDocument(
        kind=DocumentKind(content.kind),
        number=numbered.number,
        issued_on=numbered.issued_on,
        due_on=numbered.issued_on + timedelta(days=platform.payment_days),
        service_from=min(item.served_from for item in content.lines),
        service_to=max(item.served_until for item in content.lines),
        seller=seller(platform),
        buyer=buyer(content.payer, content.billing_email),
        buyer_kind=kind,
        regime=regime,
        lines=tuple(lines),
        vat=groups,
        totals=totals(groups),
        terms=_terms(kind, platform),
        payment=Payment(iban=platform.iban, bic=platform.bic, account_name=platform.name),
        service_code=content.service_code or "",
        order_reference=content.purchase_order or "",
        booking=content.booking or "",
        accent=platform.accent,
    )


def seller(platform: PlatformView) -> Party:
    """The platform as documents carry it."""
    return Party(
        name=platform.name,
        legal_form=platform.legal_form,
        address=(platform.address,),
        postcode=platform.postcode,
        city=platform.city,
        siret=platform.siret,
        vat_number=platform.vat_number,
        contact=platform.contact_name,
        email=platform.email,
        phone=platform.phone,
        training_declaration=platform.activity_number or "",
    )


def buyer(organisation: OrganisationView, email: str | None) -> Party:
    """An organisation as documents carry it."""
    return Party(
        name=organisation.name,
        address=(organisation.address,),
        postcode=organisation.postcode,
        city=organisation.city,
        siret=organisation.siret,
        vat_number=organisation.vat_number,
        email=email,
    )


def _terms(kind: Buyer, platform: PlatformView) -> PaymentTerms:
    usual = default_terms(kind, platform.payment_days)
    own = {Buyer.PUBLIC: platform.late_terms_public, Buyer.PERSON: ""}.get(kind, platform.late_terms_private)
    return PaymentTerms(usual.due, own or usual.penalty, usual.recovery, usual.discount)
