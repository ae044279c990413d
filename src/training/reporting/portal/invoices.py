"""An organisation's invoices in its own words: where each stands, what was paid of it, and how it can be paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from training.billing.queries import invoices as billing
from training.billing.queries import transmissions
from training.billing.queries.credits import CreditNoteView, Replacement, credit_notes, replacement
from training.billing.queries.invoices import InvoiceNarrowing, InvoiceView
from training.billing.rules.payments import WAY_NAMES, Way, online_ways
from training.billing.rules.states import DocumentKind
from training.billing.rules.transmission import STATUS_FOR_CLIENT
from training.directory.rules.organisations import Buyer
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM, Actor
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.kernel.render import day_year
from training.payments.rules import checkout as rules
from training.payments.rules.checkout import CheckoutState
from training.reporting.invoice_stop import InvoiceStop


@dataclass(frozen=True, slots=True)
class StandingBadge:
    """Where an invoice stands, as a badge says it."""

    text: str
    tone: str
    shape: str


@dataclass(frozen=True, slots=True)
class Paid:
    """What one payment settled of an invoice; without a way, what the platform gave up. Cents."""

    way: Way | None
    received_on: date
    cents: int
    receipt: str | None

    @property
    def name(self) -> str:
        """The way in words."""
        return _("Passé en perte") if self.way is None else _(WAY_NAMES[self.way])


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last try to pay online."""

    state: CheckoutState
    way: Way
    amount_cents: int
    at: datetime


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """All that the page of an invoice shows its payer. `ways`: those to pay online now, by whoever looks."""

    invoice: InvoiceView
    standing: StandingBadge
    on_chorus: str | None  # where its deposit stands, for a public buyer
    payments: list[Paid]
    credit_notes: list[CreditNoteView]
    replacement: Replacement | None
    attempt: Attempt | None
    ways: tuple[Way, ...]

    @property
    def public(self) -> bool:
        """Paid by mandat administratif, through Chorus Pro."""
        return self.invoice.payer_buyer == Buyer.PUBLIC

    @property
    def stops(self) -> list[InvoiceStop]:
        """The session, the invoice, how it reaches who pays, the payment; of a credit note, none."""
        return stops_of(self.invoice, self.payments, under_way=self.under_way is not None)

    @property
    def under_way(self) -> Attempt | None:
        """A payment that its bank has not confirmed yet."""
        found = self.attempt
        return found if found is not None and found.state == CheckoutState.PROCESSING else None

    @property
    def tried(self) -> bool:
        """Stripe's page was opened, and is not over without a payment."""
        return self.attempt is not None and self.attempt.state not in (CheckoutState.FAILED, CheckoutState.EXPIRED)

    @property
    def refused(self) -> Attempt | None:
        """The last try, when the bank refused it and the invoice is not paid otherwise."""
        found = self.attempt
        failed = found is not None and found.state == CheckoutState.FAILED
        return found if failed and self.invoice.due_cents else None

    @property
    def payable(self) -> bool:
        """Something is to be paid by the person's own doing."""
        return self.invoice.due_cents > 0 and self.under_way is None


def standing_of(invoice: InvoiceView, *, under_way: bool = False) -> StandingBadge:
    """In the payer's words."""
    if invoice.kind == DocumentKind.CREDIT_NOTE:
        return StandingBadge(_("Avoir"), "neutral", "dash")
    if invoice.paid:
        cancelled = invoice.credited_cents >= invoice.gross_cents > 0
        return (
            StandingBadge(_("Annulée par un avoir"), "neutral", "cross")
            if cancelled
            else StandingBadge(_("Payée"), "done", "check")
        )
    if under_way:
        return StandingBadge(_("Paiement en cours"), "accent", "half")
    if invoice.overdue:
        return StandingBadge(_("En retard"), "danger", "triangle")
    if invoice.payer_buyer == Buyer.PUBLIC:
        return _on_chorus(invoice.transmission)
    if invoice.settled_cents > invoice.credited_cents:
        return StandingBadge(_("Payée en partie"), "accent", "half")
    return StandingBadge(_("À payer"), "accent", "ring")


_REACHED = frozenset({"deposited", "available", "completed", "recycled", "mandated", "paid"})


