"""Closed periods as the office shows them, and what closing one more means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from training.accounting.queries import accounts, sources
from training.accounting.queries.accounts import BooksTotals, ClosingView
from training.accounting.rules.closing import closable
from training.billing.queries.periods import closed_until
from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class OfficeClosings:
    """What is closed, the last first; `months`: the last days of those that may be."""

    closings: list[ClosingView]
    months: list[date]
    may_keep: bool


async def closings_page(actor: Actor) -> OfficeClosings:
    """What the page of closings shows, in two statements."""
    months = closable(await closed_until(), clock.today())
    return OfficeClosings(await accounts.closings(), months, actor.may(Permission.ACCOUNTS_KEEP))


@dataclass(frozen=True, slots=True)
class ClosingAsked:
    """What closing up to a day means. `not_exported`: how much of it no export of the journal has carried."""

    until: date
    totals: BooksTotals
    not_exported: int


async def closing_page(until: date) -> ClosingAsked:
    """What the page that closes shows, in two statements."""
    return ClosingAsked(until, await accounts.totals_until(until), await sources.count_not_exported(until))
