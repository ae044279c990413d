"""The reminders of one receivable, as the page of its invoice (or of what was taken over) shows them."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory.rules import Buyer
from training.dunning.queries import reminders
from training.dunning.queries.reminders import Followed, ReminderView
from training.dunning.rules.interest import Late
from training.dunning.rules.reminding import Next, coming
from training.kernel.actor import Actor
from training.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Reminding:
    """What was said to who owes it, what comes next, and what being late costs."""

    owed: Followed
    taken: list[ReminderView]
    following: Next | None
    late: Late | None
    may_act: bool


async def reminding(actor: Actor, receivable: int) -> Reminding | None:
    """The reminders of a receivable; None where nothing is owed to us (a draft, a credit note)."""
    owed = await reminders.followed(receivable)
    if owed is None:
        return None
    days = await reminders.days_of_buyers()
    return Reminding(
        owed,
        await reminders.reminders_of(receivable),
        coming(owed.standing, days[Buyer(owed.buyer)]),
        await reminders.late_cost(owed),
        actor.may(Permission.PAYMENTS_RECORD),
    )