def stops_of(invoice: InvoiceView, payments: Sequence[Paid], *, under_way: bool) -> list[InvoiceStop]:
    """Where an invoice is on its way; one stop at the most is the present one."""
    if invoice.kind == DocumentKind.CREDIT_NOTE:
        return []
    served = InvoiceStop(_("Séance"), "done", day_year(invoice.served_until))
    if invoice.served_until > clock.today():  # a deposit, or what is invoiced before
        served = InvoiceStop(_("Séance"), "next", day_year(invoice.served_until))
    issued = InvoiceStop(_("Facture"), "done", day_year(invoice.issued_on) if invoice.issued_on else None)
    sent = _sent(invoice)
    return [served, issued, sent, _payment(invoice, payments, reached=sent.state == "done", under_way=under_way)]


def _sent(invoice: InvoiceView) -> InvoiceStop:
    if invoice.payer_buyer != Buyer.PUBLIC:
        return InvoiceStop(_("Envoi"), "done", None, _("par courriel"))
    status = invoice.transmission
    if invoice.paid or status in _REACHED:
        return InvoiceStop(_("Dépôt"), "done", None, _("sur Chorus Pro"))
    if status == "rejected":
        return InvoiceStop(_("Dépôt"), "stopped", None, _("refusée par vos services"))
    if status in ("suspended", "to_recycle"):
        return InvoiceStop(_("Dépôt"), "now", None, _("en attente de notre part"))
    return InvoiceStop(_("Dépôt"), "now", None, _("bientôt sur Chorus Pro"))


def _payment(invoice: InvoiceView, payments: Sequence[Paid], *, reached: bool, under_way: bool) -> InvoiceStop:
    title = _("Paiement")
    if invoice.paid:
        if invoice.credited_cents >= invoice.gross_cents > 0:
            return InvoiceStop(title, "stopped", None, _("annulée par un avoir"))
        return InvoiceStop(title, "done", day_year(payments[-1].received_on) if payments else None, _("payée"))
    if under_way:
        return InvoiceStop(title, "now", None, _("en cours"))
    if invoice.overdue:
        return InvoiceStop(title, "now" if reached else "next", None, late_words(invoice))
    before = None if invoice.late_from is None else _("avant le {day}").format(day=day_year(invoice.late_from))
    if invoice.transmission == "mandated":
        return InvoiceStop(title, "now", before, _("mandatée : le comptable public doit maintenant la payer"))
    return InvoiceStop(title, "now" if reached else "next", before)


def late_words(invoice: InvoiceView) -> str:
    """As "21 jours de retard"; "" when it is not late."""
    days = (clock.today() - invoice.late_from).days if invoice.overdue and invoice.late_from else 0
    return ngettext("%(num)d jour de retard", "%(num)d jours de retard", days) % {"num": days} if days else ""


def _on_chorus(status: str | None) -> StandingBadge:
    match status:
        case None | "to_deposit":
            return StandingBadge(_("Bientôt sur Chorus Pro"), "neutral", "dashed")
        case "mandated":
            return StandingBadge(_("Mandatée"), "accent", "half")
        case "rejected":
            return StandingBadge(_("Rejetée"), "attention", "cross")
        case "suspended" | "to_recycle":
            return StandingBadge(_("En attente de notre part"), "attention", "square")
    return StandingBadge(_("Déposée sur Chorus Pro"), "accent", "ring")


def payable(invoice: InvoiceView, *, under_way: bool) -> bool:
    """Whether its payer can see to it now: it has reached them, and no payment of it is on its way."""
    if under_way or not invoice.due_cents:
        return False
    return invoice.payer_buyer != Buyer.PUBLIC or invoice.transmission in _REACHED - {"mandated"}


async def under_way(receivables: Sequence[int | None]) -> frozenset[int]:
    """Those of some receivables of which a payment waits for its bank."""
    sql = "select distinct receivable from checkout where receivable = any($1) and state = 'processing'"
    rows = await db.connection().fetch(sql, [r for r in receivables if r is not None])
    return frozenset(row["receivable"] for row in rows)


async def invoice_page(actor: Actor, invoice: InvoiceView) -> InvoicePage:
    """One invoice for its payer's people, who were let in to it. A constant number of statements."""
    attempt = await _last_attempt(invoice.receivable)
    processing = attempt is not None and attempt.state == CheckoutState.PROCESSING
    public = invoice.payer_buyer == Buyer.PUBLIC and await transmissions.goes_there(invoice)
    chorus = None
    if public:
        steps = [written.step for written in await transmissions.steps(invoice.id)]
        chorus = _(STATUS_FOR_CLIENT[transmissions.standing(invoice, steps).status])
    return InvoicePage(
        invoice=invoice,
        standing=standing_of(invoice, under_way=processing),
        on_chorus=chorus,
        payments=await _payments(invoice.receivable),
        credit_notes=await credit_notes(SYSTEM.scope, invoice.id),
        replacement=await replacement(invoice.id),
        attempt=attempt,
        ways=() if processing else await _ways(actor, invoice),
    )


