"""What is reminded of, what is paused, and the rates of late interest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from training.billing.rules.terms import is_professional
from training.directory.rules.organisations import Buyer
from training.dunning.rules.interest import Late, Law, Rate, late, law_of
from training.dunning.rules.reminding import USUAL, Days, PauseKind, ReceivableStanding, ReminderStep
from training.kernel import clock, db
from training.kernel.clauses import Clauses


@dataclass(frozen=True, slots=True)
class Followed:
    """A receivable as reminders see it. `invoice` None: one of the ledger that was there before ours. Cents."""

    id: int
    invoice: int | None
    number: str
    payer: int
    payer_name: str
    payer_slug: str
    buyer: Buyer
    issued_on: date
    due_on: date | None
    gross_cents: int
    settled_cents: int
    pause: PauseKind | None
    paused_until: date | None
    pause_note: str | None
    steps: list[str]
    step_times: list[datetime]
    processing: bool  # a direct debit is on its way, which takes days

    @property
    def waits(self) -> bool:
        """Nobody is reminded for now."""
        return self.pause is not None or self.processing

    @property
    def due_cents(self) -> int:
        """What is still to be paid."""
        return self.gross_cents - self.settled_cents

    @property
    def days_late(self) -> int:
        """Days since the due date; 0 when it is not over."""
        return max((clock.today() - self.due_on).days, 0) if self.due_on and self.due_cents else 0

    @property
    def standing(self) -> ReceivableStanding:
        """The same, as the rules take it."""
        taken = [(ReminderStep(s), clock.local(at).date()) for s, at in zip(self.steps, self.step_times, strict=True)]
        until = None if self.processing else self.paused_until
        return ReceivableStanding(self.buyer, self.due_on, self.due_cents, tuple(taken), self.waits, until)


@dataclass(frozen=True, slots=True)
class ReminderView:
    """A step that was taken. `done_at`: when its mail was written, or its task done; None: not (yet)."""

    id: int
    step: ReminderStep
    is_task: bool
    created_at: datetime
    done_at: datetime | None


FOLLOWED = """
    select r.id, r.invoice, r.number, r.payer, o.name as payer_name, o.slug as payer_slug, o.buyer, r.issued_on,
           r.due_on, r.gross_cents, r.settled_cents, p.kind as pause, p.until as paused_until, p.note as pause_note,
           coalesce(t.steps, '{}') as steps, coalesce(t.times, '{}') as step_times,
           coalesce(
               (select true from checkout c where c.receivable = r.id and c.state = 'processing' limit 1), false
           ) as processing
    from receivable r
    join organisation o on o.id = r.payer
    left join lateral (
        select kind, until, note from payment_pause
        where receivable = r.id and ended_at is null and (until is null or until >= $1) order by id desc limit 1
    ) p on true
    left join lateral (
        select array_agg(step order by id) as steps, array_agg(created_at order by id) as times
        from reminder where receivable = r.id
    ) t on true
