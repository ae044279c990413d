"""One click issues every draft that is ready, each on its own: one that cannot be stops no other."""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.actions.issue import issue
from training.billing.queries.drafts import ready
from training.kernel.actor import Actor
from training.kernel.errors import DomainError
from training.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a draft: its number, or why it has none."""

    invoice: int
    number: str | None
    reason: str = ""


async def issue_all(actor: Actor) -> list[Outcome]:
    """Issue the drafts whose checks are all green and whose month is over, the oldest service first."""
    actor.must(Permission.INVOICES_ISSUE)
    outcomes = []
    for draft in await ready(actor.scope):
        try:
            outcomes.append(Outcome(draft, await issue(actor, draft)))
        except DomainError as refusal:  # somebody else was faster, or something has changed since the list was read
            outcomes.append(Outcome(draft, None, refusal.detail))
    return outcomes
