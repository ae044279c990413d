"""Where deposits stand, and which of them wait for somebody. Only issued invoices of public buyers are deposited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from training.billing.queries.invoices import InvoiceView
from training.billing.rules import transmission as rules
from training.billing.rules.states import DocumentKind
from training.billing.rules.transmission import STATUSES, Channel, Status, StatusTerms, TransmissionStep
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.kernel.errors import allows
from training.kernel.i18n import _
from training.papers.rules.references import References


@dataclass(frozen=True, slots=True)
class StepView:
    """A step that was written, whether it still holds or not."""

    id: int
    status: Status
    happened_on: date
    reference: str
    note: str
    siret: str | None
    references: References
    created_at: datetime
    undone: bool = False  # it took back the one before it

    @property
    def terms(self) -> StatusTerms:
        """Its status in words."""
        return STATUSES[self.status]

    @property
    def step(self) -> TransmissionStep:
        """As the rules know it."""
        return TransmissionStep(self.status, self.happened_on, self.reference, self.note, self.siret, self.references)


async def steps(invoice: int) -> list[StepView]:
    """What was written of an invoice's deposit, oldest first."""
    sql = """
        select id, status, happened_on, reference, note, siret, service_code, purchase_order, created_at
        from transmission where invoice = $1 and channel = $2 order by id
    """
    found = await db.rows(StepView, sql, invoice, Channel.CHORUS_PORTAL)
    backwards = rules.taken_back([written.step for written in found])
    return [replace(written, undone=back) for written, back in zip(found, backwards, strict=True)]


async def goes_there(invoice: InvoiceView) -> bool:
    """Whether an issued document is deposited on Chorus Pro at all."""
    if invoice.kind != DocumentKind.CREDIT_NOTE:
        return rules.needs_deposit(invoice.payer_buyer)
    sql = """
        select t.status from transmission t join invoice i on i.id = t.invoice
        where i.number = $1 and t.channel = $2 order by t.id desc limit 1
    """
    status = await db.value(sql, invoice.corrects, Channel.CHORUS_PORTAL)
    return rules.needs_deposit(invoice.payer_buyer, credit_note=True, corrected=status)


@dataclass(frozen=True, slots=True)
class PossibleStatus:
    """A status that may be entered now. `short`: its day says enough."""

    status: Status
    terms: StatusTerms

    @property
    def short(self) -> bool:
        """Whether nothing has to be explained with it."""
        return not self.terms.needs_note and not self.terms.takes_facts


@dataclass(frozen=True, slots=True)
class ChannelStanding:
    """Where one invoice stands in its channel, and what comes next."""

    status: Status
    terms: StatusTerms
    next: str
    note: str  # what the buyer said, of what is stuck
    possible: tuple[PossibleStatus, ...]
    since: date | None
    late_from: date | None
    may_undo: bool
    cancelled: bool  # by credit notes, wholly


def standing(invoice: InvoiceView, written: list[TransmissionStep]) -> ChannelStanding:
    """Of an issued invoice, from its steps."""
    held = rules.standing(written)
    credit_note = invoice.kind == DocumentKind.CREDIT_NOTE
    cancelled = 0 < invoice.gross_cents <= invoice.credited_cents
    status = rules.status_of(written, paid=invoice.paid and not cancelled)
    after_it = rules.possible(status, credit_note=credit_note)
    told = rules.next_thing(status, late_from=invoice.late_from, today=clock.today(), credit_note=credit_note)
    return ChannelStanding(
        status=status,
        terms=STATUSES[status],
        next=_("Rien à faire : la facture est annulée par un avoir.") if cancelled else told,
        note=held[-1].note if held and status in rules.STUCK and not cancelled else "",
        possible=() if cancelled else tuple(PossibleStatus(after, STATUSES[after]) for after in after_it),
        since=held[-1].happened_on if held else None,
        late_from=invoice.late_from,
        may_undo=allows(rules.check_undo, written, paid=invoice.paid),
        cancelled=cancelled,
    )


