"""When a payer is reminded, and how firmly: one step at a time, none too early. No I/O, no words of mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from training.directory.rules.organisations import Buyer
from training.kernel.errors import Invalid
from training.kernel.i18n import N_, _


class ReminderStep(StrEnum):
    """How firmly. The last one is a formal notice (mise en demeure)."""

    POLITE = "polite"
    FIRM = "firm"
    FORMAL = "formal"


STEPS = tuple(ReminderStep)
STEP_NAMES: dict[ReminderStep, str] = {
    ReminderStep.POLITE: N_("Rappel courtois"),
    ReminderStep.FIRM: N_("Relance ferme"),
    ReminderStep.FORMAL: N_("Mise en demeure"),
}
BUYER_NAMES: dict[Buyer, str] = {
    Buyer.COMPANY: N_("Entreprises"),
    Buyer.ASSOCIATION: N_("Associations"),
    Buyer.PERSON: N_("Particuliers"),
    Buyer.PUBLIC: N_("Organismes publics"),
}


class PauseKind(StrEnum):
    """Why no reminder leaves for now."""

    PROMISE = "promise"  # to pay by a day
    DISPUTE = "dispute"


PAUSE_NAMES: dict[PauseKind, str] = {
    PauseKind.PROMISE: N_("Promesse de paiement"),
    PauseKind.DISPUTE: N_("Litige"),
}

Days = Mapping[ReminderStep, int]
LAST_DAY = 365  # days after the due date: nobody waits longer to ask


def _days(polite: int, firm: int, formal: int) -> Days:
    return MappingProxyType({ReminderStep.POLITE: polite, ReminderStep.FIRM: firm, ReminderStep.FORMAL: formal})


# Days after the due date, until staff set their own. A volunteer treasurer meets once a month: give them time.
USUAL: Mapping[Buyer, Days] = MappingProxyType(
    {
        Buyer.COMPANY: _days(5, 20, 40),
        Buyer.ASSOCIATION: _days(10, 30, 60),
        Buyer.PERSON: _days(10, 30, 60),
        Buyer.PUBLIC: _days(15, 30, 60),
    }
)


@dataclass(frozen=True, slots=True)
class ReceivableStanding:
    """Where a receivable stands. `due_on` None: a public buyer that was not given the invoice yet.

    `taken`: the steps that were taken, in order, with their day. `paused_until` counts when `paused`: None = no end.
    """

    buyer: Buyer
    due_on: date | None
    due_cents: int
    taken: Sequence[tuple[ReminderStep, date]] = ()
    paused: bool = False
    paused_until: date | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """The step that comes, and its day. A task is for the team: a public accountant is called, not mailed."""

    step: ReminderStep
    on: date
    is_task: bool


def coming(standing: ReceivableStanding, days: Days) -> Next | None:
    """The next step and when it may be taken; None when nothing is due, or known to be, or when all was said."""
    if standing.due_cents <= 0 or standing.due_on is None:
        return None
    if standing.paused and standing.paused_until is None:
        return None
    left = [step for step in STEPS if step not in {taken for taken, _on in standing.taken}]
    if not left:
        return None
    step = left[0]
    on = standing.due_on + timedelta(days=days[step])
    if standing.taken:
        # a step that was late does not hurry the next one: the time between them is the payer's
        last, taken_on = standing.taken[-1]
        on = max(on, taken_on + timedelta(days=max(days[step] - days[last], 1)))
    if standing.paused and standing.paused_until is not None:
        on = max(on, standing.paused_until + timedelta(days=1))
    return Next(step, working_day(on), standing.buyer == Buyer.PUBLIC)


def due_now(standing: ReceivableStanding, days: Days, today: date) -> Next | None:
    """The step to take today; None when it is too early."""
    following = coming(standing, days)
    return following if following is not None and following.on <= today else None


def working_day(day: date) -> date:
    """The day itself, or the Monday after: nobody is reminded on a Sunday."""
    return day + timedelta(days=max(7 - day.weekday(), 0) if day.weekday() >= 5 else 0)


def checked_days(wanted: Days) -> Days:
    """Invalid unless each step comes after the one before, within a year."""
    errors: dict[str, str] = {}
    before = 0
    for step in STEPS:
        if not before < wanted[step] <= LAST_DAY:
            words = _("Indiquez de {least} à {most} jours : chaque relance vient après la précédente.")
            errors[step.value] = words.format(least=before + 1, most=LAST_DAY)
        before = max(before, wanted[step])
    if errors:
        raise Invalid(errors)
    return wanted


def check_pause(kind: PauseKind, until: date | None, note: str, today: date) -> None:
    """Invalid: a promise without a day to come within the year, or a dispute about nothing."""
    if kind == PauseKind.PROMISE and until is None:
        raise Invalid(_("Indiquez le jour promis."), field="until")
    if kind == PauseKind.DISPUTE and not note.strip():
        raise Invalid(_("Dites en une phrase ce qui est contesté."), field="note")
    if until is not None and not today <= until <= today + timedelta(days=LAST_DAY):
        raise Invalid(_("Indiquez un jour à venir, dans l’année."), field="until")
