"""Take an issued invoice back, in whole or in part: its credit note, made and issued at once; or that and a new draft.

Locks: the sessions of what is on it, the invoice, its billables, the counter (by `issue`). An issued one never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from training.billing.actions.drafting import fit_vat
from training.billing.actions.issue import issue
from training.billing.actions.refit import fit
from training.billing.queries import credits as credit_queries
from training.billing.queries import owing
from training.billing.queries.credits import CreditableLine
from training.billing.rules import crediting
from training.billing.rules.crediting import Left, Taken
from training.billing.rules.states import DocumentKind, InvoiceState
from training.billing.tables.invoices import Invoice
from training.bookings import queries as bookings
from training.bookings.rules.states import BookingState
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.row_mapping import columns
from training.papers.rules.references import NO_REFERENCES, References, check_references
from training.papers.rules.vat import REGIMES, STANDARD_RATE_BP, VatRegime
from training.records.actions.acting import acting
from training.scheduling.actions.planning import lock_session
from training.scheduling.rules import SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditWanted:
    """What to take back: `lines` gives line id → cents without VAT (negative of a discount); None, all that is left.

    `seen_cents` is how much was credited (without VAT) when the person looked: another credit note made meanwhile, or
    the same form sent twice, is then refused.
    """

    reason: str
    lines: Mapping[int, int] | None = None
    seen_cents: int | None = None


@dataclass(frozen=True, slots=True)
class _Original:
    id: int
    kind: DocumentKind
    state: InvoiceState
    number: str
    payer: int
    vat_regime: VatRegime
    references: References
    subject: str
    net_cents: int
    vat_cents: int


async def credit(actor: Actor, invoice: int, wanted: CreditWanted) -> int:
    """Make and issue a credit note of an issued invoice; returns its id.

    Forbidden, NotFound; Invalid: no reason, or more than is left of a line; Conflict: nothing, or less, is left.
    """
    actor.must(Permission.INVOICES_CREDIT)
    _explained(wanted.reason)
    async with acting(actor, "invoice.credit", ("invoice", invoice)) as change:
        await _lock_sessions(invoice)
        original = await _lock(invoice)
        change.about("invoice", invoice, "credited")
        made = await _make(original, wanted)
        await issue(actor, made)
        await _no_longer_billed(made)
    return made


async def credit_and_reissue(
    actor: Actor, invoice: int, reason: str, corrected: References | None = None
) -> tuple[str, int]:
    """« Annule et remplace »: credit all that is left of an invoice, and make the draft that replaces it.

    Returns the number of the credit note and the id of the draft: same lines, corrected references (None: those of the
    invoice), to be issued under a new number. What was billed stands on the draft. Conflict: it is replaced already, or
    nothing is owed any more.
    """
    actor.must(Permission.INVOICES_CREDIT)
    _explained(reason)
    check_references(corrected or NO_REFERENCES)
    async with acting(actor, "invoice.replace", ("invoice", invoice)) as change:
        sessions = await _lock_sessions(invoice)
        original = await _lock(invoice)
        change.about("invoice", invoice, "credited")
        now = await credit_queries.stands(invoice)
        crediting.check_replace(now)
        billables = "select id from billable where invoice_line in (select id from invoice_line where invoice = $1)"
        await db.connection().fetch(f"{billables} order by id for update", invoice)
        if now.left_cents:
            await issue(actor, await _make(original, CreditWanted(reason=reason)))
        notes = await credit_queries.credit_notes(Scope(everything=True), invoice)
        draft = await _redraft(original if corrected is None else replace(original, references=corrected))
        if await db.value("select vat_abroad is not null from organisation where id = $1", original.payer):
            await fit_vat(original.payer, [draft])  # it may be what was wrong
        await _fit_resized(draft, sessions)
        if not await db.value("select exists (select from invoice where id = $1)", draft):
            raise Conflict(_("Il ne reste rien à facturer : faites un avoir, sans facture qui remplace."))
    return notes[-1].number, draft


async def _lock_sessions(invoice: int) -> dict[int, SessionState]:
    """Those of the bookings on an invoice: what these owe decides what a credit note is for, and changes under them."""
    sql = """
        select distinct b.session from invoice_line l join booking b on b.id = l.booking
        where l.invoice = $1 order by b.session
    """
    found = await db.connection().fetch(sql, invoice)
    return {record["session"]: (await lock_session(record["session"])).state for record in found}


async def _no_longer_billed(note: int) -> None:
    """What a credit note takes back because less is owed counts as billed no more; a gesture does, and is not asked
    again. A deposit's is read from its credit notes.
    """
    sql = """
        select k.id, k.booking, k.payer, k.amount_cents, c.net_cents
        from invoice_line c join billable k on k.invoice_line = c.corrects
        where c.invoice = $1 and k.part <> 'deposit' order by k.id for update of k
    """
    found = await db.connection().fetch(sql, note)
    views = await bookings.bookings_by_ids(SYSTEM.scope, sorted({record["booking"] for record in found}))
    on = await owing.ground(views)
    over = {view.id: owing.over_for(on, view) for view in views}
    for record in found:
        left = over[record["booking"]]
        cents = min(left.get(record["payer"], 0), record["net_cents"], record["amount_cents"])
        if cents > 0:
            left[record["payer"]] -= cents
            await db.execute("update billable set amount_cents = amount_cents - $2 where id = $1", record["id"], cents)


async def _fit_resized(draft: int, sessions: Mapping[int, SessionState]) -> None:
    """The copy of an invoice says what it said: of bookings whose seats changed since, it says what they owe now."""
    sql = """
        select distinct booking from invoice_line
        where invoice = $1 and booking in (select booking from seats_change) order by booking
    """
    found = [record["booking"] for record in await db.connection().fetch(sql, draft)]
    for view in await bookings.bookings_by_ids(SYSTEM.scope, found):
        if view.state == BookingState.CONFIRMED:
            await fit(SYSTEM, view, held=sessions[view.session] == SessionState.HELD)


def _explained(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Donnez le motif : il est imprimé sur l’avoir."), field="reason")
    if len(reason.strip()) > 400:
        raise Invalid(_("Le motif tient en 400 caractères."), field="reason")


async def _lock(invoice: int) -> _Original:
    names = ", ".join(columns(_Original))
    original = await db.row(_Original, f"select {names} from invoice where id = $1 for update", invoice)
    if original is None:
        raise NotFound(_("Cette facture n’existe pas."))
    return original


async def _make(original: _Original, wanted: CreditWanted) -> int:
    """The credit note as a draft; its caller issues it in the same transaction."""
    lines = await credit_queries.creditable(original.id)
    left = [Left(line.id, line.description, line.net_cents, line.left_cents) for line in lines]
    net_left = sum(line.left_cents for line in lines)
    crediting.check_credit(original.state, original.kind, net_left)
    if wanted.seen_cents is not None and wanted.seen_cents != original.net_cents - net_left:
        raise Conflict(_("Un avoir vient d’être fait sur cette facture : regardez ce qui reste avant d’en refaire un."))
    taken = crediting.taken(left, crediting.whole_rest(left) if wanted.lines is None else wanted.lines)
    net = sum(item.net_cents for item in taken)
    vat = await _vat(original, net, net_left)
    reason = wanted.reason.strip()
    made = await _insert(original, DocumentKind.CREDIT_NOTE, net, vat, corrects=original.id, reason=reason)
    by_id = {line.id: line for line in lines}
    for position, item in enumerate(taken, 1):
        await _copy_line(made, position, by_id[item.line], item)
    return made


async def _vat(original: _Original, net: int, net_left: int) -> int:
    sql = "select coalesce(sum(vat_cents), 0)::bigint from invoice where corrects = $1"
    left = original.vat_cents - int(await db.value(sql, original.id))
    rate = STANDARD_RATE_BP if REGIMES[original.vat_regime].charges_vat else 0
    return crediting.vat_taken(net, rate, net_left=net_left, vat_left=left)


async def _insert(original: _Original, kind: str, net: int, vat: int, **more: Any) -> int:
    row = Invoice(
        kind=kind,
        state=InvoiceState.DRAFT,
        payer=original.payer,
        number=None,
        issued_on=None,
        due_on=None,
        vat_regime=original.vat_regime,
        subject=original.subject,
        net_cents=net,
        vat_cents=vat,
        gross_cents=net + vat,
        entry=None,
        created_at=clock.now(),
        **asdict(original.references),
        **more,
    )
    made = await Invoice.insert(row).returning(Invoice.id)
    return int(made[0]["id"])


# What a copied line keeps of the one it is made from; accounts follow too, so that the books take back what they gave.
_KEPT = "served_from, served_until, booking, analytic_code, sales_account"


async def _copy_line(invoice: int, position: int, line: CreditableLine, item: Taken) -> None:
    """A line taken back whole is as it was; in part, it is one piece at the amount, in the direction of the line."""
    quantity = line.quantity if item.whole else Decimal(1 if item.net_cents > 0 else -1)
    price = line.unit_price_cents if item.whole else abs(item.net_cents)
    sql = f"""
        insert into invoice_line (invoice, position, description, detail, kind, unit, quantity, unit_price_cents,
                                  net_cents, corrects, {_KEPT})
        select $1, $2, description, detail, kind, $4, $5, $6, $7, id, {_KEPT} from invoice_line where id = $3
    """
    unit = line.unit if item.whole else "C62"
    await db.execute(sql, invoice, position, line.id, unit, quantity, price, item.net_cents)


async def _redraft(original: _Original) -> int:
    """The draft that replaces the original, with its lines; what was billed on those now stands on these."""
    made = await _insert(original, original.kind, original.net_cents, original.vat_cents, replaces=original.id)
    copied = f"""
        insert into invoice_line (invoice, position, description, detail, kind, unit, quantity, unit_price_cents,
                                  net_cents, {_KEPT})
        select $1, position, description, detail, kind, unit, quantity, unit_price_cents, net_cents, {_KEPT}
        from invoice_line where invoice = $2
    """
    await db.execute(copied, made, original.id)
    moved = """
        update billable b set invoice_line = fresh.id
        from invoice_line old join invoice_line fresh on fresh.invoice = $1 and fresh.position = old.position
        where old.invoice = $2 and b.invoice_line = old.id
    """
    await db.execute(moved, made, original.id)
    return made
