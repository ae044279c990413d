"""Close a period: its totals are kept as they were said, and nothing is dated inside any more."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

from training.accounting.queries import accounts as reading
from training.accounting.rules.closing import check_close
from training.billing.actions.periods import close_days, lock_periods
from training.billing.queries.periods import closed_until
from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def close_period(actor: Actor, until: date) -> None:
    """Close up to the last day of a past month. Invalid: not such a day. Conflict: closed as far already."""
    actor.must(Permission.ACCOUNTS_KEEP)
    async with acting(actor, "period.close") as change:
        await lock_periods()
        check_close(until, await closed_until(), clock.today())
        totals = await reading.totals_until(until)
        closed = await close_days(until, json.dumps(asdict(totals), sort_keys=True))
        change.about("period_close", closed, "until")