class DepositWaiting(StrEnum):
    """Why somebody looks at a deposit; each is in one of these."""

    TO_DEPOSIT = "to_deposit"
    STUCK = "stuck"  # suspended, to recycle, rejected
    QUIET = "quiet"  # nothing followed for too long
    LATE = "late"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class OpenDeposit:
    """A public buyer's invoice or credit note that is not at its end. Cents; `age` in days since its last step."""

    invoice: int
    number: str
    kind: DocumentKind
    payer_name: str
    payer_slug: str
    issued_on: date
    gross_cents: int
    due_cents: int
    status: Status
    since: date
    note: str
    late_from: date | None

    @property
    def terms(self) -> StatusTerms:
        """Its status in words."""
        return STATUSES[self.status]

    @property
    def age(self) -> int:
        """How many days it has stood there."""
        return (clock.today() - self.since).days

    @property
    def late(self) -> bool:
        """Its day to be paid is over."""
        return self.due_cents > 0 and self.late_from is not None and self.late_from < clock.today()

    @property
    def quiet(self) -> bool:
        """It was deposited, and nothing followed for too long."""
        return self.status in (Status.DEPOSITED, Status.COMPLETED, Status.RECYCLED) and self.age >= rules.PATIENCE.days

    @property
    def next(self) -> str:
        """The next thing to do."""
        credit_note = self.kind == DocumentKind.CREDIT_NOTE
        if self.quiet:
            words = _(
                "Rien depuis {days} jours : regardez sur Chorus Pro où elle en est, ou appelez l’organisme public."
            )
            return words.format(days=self.age)
        return rules.next_thing(self.status, late_from=self.late_from, today=clock.today(), credit_note=credit_note)

    @property
    def waiting(self) -> DepositWaiting:
        """Why somebody looks at it."""
        if self.status == Status.TO_DEPOSIT:
            return DepositWaiting.TO_DEPOSIT
        if self.status in rules.STUCK:
            return DepositWaiting.STUCK
        if self.late:
            return DepositWaiting.LATE
        return DepositWaiting.QUIET if self.quiet else DepositWaiting.RUNNING


def last_step(invoice: str, columns: str = "status") -> str:
    """The last step of an invoice on Chorus Pro."""
    on_chorus = f"from transmission where invoice = {invoice} and channel = '{Channel.CHORUS_PORTAL}'"
    return f"select {columns} {on_chorus} order by id desc limit 1"


# Open: something is due; or a credit note that the buyer does not have, of an invoice that it has. With a limit, an
# invoice is looked up one by one: PostgreSQL thinks that a third of all is open, and would read every invoice for it.
_OPEN = f"""
    select i.id as invoice, i.number, i.kind, i.payer_name, i.payer_slug, i.issued_on, i.gross_cents, w.due_cents,
           coalesce(t.status, 'to_deposit') as status,
           coalesce(t.happened_on, i.issued_on) as since, coalesce(t.note, '') as note, w.late_from
    from (
        select invoice, gross_cents - settled_cents as due_cents, due_on as late_from
        from receivable where settled_cents < gross_cents
        union all
        select n.id, 0, null from invoice n
        where n.kind = 'credit_note' and n.state = 'issued'
          and coalesce(({last_step("n.corrects")}), 'to_deposit') not in ('to_deposit', 'rejected')
          and coalesce(({last_step("n.id")}), 'to_deposit') <> 'available'
    ) w
    cross join lateral (
        select n.*, o.name as payer_name, o.slug as payer_slug
        from invoice n join organisation o on o.id = n.payer where n.id = w.invoice and o.buyer = 'public' limit 1
    ) i
    left join lateral ({last_step("i.id", "status, happened_on, note")}) t on true
"""


async def open_deposits(scope: Scope, *, limit: int = 1000) -> list[OpenDeposit]:
    """What is on its way through Chorus Pro, or should be: the longest there first. One statement."""
    where = Clauses()
    where.within(scope, "i.payer")
    sql = f"{_OPEN} where {where} order by since, i.id limit {limit:d}"
    return await db.rows(OpenDeposit, sql, *where.values)
