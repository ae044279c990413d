"""The bank as the office's pages show it: what waits for a word, one transfer, the files, the columns of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.sheets import Row
from training.payments.formats.statement_csv import CsvTable
from training.payments.queries import receivables as owing
from training.payments.queries import statements as reading
from training.payments.queries.receivables import ReceivableView
from training.payments.queries.statements import LineState, Proposed, Resembled, StatementLineView, StatementView
from training.payments.rules.columns import Meaning
from training.payments.rules.matching import Proposal
from training.reporting.paging import cut

ALL_AT_ONCE = 2_000  # lines matched to show one page: about a tenth of a second
EXAMPLES = 3  # rows of a file shown above its columns, and cells beside each of them
LOOKED_THROUGH = 40  # rows in which a column's cells are looked for

# What waits


@dataclass(frozen=True, slots=True)
class OfficeBank:
    """A page of the transfers that wait, each with what it is proposed to pay.

    `total` counts all that wait, `sure` those that need no look (None when they are too many to say); `receivables`:
    those proposed, by id; `any_files`: something was imported once.
    """

    shown: list[Proposed]
    following: tuple[date, int] | None
    total: int
    sure: int | None
    receivables: dict[int, ReceivableView]
    any_files: bool


async def bank_page(statement: int | None, *, after: tuple[date, int] | None, limit: int) -> OfficeBank:
    """Transfers that wait, the oldest first, of one file or of all: five statements at most."""
    total = await reading.waiting(statement)
    if total > ALL_AT_ONCE:
        lines = await reading.lines(statement=statement, state=LineState.NEW, after=after, limit=limit + 1)
        some, following = cut(lines, limit)
        shown, sure = await reading.proposed(some), None
    else:
        every = await reading.proposals(statement)
        sure = sum(one.proposal.sure for one in every)
        rest = [one for one in every if after is None or (one.line.booked_on, one.line.id) > after]
        shown, last = cut(rest, limit)
        following = last.line if last else None
    wanted = {id_ for one in shown for id_ in (*one.proposal.settles, *one.proposal.candidates)}
    return OfficeBank(
        shown,
        (following.booked_on, following.id) if following else None,
        total,
        sure,
        await owing.receivables(sorted(wanted)),
        bool(total) or bool(await reading.statements(limit=1)),
    )


# One transfer


@dataclass(frozen=True, slots=True)
class ChosenReceivable:
    """An invoice that the transfer pays. `cents`: as proposed, or what is left of the transfer up to what is due."""

    receivable: ReceivableView
    cents: int


@dataclass(frozen=True, slots=True)
class OfficeBankLine:
    """What the page of a transfer shows. `found`: other invoices that it could pay; `other`: a line that it may be."""

    line: StatementLineView
    other: Resembled | None
    proposal: Proposal | None
    chosen: list[ChosenReceivable]
    found: list[ReceivableView]


async def line_page(line: int, *, chosen: Sequence[int] | None, search: str) -> OfficeBankLine:
    """What the page of a transfer shows, in five statements at most; NotFound when there is no such line.

    `chosen`: the invoices that somebody chose; None takes those that are proposed.
    """
    view = await reading.line(line)
    if view is None:
        raise NotFound(_("Cette ligne de relevé n’existe pas."))
    proposal = await reading.proposal(view) if view.state == LineState.NEW else None
    settles, candidates = (proposal.settles, proposal.candidates) if proposal else ({}, ())
    ids = list(settles) if chosen is None else chosen
    known = await owing.receivables([*ids, *candidates])
    others = await owing.open_receivables(search) if search else [known[id_] for id_ in candidates if id_ in known]
    return OfficeBankLine(
        view,
        await reading.resembled(line) if view.resembles and view.state == LineState.NEW else None,
        proposal,
        _divided(view.left_cents, [known[id_] for id_ in ids if id_ in known], settles),
        [one for one in others if one.id not in ids],
    )


def _divided(left: int, among: list[ReceivableView], settles: dict[int, int]) -> list[ChosenReceivable]:
    proposed = settles if set(settles) == {one.id for one in among} else {}
    chosen = []
    for one in among:
        cents = proposed.get(one.id, max(0, min(one.due_cents, left)))
        left -= cents
        chosen.append(ChosenReceivable(one, cents))
    return chosen


# Files


@dataclass(frozen=True, slots=True)
class OfficeBankFiles:
    """A page of the files that were imported. `following`: the key of its last one when there are more."""

    files: list[StatementView]
    following: tuple[datetime, int] | None


async def files_page(*, after: tuple[datetime, int] | None, limit: int) -> OfficeBankFiles:
    """The files, the newest first, in one statement."""
    shown, last = cut(await reading.statements(after=after, limit=limit + 1), limit)
    return OfficeBankFiles(shown, (last.created_at, last.id) if last else None)


@dataclass(frozen=True, slots=True)
class OfficeBankFile:
    """A page of a file's lines. It has none while nobody has said what its columns hold (`statement.read_at`)."""

    statement: StatementView
    lines: list[StatementLineView]
    following: tuple[date, int] | None


async def file_page(
    statement: int, *, state: LineState | None, after: tuple[date, int] | None, limit: int
) -> OfficeBankFile:
    """A file and its lines, the oldest first, in two statements; NotFound when there is no such file."""
    view = await _statement(statement)
    found = await reading.lines(statement=statement, state=state, after=after, limit=limit + 1)
    shown, last = cut(found, limit)
    return OfficeBankFile(view, shown, (last.booked_on, last.id) if last else None)


@dataclass(frozen=True, slots=True)
class ColumnToName:
    """A column of a file: its title, the first things in it, and what it seems to hold."""

    title: str
    examples: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class OfficeBankColumns:
    """What the page that asks for a file's columns shows; no columns: they were named already, its lines are read."""

    statement: StatementView
    columns: list[ColumnToName]
    rows: list[Row]
    titled: bool


async def columns_page(statement: int) -> OfficeBankColumns:
    """A file whose columns nobody has named yet, in two statements; NotFound when there is no such file."""
    view = await _statement(statement)
    table = await reading.waiting_table(statement)
    if table is None:
        return OfficeBankColumns(view, [], [], True)
    titles = [title or _("Colonne {n}").format(n=n) for n, title in enumerate(table.header, start=1)]
    seem = table.proposed
    columns = [ColumnToName(title, _examples(table, n), seem[n]) for n, title in enumerate(titles)]
    return OfficeBankColumns(view, columns, list(table.rows[:EXAMPLES]), table.titled)


def _examples(table: CsvTable, column: int) -> str:
    cells = [" ".join(row.cells[column].split())[:60] for row in table.rows[:LOOKED_THROUGH] if column < len(row.cells)]
    return " · ".join(list(dict.fromkeys(filter(None, cells)))[:EXAMPLES])


async def _statement(id: int) -> StatementView:  # noqa: A002
    view = await reading.statement(id)
    if view is None:
        raise NotFound(_("Ce relevé n’existe pas."))
    return view
