"""What is kept of asking for what is late: pauses, reminders and their days, rates of late interest."""

from __future__ import annotations

from piccolo.columns import Boolean, Date, Integer, Serial, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training.billing.tables.receivables import Receivable
from training.kernel.columns import belongs_to, instant, short_text


class PaymentPause(Table, tablename="payment_pause"):
    """Why no reminder leaves for now: a promise to pay by a day, or a dispute."""

    id: Serial
    receivable = belongs_to(Receivable)
    kind = short_text(10)
    until = Date(default=None, null=True)
    note = Varchar(length=400, default="")
    created_at = instant()
    ended_at = instant(null=True)


class Reminder(Table, tablename="reminder"):
    """A step of reminding that was taken, once: a mail that left, or a task for the team."""

    id: Serial
    receivable = belongs_to(Receivable)
    step = short_text(10)
    is_task = Boolean(default=None)
    created_at = instant()
    done_at = instant(null=True)

    reminder_once = Unique([receivable, step])


class ReminderRule(Table, tablename="reminder_rule"):
    """How many days after the due date a step is taken, by kind of buyer, where staff changed the usual."""

    id: Serial
    buyer = short_text(20)
    step = short_text(10)
    days = Integer(default=None)

    reminder_rule_once = Unique([buyer, step])
    reminder_rule_is_after = Check("days between 1 and 365")


class LateRate(Table, tablename="late_rate"):
    """The yearly rate of late interest since a day, in basis points; `law` is public or private."""

    id: Serial
    law = short_text(10)
    since = Date(default=None)
    rate_bp = Integer(default=None)

    late_rate_once = Unique([law, since])
    late_rate_is_a_rate = Check("rate_bp between 0 and 5000")
