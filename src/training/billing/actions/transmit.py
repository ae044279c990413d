"""What a person saw of an invoice on Chorus Pro, written down step by step; nothing is sent from here.

Locks: the invoice, then its receivable. Steps are only added: a wrong one is taken back by a further one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from training.billing.actions.credit import credit_and_reissue
from training.billing.actions.issue import issue
from training.billing.queries.credits import stands
from training.billing.queries.invoices import blockers
from training.billing.rules import transmission as rules
from training.billing.rules.states import InvoiceState
from training.billing.rules.transmission import STATUSES, Channel, Status, TransmissionStep
from training.billing.tables.receivables import Receivable
from training.billing.tables.transmissions import Transmission
from training.directory.rules.organisations import Buyer
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.references import References
from training.records.actions.acting import acting


async def record(actor: Actor, invoice: int, step: TransmissionStep) -> None:
    """Write where a deposit stands now. The invoice itself, its number and its bytes do not change.

    Conflict: a move that is none, or not an issued invoice of a public buyer. Invalid: a day or a fact that cannot be.
    """
    async with acting(actor, "invoice.transmit", ("invoice", invoice)) as change:
        actor.must(Permission.INVOICES_TRANSMIT)
        change.about("invoice", invoice, "transmission")
        found = await _lock(invoice)
        steps = await _steps(invoice)
        good = rules.check_step(
            steps, step, issued_on=found.issued_on, today=clock.today(), paid=found.paid, credit_note=found.credit_note
        )
        await _write(invoice, good)
        await _set_due(found, [*steps, good])


async def undo(actor: Actor, invoice: int, note: str = "") -> None:
    """Take the last step back: it was a mistake. It stays in the history. Conflict: there is none, or all is paid."""
    async with acting(actor, "invoice.undo-transmission", ("invoice", invoice)) as change:
        actor.must(Permission.INVOICES_TRANSMIT)
        change.about("invoice", invoice, "transmission")
        found = await _lock(invoice)
        steps = await _steps(invoice)
        rules.check_undo(steps, paid=found.paid)
        held = rules.standing(steps)
        words = _("« {name} » était une erreur.").format(name=_(STATUSES[held[-1].status].name))
        before = held[-2] if len(held) > 1 else TransmissionStep(Status.TO_DEPOSIT, found.issued_on)
        back = TransmissionStep(
            before.status, before.happened_on, before.reference, f"{words} {note.strip()}".strip()[:400]
        )
        await _write(invoice, back)
        await _set_due(found, [*steps, back])


@dataclass(frozen=True, slots=True)
class Redone:
    """What replaces a rejected invoice. `number` None: the new one lacks something, and waits as a draft."""

    credit_note: str
    draft: int
    number: str | None


async def redo_rejected(actor: Actor, invoice: int, corrected: References | None = None) -> Redone:
    """Cancel a rejected invoice by a credit note and make it again under a new number, with what was put right.

    Conflict: the buyer has not rejected it, or it was made again already.
    """
    async with acting(actor, "invoice.redo-rejected", ("invoice", invoice)) as change:
        actor.must(Permission.INVOICES_TRANSMIT)
        change.about("invoice", invoice, "transmission")
        found, steps = await _lock(invoice), await _steps(invoice)
        rules.check_redo(steps, await stands(invoice), paid=found.paid)
        why = rules.standing(steps)[-1].note
        credit_note, draft = await credit_and_reissue(actor, invoice, why, corrected)
        whole = actor.may(Permission.INVOICES_ISSUE) and not await blockers(draft)
        return Redone(credit_note, draft, await issue(actor, draft) if whole else None)


@dataclass(frozen=True, slots=True)
class _Locked:
    id: int
    issued_on: date
    buyer: Buyer
    days: int | None  # that its paper gives to pay; a credit note gives none
    served_until: date
    receivable: int | None
    paid: bool
    credit_note: bool
    corrected: Status | None  # how far the invoice came that a credit note takes back


async def _lock(invoice: int) -> _Locked:
    state = await db.value("select state from invoice where id = $1 for update", invoice)
    if state is None:
        raise NotFound(_("Cette facture n’existe pas."))
    found = await db.row(
        _Locked,
        """
        select i.id, i.issued_on, o.buyer, i.due_on - i.issued_on as days,
               (select max(served_until) from invoice_line where invoice = i.id) as served_until,
               r.id as receivable, r.gross_cents = r.settled_cents as paid, i.kind = 'credit_note' as credit_note, (
                   select status from transmission where invoice = i.corrects and channel = $2 order by id desc limit 1
               ) as corrected
        from invoice i join organisation o on o.id = i.payer
        left join receivable r on r.invoice = i.id where i.id = $1
        """,
        invoice,
        Channel.CHORUS_PORTAL,
    )
    assert found is not None  # noqa: S101 - its row is locked
    has_place = rules.needs_deposit(found.buyer, credit_note=found.credit_note, corrected=found.corrected)
    rules.check_followed(InvoiceState(state), found.buyer, has_place=has_place)
    return found


async def _steps(invoice: int) -> list[TransmissionStep]:
    sql = """
        select status, happened_on, reference, note, siret, service_code, purchase_order
        from transmission where invoice = $1 and channel = $2 order by id
    """
    return await db.rows(TransmissionStep, sql, invoice, Channel.CHORUS_PORTAL)


async def _write(invoice: int, step: TransmissionStep) -> None:
    await Transmission.insert(
        Transmission(
            invoice=invoice,
            channel=Channel.CHORUS_PORTAL,
            status=step.status,
            happened_on=step.happened_on,
            reference=step.reference,
            note=step.note,
            siret=step.siret,
            **step.references.ordered,
            created_at=clock.now(),
        )
    )


async def _set_due(found: _Locked, steps: list[TransmissionStep]) -> None:
    """Since when it is late follows from the steps; a credit note owes nothing."""
    if found.receivable is None or found.days is None:
        return
    due = rules.due_on(steps, served_until=found.served_until, days=found.days)
    await Receivable.update({Receivable.due_on: due}).where(Receivable.id == found.receivable)
