"""What the accountant sets and takes away: the accounts, and numbered exports of the journal.

Locks: the exports, an advisory lock taken first: of two at once, the second sees what the first took.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date

from training.accounting.formats.journal import numbered, write
from training.accounting.queries import journal as reading
from training.accounting.queries import sources as reading_sources
from training.accounting.rules.accounts import Accounts, checked
from training.accounting.rules.entries import KINDS, BookEntry, Source, entries, lettered
from training.accounting.rules.fiscal_year import check_period
from training.accounting.tables import Accounting, JournalExport
from training.directory.queries import the_platform
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.render import day_year
from training.records.actions.acting import acting
from training.records.actions.files import keep_file


async def set_accounts(actor: Actor, wanted: Accounts, *, seen: int | None = None) -> None:
    """The journals and accounts of the exports to come; those that were made do not change."""
    actor.must(Permission.ACCOUNTS_KEEP)
    checked(wanted)
    async with acting(actor, "accounts.set", ("accounting", 1)) as change:
        usual = Accounting(id=1, **asdict(Accounts()))  # what a platform has that never said so
        await Accounting.insert(usual).on_conflict(target=Accounting.id, action="DO NOTHING")
        await change.edit(Accounting, 1, asdict(wanted), seen=seen)


async def export_journal(actor: Actor, first: date, until: date) -> int:
    """Write the entries of a period, inside one fiscal year, that no export has carried. Returns the export's number.

    Invalid: not such a period. Conflict: nothing new, or the platform has no SIRET for the file to carry.
    """
    actor.must(Permission.ACCOUNTS_KEEP)
    async with acting(actor, "journal.export") as change:
        await lock_journal()
        platform = await the_platform()
        check_period(first, until, platform.fiscal_year_end, clock.today())
        if not platform.siret:
            raise Conflict(_("Le fichier porte le SIREN de la plateforme : complétez son identité."))
        sources = await reading_sources.not_exported(until, first)
        before = int(await db.value("select coalesce(sum(entries), 0) from journal_export"))
        settled = await reading_sources.settled_in_whole(first, until)
        accounts = await reading.accounts()
        # a year's entries take seconds to write: other requests go on meanwhile
        made, content = await asyncio.to_thread(
            lambda: _written(lettered(entries(sources, accounts), settled), before + 1, clock.today())
        )
        if not made:
            words = _("Rien de nouveau à exporter jusqu’au {day} : tout est dans les exports précédents.")
            raise Conflict(words.format(day=day_year(until)), field="until")
        number = await _keep(first, until, made, content, before + 1)
        change.about("journal_export", number)
        await _mark(number, sources)
    return int(await db.value("select number from journal_export where id = $1", number))


JOURNAL_TYPE = "text/tab-separated-values"


async def lock_journal() -> None:
    """Of two at once, the second sees what the first took; and the lines of a release that did not keep them."""
    await db.execute("select pg_advisory_xact_lock(hashtextextended('journal.export', 0))")
    await db.execute(
        """
        select keep_journal_lines(e.id) from journal_export e
        where not exists (select from journal_line l where l.export = e.id)
        """
    )


def _written(found: list[BookEntry], first: int, valid_on: date) -> tuple[list[BookEntry], bytes]:
    """The entries with what is written of them."""
    return found, write(numbered(found, first, valid_on))


async def _keep(first: date, until: date, made: Sequence[BookEntry], content: bytes, number: int) -> int:
    """The export and its lines, as they were written; returns its id."""
    file = await keep_file(content, JOURNAL_TYPE)
    row = await JournalExport.insert(
        JournalExport(
            number=int(await db.value("select coalesce(max(number), 0) + 1 from journal_export")),
            since=first,
            until=until,
            entries=len(made),
            file=file,
            created_at=clock.now(),
        )
    ).returning(JournalExport.id)
    export = int(row[0]["id"])
    lines = [
        (
            export, place, entry.kind, entry.id, entry.journal, entry.journal_name, entry.on, entry.piece, entry.words,
            line.role, line.account, line.account_name, line.client, line.client_name, line.cents, line.analytic,
            line.receivable, line.letter, line.letter_on,
        )
        for place, entry in enumerate(made, number)
        for line in entry.lines
    ]  # fmt: skip
    await db.connection().copy_records_to_table("journal_line", records=lines, columns=_LINE)
    return export


_LINE = (
    "export", "entry", "source_kind", "source_id", "journal", "journal_name", "written_on", "piece", "words", "role",
    "account", "account_name", "client", "client_name", "cents", "analytic", "receivable", "letter", "letter_on",
)  # fmt: skip


async def _mark(export: int, sources: Iterable[Source]) -> None:
    kinds: dict[str, list[int]] = {}
    for source in sources:
        kinds.setdefault(KINDS[type(source)], []).append(source.id)
    sql = "insert into journal_exported (export, source_kind, source_id) select $1, $2, unnest($3::bigint[])"
    for kind, ids in kinds.items():
        await db.execute(sql, export, kind, ids)