"""


async def followed(receivable: int) -> Followed | None:
    """One receivable by id."""
    return await db.row(Followed, FOLLOWED + " where r.id = $2", clock.today(), receivable)


async def late_ones(after: int, limit: int, payers: Sequence[int] | None = None) -> list[Followed]:
    """What is late, by id, from the one after `after`: the sweep reads it in pieces. Of some payers, or of all."""
    where = Clauses("r.settled_cents < r.gross_cents")
    where.add("r.due_on < {}", clock.today())  # $1, as FOLLOWED wants it
    where.add("r.id > {}", after)
    if payers is not None:
        where.add("r.payer = any({})", payers)
    return await db.rows(Followed, f"{FOLLOWED} where {where} order by r.id limit {limit:d}", *where.values)


async def reminders_of(receivable: int) -> list[ReminderView]:
    """The steps that were taken, oldest first."""
    sql = "select id, step, is_task, created_at, done_at from reminder where receivable = $1 order by id"
    return await db.rows(ReminderView, sql, receivable)


@dataclass(frozen=True, slots=True)
class TaskView:
    """A reminder that somebody must take by hand: a public buyer to call, or a mail that could not be written."""

    id: int
    step: ReminderStep
    is_task: bool
    created_at: datetime
    receivable: int
    invoice: int | None
    number: str
    payer_name: str
    payer_slug: str
    buyer: Buyer
    due_on: date | None
    due_cents: int


async def tasks(before: datetime, limit: int = 200, payers: Sequence[int] | None = None) -> list[TaskView]:
    """Tasks not done on what is still due, oldest first; mails that were not written although begun before `before`."""
    where = Clauses("m.done_at is null", "r.settled_cents < r.gross_cents")
    where.add("(m.is_task or m.created_at < {})", before)
    if payers is not None:
        where.add("r.payer = any({})", payers)
    sql = f"""
        select m.id, m.step, m.is_task, m.created_at, r.id as receivable, r.invoice, r.number, o.name as payer_name,
               o.slug as payer_slug, o.buyer, r.due_on, r.gross_cents - r.settled_cents as due_cents
        from reminder m join receivable r on r.id = m.receivable join organisation o on o.id = r.payer
        where {where} order by m.id limit {limit:d}
    """
    return await db.rows(TaskView, sql, *where.values)


async def paused(limit: int = 200, payers: Sequence[int] | None = None) -> list[Followed]:
    """What is due and not reminded of, for a promise or a dispute: the promise that ends first comes first."""
    paused = "r.id in (select receivable from payment_pause where ended_at is null) and p.kind is not null"
    where = Clauses(paused, "r.settled_cents < r.gross_cents")
    where.value(clock.today())  # $1, as FOLLOWED wants it
    if payers is not None:
        where.add("r.payer = any({})", payers)
    sql = f"{FOLLOWED} where {where} order by p.until nulls last, r.id limit {limit:d}"
    return await db.rows(Followed, sql, *where.values)


async def days_of_buyers() -> Mapping[Buyer, Days]:
    """Days after the due date of each step, by kind of buyer: the usual ones, or staff's."""
    found = {buyer: dict(days) for buyer, days in USUAL.items()}
    for record in await db.connection().fetch("select buyer, step, days from reminder_rule"):
        found[Buyer(record["buyer"])][ReminderStep(record["step"])] = record["days"]
    return found


async def rates() -> dict[Law, list[Rate]]:
    """The yearly rates of late interest by law, oldest first."""
    found: dict[Law, list[Rate]] = {law: [] for law in Law}
    for record in await db.connection().fetch("select law, since, rate_bp from late_rate order by since"):
        found[Law(record["law"])].append(Rate(record["since"], record["rate_bp"]))
    return found


async def late_cost(one: Followed) -> Late | None:
    """Interest and lump sum of a receivable up to today; None when nothing is owed for being late."""
    law = law_of(one.buyer)
    if law is None or one.due_on is None or one.due_on >= clock.today():
        return None
    registered = """
        select coalesce(o.siret, o.vat_number) from receivable r join organisation o on o.id = r.payer where r.id = $1
    """
    if not is_professional(one.buyer, await db.value(registered, one.id)):
        return None
    sql = "select settled_on, amount_cents from settlement where receivable = $1 order by id"
    settled = [(r["settled_on"], r["amount_cents"]) for r in await db.connection().fetch(sql, one.id)]
    known = (await rates())[law]
    return late(one.buyer, one.gross_cents, one.due_on, settled, known, clock.today())


async def reminded(reminder: int) -> tuple[int, ReminderStep, bool] | None:
    """(receivable, step, whether it is a task) of a reminder."""
    found = await db.connection().fetchrow("select receivable, step, is_task from reminder where id = $1", reminder)
    return None if found is None else (found["receivable"], ReminderStep(found["step"]), found["is_task"])
