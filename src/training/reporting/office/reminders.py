"""Reminders as the office's pages show them: all together, of one receivable, one held back, and their settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from training.directory.rules.organisations import Buyer
from training.dunning.queries import reminders
from training.dunning.queries.reminders import Followed, ReminderView, TaskView
from training.dunning.rules.interest import Late, Law, Rate, half_year, is_stale
from training.dunning.rules.reminding import Days, Next, coming
from training.kernel import clock
from training.kernel.actor import Actor, Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records import queries as records
from training.reporting.office.edits import EditShown, edits_of

P = Permission
UNSENT = timedelta(minutes=10)  # a mail that is not written by then has met something
COMING_MOST = 100  # late receivables that are looked at for what comes


@dataclass(frozen=True, slots=True)
class OfficeReminders:
    """What the page of reminders shows: what is left to do by hand, what is paused, and what comes, by day."""

    tasks: list[TaskView]
    paused: list[Followed]
    coming: list[tuple[Followed, Next]]
    may_act: bool
    may_set: bool


async def reminders_page(actor: Actor) -> OfficeReminders:
    """What the page of reminders shows, in four statements."""
    days = await reminders.days_of_buyers()
    of = actor.scope.narrowed_to
    late = await reminders.late_ones(0, COMING_MOST, payers=of)
    following = [(one, step) for one in late if (step := coming(one.standing, days[one.buyer]))]
    return OfficeReminders(
        tasks=await reminders.tasks(clock.now() - UNSENT, payers=of),
        paused=await reminders.paused(payers=of),
        coming=sorted(following, key=lambda pair: (pair[1].on, pair[0].id)),
        may_act=actor.may(P.PAYMENTS_RECORD),
        may_set=actor.may(P.ACCOUNTS_SEE),
    )


async def followed(scope: Scope, receivable: int) -> Followed:
    """What is owed, as the page that holds its reminders back shows it; NotFound when there is no such receivable."""
    owed = await reminders.followed(receivable)
    if owed is None or not scope.sees(owed.payer):
        raise NotFound(_("Cette facture n’existe pas."))
    return owed


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
    if owed is None or not actor.scope.sees(owed.payer):
        return None
    days = await reminders.days_of_buyers()
    return Reminding(
        owed,
        await reminders.reminders_of(receivable),
        coming(owed.standing, days[owed.buyer]),
        await reminders.late_cost(owed),
        actor.may(P.PAYMENTS_RECORD),
    )


@dataclass(frozen=True, slots=True)
class ReminderSettings:
    """What the page of settings shows. `since`: where a new rate begins; `stale`: laws whose rate may be old."""

    delays: Mapping[Buyer, Days]
    rates: dict[Law, list[Rate]]
    stale: list[Law]
    since: date
    may_set: bool
    seen: int
    edits: list[EditShown]


async def settings_page(actor: Actor) -> ReminderSettings:
    """The days of the steps by buyer, and the rates by law, the newest first: five statements."""
    seen = await records.last_change("reminder_rule", 1)
    delays, rates, today = await reminders.days_of_buyers(), await reminders.rates(), clock.today()
    return ReminderSettings(
        delays=delays,
        rates={law: known[::-1] for law, known in rates.items()},
        stale=[law for law, known in rates.items() if is_stale(known, today)],
        since=half_year(today),
        may_set=actor.may(P.ACCOUNTS_KEEP),
        seen=seen,
        edits=await edits_of("reminder_rule", 1),
    )
