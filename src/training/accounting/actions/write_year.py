"""Write the journal of a closed fiscal year, once for all: every entry of it, whatever exports took."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

from training.accounting.actions.accounts import JOURNAL_TYPE, lock_journal
from training.accounting.formats.journal import numbered, write
from training.accounting.queries import journal as reading
from training.accounting.queries.sources import not_exported, settled_in_whole
from training.accounting.rules.entries import BookEntry, entries, lettered
from training.accounting.rules.fiscal_year import FiscalYear, check_closed_year
from training.accounting.tables import JournalYear
from training.billing.queries.periods import closed_at, closed_until
from training.directory.queries import the_platform
from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.records.actions.files import keep_file


async def write_year(actor: Actor, until: date) -> None:
    """Write the journal of the year that ends on a day; it marks nothing, and stays as it is when it is written.

    Invalid: no fiscal year ends then. Conflict: it is not closed, or there is no entry in it.
    """
    actor.must(Permission.ACCOUNTS_KEEP)
    async with acting(actor, "journal.year") as change:
        await lock_journal()
        year = check_closed_year(until, (await the_platform()).fiscal_year_end, await closed_until())
        if await reading.year(until) is not None:
            return
        found = await _entries(year)
        if not found:
            raise Conflict(_("Aucune écriture dans cet exercice."))
        closed_on = clock.local(await closed_at(until) or clock.now()).date()
        content = await asyncio.to_thread(lambda: write(numbered(found, 1, closed_on)))
        file = await keep_file(content, JOURNAL_TYPE)
        row = JournalYear(since=year.first, until=year.last, entries=len(found), file=file, created_at=clock.now())
        kept = await JournalYear.insert(row).returning(JournalYear.id)
        change.about("journal_year", int(kept[0]["id"]))


async def _entries(year: FiscalYear) -> Sequence[BookEntry]:
    """What exports wrote of the year, as they wrote it, and the rest of it."""
    wrote = await reading.exported_entries(year.first, year.last)
    sources, accounts = await not_exported(year.last, year.first), await reading.accounts()
    settled = await settled_in_whole(year.first, year.last)
    # a year's entries take seconds: other requests go on meanwhile
    return await asyncio.to_thread(
        lambda: lettered(sorted([*wrote, *entries(sources, accounts)], key=lambda entry: entry.order), settled)
    )
