"""The journal's codes, the exports that were made, the lines they wrote, and the journals of closed years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import groupby

from training.accounting.rules.accounts import Accounts
from training.accounting.rules.entries import BookEntry, ClientAccount, EntryLine
from training.kernel import db
from training.kernel.row_mapping import columns


async def accounts() -> Accounts:
    """The accountant's codes, or the usual ones."""
    names = ", ".join(f.name for f in fields(Accounts))
    return await db.row(Accounts, f"select {names} from accounting where id = 1") or Accounts()


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export that was made."""

    number: int
    since: date | None
    until: date
    entries: int
    file: int
    created_at: datetime


_EXPORT = "select number, since, until, entries, file, created_at from journal_export"


async def exports(limit: int = 100) -> list[ExportView]:
    """The exports, the last first."""
    return await db.rows(ExportView, f"{_EXPORT} order by number desc limit {limit:d}")


async def export(number: int) -> ExportView | None:
    """One export by its number."""
    return await db.row(ExportView, _EXPORT + " where number = $1", number)


@dataclass(frozen=True, slots=True)
class YearView:
    """The journal of a closed fiscal year, as it is kept."""

    since: date
    until: date
    entries: int
    file: int
    created_at: datetime


async def years() -> list[YearView]:
    """Those that are kept, the last first."""
    names = ", ".join(columns(YearView))
    return await db.rows(YearView, f"select {names} from journal_year order by until desc")


async def year(until: date) -> YearView | None:
    """That of the year which ends on a day."""
    names = ", ".join(columns(YearView))
    return await db.row(YearView, f"select {names} from journal_year where until = $1", until)


# What exports wrote


@dataclass(frozen=True, slots=True)
class Kept:
    """The accounts on which an export wrote an invoice or a payment."""

    client: ClientAccount | None
    accounts: Mapping[str, str]  # role → account


@dataclass(frozen=True, slots=True)
class _KeptLine:
    source_kind: str
    source_id: int
    role: str
    account: str
    client: str
    client_name: str


async def kept(invoices: Sequence[int], payments: Sequence[int]) -> dict[tuple[str, int], Kept]:
    """By (kind, id), of those that were exported."""
    sql = """
        select source_kind, source_id, role, account, client, client_name from journal_line
        where source_kind = 'invoice' and source_id = any($1) or source_kind = 'payment' and source_id = any($2)
        order by source_kind, source_id, id
    """
    found: dict[tuple[str, int], Kept] = {}
    lines = await db.rows(_KeptLine, sql, sorted(set(invoices)), sorted(set(payments)))
    for key, of in groupby(lines, key=lambda line: (line.source_kind, line.source_id)):
        written = list(of)
        clients = [ClientAccount(x.client, x.client_name, x.account) for x in written if x.role == "client_account"]
        found[key] = Kept(clients[-1] if clients else None, {x.role: x.account for x in reversed(written)})
    return found


@dataclass(frozen=True, slots=True)
class _Written:
    export: int
    entry: int
    source_kind: str | None
    source_id: int | None
    journal: str
    journal_name: str
    written_on: date
    piece: str
    words: str
    role: str
    account: str
    account_name: str
    client: str
    client_name: str
    cents: int
    analytic: str
    receivable: int | None
    letter: str
    letter_on: date | None


async def exported_entries(first: date, until: date) -> list[BookEntry]:
    """The entries of a period that exports wrote, as they wrote them."""
    names = ", ".join(columns(_Written))
    sql = f"select {names} from journal_line where written_on between $1 and $2 order by export, entry, id"
    lines = await db.rows(_Written, sql, first, until)
    return [_entry(list(of)) for _key, of in groupby(lines, key=lambda line: (line.export, line.entry))]


def _entry(lines: Sequence[_Written]) -> BookEntry:
    one = lines[0]
    return BookEntry(
        one.journal,
        one.journal_name,
        one.written_on,
        one.piece,
        one.words,
        one.source_kind,
        one.source_id,
        tuple(
            EntryLine(
                x.role, x.account, x.account_name, x.cents, x.client, x.client_name, x.analytic, x.receivable,
                x.letter, x.letter_on,
            )
            for x in lines
        ),
    )  # fmt: skip
