"""The journal as the office shows it: the exports that were made, one of them, the codes that the next carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from training.accounting.queries import journal as books
from training.accounting.queries.journal import ExportView
from training.accounting.rules.accounts import Accounts
from training.accounting.rules.fiscal_year import FiscalYear, fiscal_year
from training.directory import queries as directory
from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records import queries as records
from training.reporting.office.edits import EditShown, edits_of


@dataclass(frozen=True, slots=True)
class OfficeJournal:
    """The exports, the last first. `next`: the period that the next one is of, unless somebody says another."""

    exports: list[ExportView]
    next: FiscalYear
    may_keep: bool


async def journal_page(actor: Actor) -> OfficeJournal:
    """What the page of the journal shows, in two statements."""
    last_month = clock.today().replace(day=1) - timedelta(days=1)
    year = fiscal_year(last_month, await directory.fiscal_year_end())
    coming = FiscalYear(year.first, last_month)
    return OfficeJournal(await books.exports(), coming, actor.may(Permission.ACCOUNTS_KEEP))


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """An export with the entries as they were kept, and the SIREN that its file is named by."""

    export: ExportView
    content: bytes
    siren: str


async def exported_file(number: int | None) -> ExportedFile:
    """One export by its number, in three statements; NotFound when there is none."""
    export = None if number is None else await books.export(number)
    stored = None if export is None else await records.file(export.file)
    if export is None or stored is None:
        raise NotFound(_("Cet export n’existe pas."))
    return ExportedFile(export, stored.content, ((await directory.the_platform()).siret or "")[:9])


@dataclass(frozen=True, slots=True)
class OfficeCodes:
    """The accountant's codes of journals and accounts."""

    codes: Accounts
    may_keep: bool
    seen: int
    edits: list[EditShown]


async def codes_page(actor: Actor) -> OfficeCodes:
    """What the page of codes shows, in three statements, and that of names."""
    seen = await records.last_change("accounting", 1)
    codes, edits = await books.accounts(), await edits_of("accounting", 1)
    return OfficeCodes(codes, actor.may(Permission.ACCOUNTS_KEEP), seen, edits)
