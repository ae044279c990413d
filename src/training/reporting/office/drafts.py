"""Drafts as the office looks at them, and how one would look on paper: nothing is numbered or kept here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

from training.billing.actions.issue import build
from training.billing.documents import invoice_paper
from training.billing.queries import drafts as waiting
from training.billing.queries import invoices as billing
from training.billing.queries import refitting
from training.billing.queries.drafts import DraftListed, ToCredit, Unbilled
from training.billing.queries.invoices import InvoiceView, LineView
from training.billing.queries.refitting import ToSplit
from training.billing.rules.grouping import collecting
from training.billing.rules.issuing import Check, may_be_asked, may_issue
from training.billing.rules.states import DocumentKind, InvoiceState
from training.directory import queries as directory
from training.directory.queries import ContactView
from training.directory.rules.billing_facts import Service
from training.directory.rules.organisations import Buyer
from training.kernel import clock, db
from training.kernel.actor import Actor, Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.lines import BY_HAND
from training.records import queries as records
from training.records.actions.give_number import Numbered
from training.reporting.office.edits import EditShown, edits_of
from training.reporting.paging import cut

LACKING_MOST = 100  # drafts that lack something, shown at once: more are read when these are done


@dataclass(frozen=True, slots=True)
class Ready:
    """How many drafts may be issued as they are, and for how much."""

    count: int
    cents: int


@dataclass(frozen=True, slots=True)
class OfficeDrafts:
    """A page of drafts, and what of all of them is ready; on the first page also what nothing bills or takes back.

    `lacking`: those that cannot be issued yet, on the first page too; `more_lacking`: how many of them are not shown.
    `following`: the key of the last draft when there are more.
    """

    lacking: list[DraftListed]
    more_lacking: int
    drafts: list[DraftListed]
    following: tuple[date, int] | None
    ready: Ready
    to_credit: list[ToCredit]
    to_split: list[ToSplit]
    unbilled: list[Unbilled]
    may_issue: bool
    may_prepare: bool


async def drafts_page(actor: Actor, *, after: tuple[date, int] | None, limit: int) -> OfficeDrafts:
    """The drafts from `after` on, with what all of them make together: they are read once."""
    found = await waiting.drafts(actor.scope, limit=waiting.ALL)
    green = [d.invoice.gross_cents for d in found if d.green]
    lacking = [d for d in found if d.missing] if after is None else []
    whole = [d for d in found if not d.missing]
    beyond = [d for d in whole if after is None or (d.invoice.served_until, d.invoice.place) < after]
    shown, last = cut(beyond, limit)
    return OfficeDrafts(
        lacking[:LACKING_MOST],
        max(len(lacking) - LACKING_MOST, 0),
        shown,
        (last.invoice.served_until, last.invoice.place) if last else None,
        Ready(len(green), sum(green)),
        await _to_credit(actor.scope) if after is None else [],
        await refitting.to_split(actor.scope) if after is None else [],
        await waiting.unbilled(actor.scope) if after is None else [],
        actor.may(Permission.INVOICES_ISSUE),
        actor.may(Permission.INVOICES_PREPARE),
    )


async def _to_credit(scope: Scope) -> list[ToCredit]:
    """Of cancelled bookings and of those that gave seats back, the latest first."""
    found = [*await waiting.to_credit(scope), *await refitting.too_much(scope)]
    since = {c.booking: c.resized_at or c.cancelled_at for c in found}
    return sorted(found, key=lambda c: when.timestamp() if (when := since[c.booking]) else 0, reverse=True)


@dataclass(frozen=True, slots=True)
class OfficeDraft:
    """What the page of a draft shows. `ready`: every check is green; `services`: those of the payer that are in use."""

    invoice: InvoiceView
    lines: list[LineView]
    checks: list[Check]
    ready: bool
    collecting: bool
    public: bool
    contact: ContactView | None
    services: list[Service]
    editable: bool
    may_ask: bool
    may_issue: bool
    seen: int
    edits: list[EditShown]


async def draft_page(actor: Actor, invoice: int) -> OfficeDraft:
    """What the page of a draft shows: the same statements for any draft. NotFound when there is none."""
    seen = await records.last_change("invoice", invoice)
    view = await draft(actor.scope, invoice)
    checks = await billing.checks(view.id)
    editable = view.kind != DocumentKind.CREDIT_NOTE and actor.may(Permission.INVOICES_PREPARE)
    return OfficeDraft(
        invoice=view,
        lines=await billing.lines(view.id),
        checks=checks,
        ready=all(check.ok for check in checks),
        collecting=collecting(view.month, clock.today()),
        public=view.payer_buyer == Buyer.PUBLIC,
        contact=await directory.billing_contact(view.payer),
        services=[service for service in await directory.chorus_services(view.payer) if service.active],
        editable=editable,
        may_ask=editable and may_be_asked(checks),
        may_issue=may_issue(actor, view.state, checks),
        seen=seen,
        edits=await edits_of("invoice", invoice),
    )


async def draft(scope: Scope, invoice: int) -> InvoiceView:
    """An invoice or a draft of what the actor may see; NotFound when there is none."""
    view = await billing.invoice(scope, invoice)
    if view is None:
        raise NotFound(_("Ce brouillon n’existe pas, ou plus."))
    return view


@dataclass(frozen=True, slots=True)
class OtherDraft:
    """Another draft that a line could go to."""

    id: int
    label: str
    gross_cents: int


@dataclass(frozen=True, slots=True)
class OfficeDraftLine:
    """What the page of a draft's line shows. `alone`: the draft has no other; `others`: drafts that it could go to."""

    invoice: InvoiceView
    item: LineView
    by_hand: bool
    alone: bool
    others: list[OtherDraft]
    seen: int


async def line_page(scope: Scope, invoice: int, line: int) -> OfficeDraftLine:
    """What can be done to a line, in four statements; NotFound: there is no such line, or it is issued."""
    seen = await records.last_change("invoice", invoice)
    view = await draft(scope, invoice)
    item = next((each for each in await billing.lines(view.id) if each.id == line and view.number is None), None)
    if item is None:
        raise NotFound(_("Cette ligne n’existe pas, ou plus."))
    return OfficeDraftLine(view, item, item.kind in BY_HAND, view.line_count == 1, await _other_drafts(view), seen)


async def _other_drafts(draft: InvoiceView) -> list[OtherDraft]:
    """The drafts of the same payer that carry the same numbers and the same VAT."""
    return await db.rows(
        OtherDraft,
        """
        select i.id, l.description || ', ' || to_char(l.served_until, 'DD/MM/YYYY') as label, i.gross_cents
        from invoice i join invoice_line l on l.invoice = i.id and l.position = (
            select min(position) from invoice_line where invoice = i.id
        )
        where i.state = 'draft' and i.kind = 'invoice' and i.payer = $1 and i.id <> $2 and i.vat_regime = $3
          and i.purchase_order is not distinct from $4 and i.service_code is not distinct from $5
        order by l.served_until desc, i.id desc limit 50
        """,
        draft.payer,
        draft.id,
        draft.vat_regime,
        *draft.references.ordered.values(),
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
