"""Drafts as the office looks at them, and how one would look on paper: nothing is numbered or kept here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

from training.billing.actions.issue import build
from training.billing.documents import invoice_paper
from training.billing.queries import drafts as waiting
from training.billing.queries import invoices as billing
from training.billing.queries.drafts import DraftListed
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.states import InvoiceState
from training.directory import queries as directory
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.records import queries as records
from training.records.actions import Numbered


@dataclass(frozen=True, slots=True)
class Ready:
    """How many drafts may be issued as they are, and for how much."""

    count: int
    cents: int


@dataclass(frozen=True, slots=True)
class ToIssue:
    """A page of drafts, and what of all of them is ready."""

    drafts: list[DraftListed]
    ready: Ready


async def to_issue(scope: Scope, *, after: tuple[date, int] | None = None, limit: int = 50) -> ToIssue:
    """The drafts from `after` on, with what all of them make together: they are read once."""
    found = await waiting.drafts(scope, limit=waiting.ALL)
    green = [d.invoice.gross_cents for d in found if d.green]
    beyond = [d for d in found if after is None or (d.invoice.served_until, d.invoice.place) < after]
    return ToIssue(beyond[:limit], Ready(len(green), sum(green)))


@dataclass(frozen=True, slots=True)
class OtherDraft:
    """Another draft that a line could go to."""

    id: int
    label: str
    gross_cents: int


async def other_drafts(draft: InvoiceView) -> list[OtherDraft]:
    """The drafts of the same payer that carry the same numbers and the same VAT."""
    return await db.rows(
        OtherDraft,
        """
        select i.id, l.description || ', ' || to_char(l.served_until, 'DD/MM/YYYY') as label, i.gross_cents
        from invoice i join invoice_line l on l.invoice = i.id and l.position = (
            select min(position) from invoice_line where invoice = i.id
        )
        where i.state = 'draft' and i.kind = 'invoice' and i.payer = $1 and i.id <> $2 and i.vat_regime = $3
          and i.service_code is not distinct from $4 and i.purchase_order is not distinct from $5
        order by l.served_until desc, i.id desc limit 50
        """,
        draft.payer,
        draft.id,
        draft.vat_regime,
        draft.service_code,
        draft.purchase_order,
    )


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
    return await asyncio.to_thread(invoice_paper.preview, document, logo.content if logo else None)
