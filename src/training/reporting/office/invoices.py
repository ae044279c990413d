"""Drafts with what each still lacks, and how a draft would look: nothing is numbered or kept here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

from training.billing.actions.issue import build
from training.billing.formats import facturx
from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.states import InvoiceState
from training.directory import queries as directory
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.records import queries as records
from training.records.actions import Numbered


@dataclass(frozen=True, slots=True)
class DraftListed:
    """A draft, and in words what keeps it from being issued (nothing, when it may go)."""

    invoice: InvoiceView
    missing: tuple[str, ...]


async def drafts(scope: Scope, *, after: tuple[date, int] | None = None, limit: int = 50) -> list[DraftListed]:
    """The drafts, with what each lacks, in four statements however many there are."""
    found = await billing.invoices(scope, state=InvoiceState.DRAFT, after=after, limit=limit)
    if not found:
        return []
    platform = await directory.the_platform()
    payers = {o.id: o for o in await directory.organisations(sorted({i.payer for i in found}))}
    sql = "select distinct organisation from contact where active and organisation = any($1)"
    written_to = {record["organisation"] for record in await db.connection().fetch(sql, list(payers))}
    return [
        DraftListed(i, tuple(billing.lacking(platform, payers[i.payer], reached=i.payer in written_to))) for i in found
    ]


async def preview(scope: Scope, invoice: int) -> bytes | None:
    """The page a draft would become, marked as a draft on every page; None when there is no such draft."""
    view = await billing.invoice(scope, invoice)
    if view is None or view.state != InvoiceState.DRAFT:
        return None
    content = await billing.draft(invoice)
    assert content is not None  # noqa: S101 - it was there a moment ago, and drafts are not deleted
    platform = await directory.the_platform()
    logo = None if platform.logo is None else await records.file(platform.logo)
    document = build(content, platform, Numbered("", clock.today()))
    return await asyncio.to_thread(facturx.preview, document, logo.content if logo else None)