async def _ways(actor: Actor, invoice: InvoiceView) -> tuple[Way, ...]:
    """As the action that begins a payment checks again."""
    offered = settings.current().stripe_secret_key is not None and invoice.due_cents >= rules.MINIMUM_CENTS
    if not offered or not actor.may(Permission.INVOICES_PAY, organisation=invoice.payer, link=("invoice", invoice.id)):
        return ()
    reason = await db.value("select online_payment_reason from organisation where id = $1", invoice.payer)
    return online_ways(invoice.payer_buyer, reason)


async def _payments(receivable: int | None) -> list[Paid]:
    """What settles it now, taken back amounts left out; credit notes are listed on their own."""
    sql = """
        select p.way, coalesce(p.received_on, min(s.settled_on)) as received_on, sum(s.amount_cents)::bigint as cents,
               e.number as receipt
        from settlement s
        left join payment p on p.id = s.payment
        left join receipt c on c.payment = p.id
        left join ledger_entry e on e.id = c.entry
        where s.receivable = $1 and p.way is distinct from 'credit_note'
        group by p.id, e.id having sum(s.amount_cents) <> 0 order by 2, p.id
    """
    return await db.rows(Paid, sql, receivable)


async def _last_attempt(receivable: int | None) -> Attempt | None:
    """Failed ones only when a bank refused: where Stripe did not answer, nothing was tried."""
    sql = """
        select state, way, amount_cents, updated_at as at from checkout
        where receivable = $1 and (state <> 'failed' or stripe_session is not null) order by id desc limit 1
    """
    return await db.row(Attempt, sql, receivable)


@dataclass(frozen=True, slots=True)
class PortalInvoices:
    """A page of an organisation's invoices, the newest first, each with where it stands; `late`: those above them."""

    invoices: list[tuple[InvoiceView, StandingBadge]]
    late: list[tuple[InvoiceView, StandingBadge]]
    owed: Coming
    following: tuple[date, int] | None


LATE_SHOWN = 10


async def invoice_list(
    actor: Actor, organisation: int, *, after: tuple[date, int] | None, limit: int
) -> PortalInvoices:
    """What the list shows, in four statements; late ones stand once more above its first page."""
    found = await billing.invoices(actor.scope, organisation=organisation, after=after, limit=limit + 1)
    standing = InvoiceNarrowing.LATE
    late = (
        []
        if after
        else await billing.invoices(actor.scope, organisation=organisation, standing=standing, limit=LATE_SHOWN)
    )
    waiting = await under_way([invoice.receivable for invoice in (*found, *late)])
    last = found[limit - 1] if len(found) > limit else None
    return PortalInvoices(
        [(i, standing_of(i, under_way=i.receivable in waiting)) for i in found[:limit]],
        [(i, standing_of(i, under_way=i.receivable in waiting)) for i in reversed(late)],
        await owed(organisation),
        (last.issued_on, last.place) if last is not None and last.issued_on is not None else None,
    )


@dataclass(frozen=True, slots=True)
class Coming:
    """What an organisation owes in all. Cents."""

    due_cents: int
    late_cents: int


# Of a receivable: its invoice does not wait for the platform, which is to cure something in it first.
ASKED_OF_PAYER = """coalesce((
    select status from transmission where invoice = receivable.invoice order by id desc limit 1
), '') not in ('suspended', 'to_recycle')"""


async def owed(organisation: int) -> Coming:
    """What is due of an organisation's invoices, and what of it is late."""
    sql = f"""
        select coalesce(sum(gross_cents - settled_cents) filter (where {ASKED_OF_PAYER}), 0)::bigint as due_cents,
               coalesce(sum(gross_cents - settled_cents) filter (where due_on < $2), 0)::bigint as late_cents
        from receivable where payer = $1 and settled_cents < gross_cents
    """
    found = await db.row(Coming, sql, organisation, clock.today())
    assert found is not None  # noqa: S101 - an aggregate always has a row
    return found
