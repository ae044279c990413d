"""What the accountant sets and takes away: the accounts, and numbered exports of the journal.

Locks: the exports, an advisory lock taken first: of two at once, the second sees what the first took.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date

from training.accounting.formats.journal import GivenUp, PaymentIn, Refunded, Sale, Source, Transferred, entries, write
from training.accounting.queries import journal as reading
from training.accounting.rules.accounts import Accounts, checked
from training.accounting.tables import Accounting, JournalExport
from training.directory.queries import the_platform
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.render import day_year
from training.records.actions.acting import acting
from training.records.actions.files import keep_file

_KINDS: dict[type[Source], str] = {
    Sale: "invoice",
    PaymentIn: "payment",
    Transferred: "settlement",
    Refunded: "settlement",
    GivenUp: "settlement",
}


async def set_accounts(actor: Actor, wanted: Accounts) -> None:
    """The journals and accounts of the exports to come; those that were made do not change."""
    actor.must(Permission.ACCOUNTS_KEEP)
    checked(wanted)
    async with acting(actor, "accounts.set", ("accounting", 1)) as change:
        codes = asdict(wanted)
        if not await change.edit(Accounting, 1, codes):
            change.about("accounting", 1, *codes)
            await Accounting.insert(Accounting(id=1, **codes)).on_conflict(
                target=Accounting.id, action="DO UPDATE", values=[getattr(Accounting, name) for name in codes]
            )


async def export_journal(actor: Actor, until: date) -> int:
    """Write the entries of everything dated up to a day that no export has carried. Returns the export's number.

    Invalid: a day to come. Conflict: nothing new, or the platform has no SIRET for the file to carry.
    """
    actor.must(Permission.ACCOUNTS_KEEP)
    if until > clock.today():
        raise Invalid(_("Cette date n’est pas encore venue."), field="until")
    async with acting(actor, "journal.export") as change:
        await db.execute("select pg_advisory_xact_lock(hashtextextended('journal.export', 0))")
        if not (await the_platform()).siret:
            raise Conflict(_("Le fichier porte le SIREN de la plateforme : complétez son identité."))
        sources = await reading.not_exported(until)
        before = int(await db.value("select coalesce(sum(entries), 0) from journal_export"))
        accounts, today = await reading.accounts(), clock.today()
        # a year's entries take seconds to write: other requests go on meanwhile
        count, content = await asyncio.to_thread(_written, sources, accounts, before + 1, today)
        if not count:
            words = _("Rien de nouveau à exporter jusqu’au {day} : tout est dans les exports précédents.")
            raise Conflict(words.format(day=day_year(until)), field="until")
        file = await keep_file(content, "text/tab-separated-values")
        number = int(await db.value("select coalesce(max(number), 0) + 1 from journal_export"))
        made = await JournalExport.insert(
            JournalExport(
                number=number,
                until=until,
                entries=count,
                file=file,
                created_at=clock.now(),
            )
        ).returning(JournalExport.id)
        await _mark(int(made[0]["id"]), sources)
        change.about("journal_export", int(made[0]["id"]))
    return number


def _written(sources: Sequence[Source], accounts: Accounts, first: int, valid_on: date) -> tuple[int, bytes]:
    """(how many entries, the file)."""
    lines = entries(sources, accounts, first, valid_on)
    return len({line.number for line in lines}), write(lines)


async def _mark(export: int, sources: Iterable[Source]) -> None:
    kinds: dict[str, list[int]] = {}
    for source in sources:
        kinds.setdefault(_KINDS[type(source)], []).append(source.id)
    sql = "insert into journal_exported (export, source_kind, source_id) select $1, $2, unnest($3::bigint[])"
    for kind, ids in kinds.items():
        await db.execute(sql, export, kind, ids)
