"""Remind payers by the calendar, and set days and rates. Mails are written elsewhere.

Locks: the receivable. The one step that is taken is decided again under it, from what is true then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from training.directory.rules.organisations import Buyer
from training.dunning.actions.pauses import lock_receivable
from training.dunning.queries import reminders as reading
from training.dunning.rules.interest import Law, checked_rate
from training.dunning.rules.reminding import ReminderStep, checked_days, due_now
from training.dunning.tables import LateRate, Reminder, ReminderRule
from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting

BATCH = 200  # receivables read at once by the sweep


async def remind_due(actor: Actor = SYSTEM) -> int:
    """Take the step that is due of everything that is late. Returns how many were taken."""
    actor.must(Permission.PLATFORM_RUN)
    taken, after, days = 0, 0, await reading.days_of_buyers()
    while found := await reading.late_ones(after, BATCH):
        for one in found:
            if due_now(one.standing, days[one.buyer], clock.today()):
                taken += await _take(actor, one.id)
        after = found[-1].id
    return taken


async def _take(actor: Actor, receivable: int) -> bool:
    async with acting(actor, "reminder.take", ("receivable", receivable)) as change:
        await lock_receivable(receivable)
        one = await reading.followed(receivable)
        days = await reading.days_of_buyers()
        due = one and due_now(one.standing, days[one.buyer], clock.today())
        if not due:
            return False
        change.about("receivable", receivable, due.step)
        made = await Reminder.insert(
            Reminder(receivable=receivable, step=due.step, is_task=due.is_task, created_at=clock.now(), done_at=None)
        ).returning(Reminder.id)
        if not due.is_task:
            await outbox.put("reminder.sent", ("reminder", int(made[0]["id"])))
    return True


async def told(actor: Actor, reminder: int) -> None:
    """The mail of a reminder was written; in the transaction that queues it."""
    async with acting(actor, "reminder.tell", ("reminder", reminder)) as change:
        actor.must(Permission.PLATFORM_RUN)
        change.about("reminder", reminder, "done_at")
        await Reminder.update({Reminder.done_at: clock.now()}).where(Reminder.id == reminder)


async def task_done(actor: Actor, reminder: int) -> None:
    """Somebody did what a reminder asked for. Done twice is done once."""
    async with acting(actor, "reminder.do", ("reminder", reminder)) as change:
        actor.must(Permission.PAYMENTS_RECORD)
        change.about("reminder", reminder, "done_at")
        if await reading.reminded(reminder) is None:
            raise NotFound(_("Cette relance n’existe pas."))
        await Reminder.update({Reminder.done_at: clock.now()}).where(
            (Reminder.id == reminder) & Reminder.done_at.is_null()
        )


async def set_reminder_days(
    actor: Actor, buyer: Buyer, days: Mapping[ReminderStep, int], *, seen: int | None = None
) -> None:
    """How many days after the due date each step is taken. Invalid: out of order. `seen`: as `Change.edit`."""
    actor.must(Permission.ACCOUNTS_KEEP)
    wanted = checked_days(days)
    async with acting(actor, "reminder.set-days", ("reminder_rule", 1)) as change:
        await db.execute("select pg_advisory_xact_lock(hashtextextended('reminder.days', 0))")
        known = (await reading.days_of_buyers())[buyer]
        for step, number in wanted.items():
            change.edited(f"{buyer}-{step}", known[step], number)
        await change.check_seen(seen, {edit.field for edit in change.edits})
        for step, number in wanted.items():
            await ReminderRule.insert(ReminderRule(buyer=buyer, step=step, days=number)).on_conflict(
                target="reminder_rule_once", action="DO UPDATE", values=[ReminderRule.days]
            )


async def set_late_rate(actor: Actor, law: Law, since: date, rate_bp: int) -> None:
    """The yearly rate of late interest since a day; the same day again corrects it."""
    actor.must(Permission.ACCOUNTS_KEEP)
    rate = checked_rate(since, rate_bp, clock.today())
    async with acting(actor, "late-rate.set") as change:
        change.fields = ("rate_bp",)
        await LateRate.insert(LateRate(law=law, since=rate.since, rate_bp=rate.rate_bp)).on_conflict(
            target="late_rate_once", action="DO UPDATE", values=[LateRate.rate_bp]
        )
