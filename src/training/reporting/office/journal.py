"""The journal as the office shows it: the exports that were made, one of them, the codes that the next carries."""

from __future__ import annotations

from dataclasses import dataclass

from training.accounting.queries import journal as books
from training.accounting.queries.journal import ExportView
from training.accounting.rules.accounts import Accounts
from training.directory import queries as directory
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records import queries as records


@dataclass(frozen=True, slots=True)
class OfficeJournal:
    """The exports, the last first."""

    exports: list[ExportView]
    may_keep: bool


async def journal_page(actor: Actor) -> OfficeJournal:
    """What the page of the journal shows, in one statement."""
    return OfficeJournal(await books.exports(), actor.may(Permission.ACCOUNTS_KEEP))


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """An export with the entries as they were kept, and the SIRET that its file is named by."""

    export: ExportView
    content: bytes
    siret: str


async def exported_file(number: int | None) -> ExportedFile:
    """One export by its number, in three statements; NotFound when there is none."""
    export = None if number is None else await books.export(number)
    stored = None if export is None else await records.file(export.file)
    if export is None or stored is None:
        raise NotFound(_("Cet export n’existe pas."))
    return ExportedFile(export, stored.content, (await directory.the_platform()).siret or "")


@dataclass(frozen=True, slots=True)
class OfficeCodes:
    """The accountant's codes of journals and accounts."""

    codes: Accounts
    may_keep: bool


async def codes_page(actor: Actor) -> OfficeCodes:
    """What the page of codes shows, in one statement."""
    return OfficeCodes(await books.accounts(), actor.may(Permission.ACCOUNTS_KEEP))
