"""A number that a draft lacks is asked of its client, who alone knows it; its answer is written on the draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from training.billing.actions.drafting import DraftRow, draft_like, keep_hours, lock_draft, lock_payers, tidy
from training.billing.queries.invoices import checks
from training.billing.rules import issuing
from training.billing.tables.invoices import Invoice
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.render import moment
from training.papers.rules.references import References, check_references
from training.records.actions.acting import acting

TWICE = timedelta(hours=12)  # a form sent twice, or two people of the office, make one mail


async def ask_missing(actor: Actor, invoice: int) -> None:
    """Ask the billing contact for what the draft lacks: SIRET, service or engagement.

    Conflict: nothing that a client could say is missing, nobody there is written to, or it was asked just before.
    """
    async with acting(actor, "invoice.ask", ("invoice", invoice)) as change:
        actor.must(Permission.INVOICES_PREPARE)
        change.about("invoice", invoice, "asked_at")
        draft = await lock_draft(invoice)
        found = await checks(invoice)
        if not issuing.askable(found):
            raise Conflict(_("Il ne manque rien que cette structure puisse dire."))
        if not issuing.may_be_asked(found):
            raise Conflict(_("Personne ne reçoit de courriel pour cette structure : ajoutez-lui un contact."))
        if draft.asked_at is not None and draft.asked_at > clock.now() - TWICE:
            raise Conflict(_("C’est déjà demandé, le {when}.").format(when=moment(draft.asked_at)))
        await Invoice.update({Invoice.asked_at: clock.now()}).where(Invoice.id == invoice)
        await outbox.put("invoice.lacking", ("invoice", invoice))


async def complete_facts(actor: Actor, invoice: int, answer: References) -> bool:
    """Write what the client said; an empty answer leaves what is known. Returns whether nothing is missing any more.

    Then the draft is as a fresh one: where the platform wants no look at it, it is issued, unless it was kept back or
    waits for its hour: its minutes were given for another mistake. Conflict: it is issued already.
    """
    async with acting(actor, "invoice.complete", ("invoice", invoice)) as change:
        await _ask(actor, invoice)
        check_references(answer)
        draft = await lock_draft(invoice)
        said = _said(draft, answer)
        if said:
            await change.edit(Invoice, invoice, said)
        whole = not issuing.said(await checks(invoice))
        if whole:
            await outbox.put("invoice.drafted", ("invoice", invoice))
    return whole


async def complete_booking(actor: Actor, invoice: int, booking: int, answer: References) -> bool:
    """The same, said of one booking: others on a grouped draft keep their own references.

    Its lines then go to the draft of that month which has the new ones: one service, one engagement an invoice.
    """
    async with acting(actor, "invoice.complete-booking", ("invoice", invoice)) as change:
        payer = await _ask(actor, invoice)
        check_references(answer)
        await lock_payers([payer])
        draft = await lock_draft(invoice)
        said = _said(draft, answer)
        others = "select exists (select from invoice_line where invoice = $1 and booking is distinct from $2)"
        if not said or not await db.value(others, invoice, booking):
            return await complete_facts(actor, invoice, answer)
        change.about("invoice", invoice, "lines")
        wanted = replace(draft, references=answer.over(draft.references), replaces=None, asked_at=None)
        target = await draft_like(wanted)
        await _move(booking, draft, target)
        if (target.issue_at, target.kept_back_at) != (draft.issue_at, draft.kept_back_at):
            await keep_hours([target.id], draft.issue_at, draft.kept_back_at)
        whole = not issuing.said(await checks(target.id))
        if whole:
            await outbox.put("invoice.drafted", ("invoice", target.id))
    return whole


async def _ask(actor: Actor, invoice: int) -> int:
    """Returns the payer."""
    payer = await db.value("select payer from invoice where id = $1", invoice)
    actor.must(Permission.INVOICES_COMPLETE, organisation=payer, link=("invoice", invoice))
    if payer is None:
        raise NotFound(_("Ce brouillon n’existe pas, ou plus."))
    return int(payer)


async def _move(booking: int, source: DraftRow, target: DraftRow) -> None:
    sql = """
        update invoice_line set invoice = $3, position = position + (
            select coalesce(max(position), 0)::integer from invoice_line where invoice = $3
        )
        where invoice = $2 and booking = $1
    """
    await db.execute(sql, booking, source.id, target.id)
    await tidy(source)
    await tidy(target)


def _said(draft: DraftRow, answer: References) -> dict[str, str]:
    """What the answer changes."""
    return {name: text for name, text in answer.given.items() if text != getattr(draft.references, name)}
