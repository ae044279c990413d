"""Issued invoices as the office's pages show them: the list, and one with all that became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from training.billing.queries import credits as crediting
from training.billing.queries import invoices as billing
from training.billing.queries import transmissions
from training.billing.queries.credits import CreditNoteView, Replacement
from training.billing.queries.invoices import InvoiceNarrowing, InvoiceView, LineView
from training.billing.queries.transmissions import ChannelStanding, StepView
from training.billing.rules.crediting import Stands, may_credit, may_replace
from training.billing.rules.payments import may_record, may_write_off
from training.billing.rules.states import InvoiceState
from training.billing.rules.transmission import may_follow, may_redo
from training.directory import queries as directory
from training.kernel import clock
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.messages.queries import MailListed
from training.payments.queries import receivables
from training.payments.queries.receivables import PaymentView, ReceivableView, SettlementView
from training.reporting.invoice_stop import InvoiceStop
from training.reporting.office.invoice_stops import stops_of
from training.reporting.office.mails import mails_about
from training.reporting.office.reminders import Reminding, reminding
from training.reporting.office.trail import fingerprint
from training.reporting.paging import cut

P = Permission


@dataclass(frozen=True, slots=True)
class OfficeInvoices:
    """A page of the list. `following`: the key of its last one when there are more."""

    invoices: list[InvoiceView]
    following: tuple[date, int] | None


async def invoices_page(
    scope: Scope, *, search: str, standing: InvoiceNarrowing, after: tuple[date, int] | None, limit: int
) -> OfficeInvoices:
    """What the page of issued invoices shows, in one statement."""
    found = await billing.invoices(scope, search=search, standing=standing, after=after, limit=limit + 1)
    shown, last = cut(found, limit)
    return OfficeInvoices(shown, (last.issued_on, last.place) if last and last.issued_on else None)


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt to hand the invoice over: a step that a person saw on the portal, or a mail."""

    day: date
    step: StepView | None = None
    mail: MailListed | None = None


@dataclass(frozen=True, slots=True)
class ChannelPart:
    """How the invoice goes to its buyer: where it stands (Chorus Pro alone), and all that was tried."""

    public: bool
    standing: ChannelStanding | None
    tried: list[Tried]
    may: bool
    may_redo: bool
    may_renew: bool
    to_print: bool  # nobody there has a mail address: it is handed over, or posted


@dataclass(frozen=True, slots=True)
class PaymentsPart:
    """What is due, what came in, and what the payer has left of earlier payments."""

    receivable: ReceivableView
    settlements: list[SettlementView]
    credits: list[PaymentView]
    may_record: bool
    may_write_off: bool


@dataclass(frozen=True, slots=True)
class CreditNotesPart:
    """The credit notes of the invoice, and what has taken its place."""

    notes: Sequence[CreditNoteView]
    replacement: Replacement | None
    may_credit: bool
    may_replace: bool


@dataclass(frozen=True, slots=True)
class OfficeInvoice:
    """What the page of an invoice shows. `fingerprint`: the SHA-256 of its paper, as the audit trail keeps it."""

    invoice: InvoiceView
    stops: list[InvoiceStop]  # none of what makes nobody owe
    lines: list[LineView]
    transmissions: ChannelPart | None
    payments: PaymentsPart | None
    reminders: Reminding | None
    credit_notes: CreditNotesPart
    fingerprint: str | None


async def invoice_page(actor: Actor, number: str) -> OfficeInvoice:
    """What the page of an invoice shows; as many statements for any invoice. NotFound when there is none."""
    view = await invoice(actor.scope, number)
    now = await crediting.stands(view.id)
    channel = await _channel(actor, view, now)
    return OfficeInvoice(
        invoice=view,
        stops=_stops(view, channel),
        lines=await billing.lines(view.id),
        transmissions=channel,
        payments=await _payments(actor, view),
        reminders=None if view.receivable is None else await reminding(actor, view.receivable),
        credit_notes=await _credit_notes(actor, view, now),
        fingerprint=await fingerprint(view),
    )


def _stops(view: InvoiceView, channel: ChannelPart | None) -> list[InvoiceStop]:
    if channel is None or view.receivable is None:
        return []
    return stops_of(view, channel.standing, [(one.mail.state, one.day) for one in channel.tried if one.mail])


async def invoice(scope: Scope, number: str) -> InvoiceView:
    """The invoice alone, as what is done to it needs it; NotFound when there is none."""
    view = await billing.invoice_by_number(scope, number)
    if view is None:
        raise NotFound(_("Cette facture n’existe pas."))
    return view


async def _channel(actor: Actor, view: InvoiceView, now: Stands) -> ChannelPart | None:
    """Nothing of a draft."""
    if view.state != InvoiceState.ISSUED:
        return None
    public = await transmissions.goes_there(view)
    steps = await transmissions.steps(view.id) if public else []
    standing = transmissions.standing(view, [written.step for written in steps]) if public else None
    mails = await mails_about(("invoice", view.id)) if actor.may(P.MAILS_SEE) else []
    tried = [Tried(clock.local(mail.sent_at or mail.created_at).date(), mail=mail) for mail in mails]
    tried += [Tried(clock.local(step.created_at).date() if step.undone else step.happened_on, step) for step in steps]
    may = may_follow(actor, view.state, view.payer_buyer, has_place=public)
    kept = [written.step for written in steps]
    redo = may_redo(actor, kept, now, paid=view.paid)
    tried.sort(key=lambda one: one.day)
    silent = not mails and not public and await directory.billing_contact(view.payer) is None
    return ChannelPart(public, standing, tried, may, redo, actor.may(P.INVOICES_ISSUE), silent)


async def mailed(number: str) -> bool:
    """Whether an issued paper is on its way to somebody: who pays it has an address there."""
    view = await billing.invoice_by_number(SYSTEM.scope, number)
    return view is not None and await directory.billing_contact(view.payer) is not None


async def _payments(actor: Actor, view: InvoiceView) -> PaymentsPart | None:
    """Nothing for what makes nobody owe."""
    owed = None if view.receivable is None else await receivables.receivable(view.receivable)
    if owed is None:
        return None
    may = actor.may(P.PAYMENTS_RECORD)
    return PaymentsPart(
        owed,
        await receivables.settlements_of(owed.id) if owed.settled_cents or not owed.due_cents else [],
        await receivables.unused(owed.payer) if may and owed.due_cents else [],
        may_record(actor, owed.due_cents),
        may_write_off(actor, owed.due_cents),
    )


async def _credit_notes(actor: Actor, view: InvoiceView, now: Stands) -> CreditNotesPart:
    return CreditNotesPart(
        await crediting.credit_notes(actor.scope, view.id),
        await crediting.replacement(view.id),
        may_credit(actor, now.state, now.kind, now.left_cents),
        may_replace(actor, now),
    )
