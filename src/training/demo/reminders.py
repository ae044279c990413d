"""A late invoice of an invented association, for the preview of reminders."""

from __future__ import annotations

from datetime import date, timedelta

from training.demo.samples import PAPER
from training.directory.rules.organisations import Buyer
from training.dunning.queries.reminders import Followed
from training.dunning.rules.interest import Rate, late
from training.dunning.rules.reminding import USUAL, ReminderStep
from training.kernel import addresses, clock
from training.messages.actions.outgoing import Letter, Reader

READER = Reader("Didier Grandlivre", "didier.grandlivre@example.org")


def owed(step: ReminderStep, **changes: object) -> Followed:
    """What is late on the day of a step."""
    due_on = clock.today() - timedelta(days=USUAL[Buyer.ASSOCIATION][step])
    facts: dict[str, object] = {
        "id": 1,
        "invoice": 1,
        "number": f"F{due_on.year}-00042",
        "payer": 1,
        "payer_name": "Association du Préau (démonstration)",
        "payer_slug": "association-du-preau",
        "buyer": Buyer.ASSOCIATION,
        "issued_on": due_on - timedelta(days=30),
        "due_on": due_on,
        "gross_cents": 35_000,
        "settled_cents": 0,
        "pause": None,
        "paused_until": None,
        "pause_note": None,
        "steps": [],
        "step_times": [],
        "processing": False,
    }
    return Followed(**(facts | changes))  # type: ignore[arg-type]


def letter(step: ReminderStep, view: Followed | None = None) -> Letter:
    """What `messages.actions.reminders` writes."""
    one = view or owed(step)
    cost = late(one.buyer, one.gross_cents, one.due_on, [], [Rate(date(2020, 1, 1), 1_215)], clock.today())
    context = {
        "owed": one,
        "late": cost if step == ReminderStep.FORMAL else None,
        "answer_by": clock.today() + timedelta(days=8),
        "path": PAPER if one.invoice else addresses.space(one.payer_slug),
    }
    return Letter(f"reminder_{step}", READER, ("invoice", 1), context, organisation=1)
