"""Close a period: its totals are kept as they were said, and nothing is dated inside any more."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

from training.accounting.actions.accounts import keeps
from training.accounting.queries import accounts as reading
from training.accounting.rules.closing import check_close
from training.billing.tables.periods import PeriodClose
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.records.actions import acting

db.refuse("period_is_open", lambda: Invalid(_("Cette date est dans une période close."), field="on"))
db.refuse("period_close_until_once", lambda: Conflict(_("Cette période est déjà close."), field="until"))


async def close_period(actor: Actor, until: date) -> None:
    """Close up to the last day of a past month. Invalid: not such a day. Conflict: closed as far already."""
    keeps(actor)
    async with acting(actor, "period.close") as change:
        # The trigger `period_open` shares this lock: who is writing is waited for, who comes after finds it closed.
        await db.execute("select pg_advisory_xact_lock(hashtextextended('period.close', 0))")
        check_close(until, await reading.closed_until(), clock.today())
        totals = await reading.totals_until(until)
        made = await PeriodClose.insert(
            PeriodClose(
                until=until,
                totals=json.dumps(asdict(totals), sort_keys=True),
                closed_at=clock.now(),
            )
        ).returning(PeriodClose.id)
        change.about("period_close", int(made[0]["id"]), "until")
