"""Bank statements, their lines, and what each line is proposed to pay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

import anyio.to_thread

from training.kernel import clock, db
from training.kernel.clauses import Clauses
from training.kernel.i18n import _
from training.payments.formats.statement import Format
from training.payments.formats.statement_csv import CsvTable, read_table
from training.payments.rules.columns import Meaning, check_mapping
from training.payments.rules.matching import Incoming, Matcher, OpenReceivable, Proposal
from training.payments.rules.same_movement import ID_DAYS, KnownLine

PAID_WITHIN = timedelta(days=500)  # settled receivables that a transfer may still name: somebody paid twice


AT_A_TIME = 1_000  # lines read or written by one statement: some milliseconds


class LineState(StrEnum):
    """Where a line of a statement stands."""

    NEW = "new"
    MATCHED = "matched"
    ASIDE = "aside"
    IGNORED = "ignored"  # money out


@dataclass(frozen=True, slots=True)
class StatementView:
    """A file of the bank, with how its lines stand."""

    id: int
    name: str
    format: Format
    account: str
    known_lines: int
    read_at: datetime | None
    created_at: datetime
    first_on: date | None
    last_on: date | None
    lines: int
    new: int
    matched: int
    aside: int
    ignored: int


_STATEMENT = """
    select s.id, s.name, s.format, s.account, s.known_lines, s.read_at, s.created_at, l.*
    from bank_statement s
    cross join lateral (
        select min(booked_on) as first_on, max(booked_on) as last_on, count(*) as lines,
               count(*) filter (where state = 'new') as new, count(*) filter (where state = 'matched') as matched,
               count(*) filter (where state = 'aside') as aside, count(*) filter (where state = 'ignored') as ignored
        from bank_line where statement = s.id
    ) l
"""


async def statements(*, after: tuple[datetime, int] | None = None, limit: int = 50) -> list[StatementView]:
    """Files, the newest first."""
    where = Clauses()
    if after:
        where.add("(s.created_at, s.id) < ({}, {})", *after)
    sql = f"{_STATEMENT} where {where} order by s.created_at desc, s.id desc limit {limit:d}"
    return await db.rows(StatementView, sql, *where.values)


async def statement(id: int) -> StatementView | None:  # noqa: A002
    """A file by its id."""
    return await db.row(StatementView, _STATEMENT + " where s.id = $1", id)


@dataclass(frozen=True, slots=True)
class StatementLineView:
    """A movement of a statement. `numbers`: what its payment settles now; `resembles`: a line that it may be again."""

    id: int
    statement: int
    booked_on: date
    amount_cents: int
    payer_name: str
    payer_iban: str
    label: str
    reference: str
    state: LineState
    reason: str
    payment: int | None
    resembles: int | None
    left_cents: int
    numbers: tuple[str, ...]


_LINE = """
    select l.id, l.statement, l.booked_on, l.amount_cents, l.payer_name, l.payer_iban, l.label, l.reference, l.state,
           l.reason, l.payment, l.resembles, coalesce(p.amount_cents - p.used_cents, l.amount_cents) as left_cents,
           array(
               select r.number from settlement s join receivable r on r.id = s.receivable
               where s.payment = l.payment group by r.id having sum(s.amount_cents) > 0 order by r.id
           ) as numbers
    from bank_line l
    left join lateral (select amount_cents, used_cents from payment where id = l.payment offset 0) p on true
"""


async def line(id: int) -> StatementLineView | None:  # noqa: A002
    """A line by its id."""
    return await db.row(StatementLineView, _LINE + " where l.id = $1", id)


async def lines(
    *,
    statement: int | None = None,
    state: LineState | None = None,
    after: tuple[date, int] | None = None,
    limit: int | None = 50,
) -> list[StatementLineView]:
    """Lines, the oldest first."""
    where = Clauses()
    if statement is not None:
        where.add("l.statement = {}", statement)
    if state is not None:
        where.add(f"l.state = '{LineState(state)}'")  # written out: of those that are new there is an index
    if after:
        where.add("(l.booked_on, l.id) > ({}, {})", *after)
    sql = f"{_LINE} where {where} order by l.booked_on, l.id limit {'all' if limit is None else limit}"
    return await db.rows(StatementLineView, sql, *where.values)


async def waiting(statement: int | None = None) -> int:
    """How many lines wait for somebody's word, of one file or of all."""
    where = Clauses("state = 'new'")
    if statement is not None:
        where.add("statement = {}", statement)
    return int(await db.value(f"select count(*) from bank_line where {where}", *where.values))


@dataclass(frozen=True, slots=True)
class Proposed:
    """A line that waits, with what it is proposed to pay."""

    line: StatementLineView
    proposal: Proposal


async def proposals(statement: int | None = None) -> list[Proposed]:
    """Every line that waits, with its proposal; matched off the loop: ten thousand take about a second."""
    waiting = await lines(statement=statement, state=LineState.NEW, limit=None)
    return await proposed(waiting) if waiting else []


async def proposal(line: StatementLineView) -> Proposal:
    """What one line is proposed to pay."""
    return (await proposed([line]))[0].proposal


async def sure(statement: int | None = None) -> list[tuple[int, dict[int, int]]]:
    """(line, what it settles) of those that need no look, the oldest first."""
    return [(one.line.id, one.proposal.settles) for one in await proposals(statement) if one.proposal.sure]


async def proposed(waiting: list[StatementLineView]) -> list[Proposed]:
    """Some lines that wait, each with its proposal."""
    owed = await _owed()
    incoming = [
        Incoming(one.left_cents, one.label, one.reference, one.payer_name, one.payer_iban) for one in waiting
    ]  # of a match that was undone, what is left of its payment
    found = await anyio.to_thread.run_sync(lambda: Matcher(owed).match_all(incoming))
    return [Proposed(one, _doubted(one, proposal)) for one, proposal in zip(waiting, found, strict=True)]


def _doubted(line: StatementLineView, proposal: Proposal) -> Proposal:
    """What may be in another file already is nobody's sure payment."""
    if line.resembles is None:
        return proposal
    words = _("Ce virement est peut-être déjà dans un autre relevé : ouvrez-le avant de le confirmer.")
    return replace(proposal, sure=False, why=f"{words} {proposal.why}")


async def _owed() -> list[OpenReceivable]:
    sql = """
        select r.id, r.number, o.name as payer_name, r.gross_cents - r.settled_cents as due_cents,
               r.issued_on::text as issued
        from receivable r join organisation o on o.id = r.payer
        where r.id = any(array(
            select id from receivable where settled_cents < gross_cents
            union all select id from receivable where invoice is null and issued_on > $1
            union all select id from receivable
                      where invoice = any(array(select id from invoice where state = 'issued' and issued_on > $1))
        ))
    """
    return await db.rows(OpenReceivable, sql, clock.today() - PAID_WITHIN)


# For the actions


async def payers_of(settles: Mapping[int, int]) -> list[int]:
    """The payers of some receivables, each once."""
    sql = "select distinct payer from receivable where id = any($1)"
    return [int(record["payer"]) for record in await db.connection().fetch(sql, list(settles))]


async def settled_by(payment: int) -> list[tuple[int, int]]:
    """(receivable, cents) of what a payment settles now, in the order of their locks."""
    sql = """
        select receivable, sum(amount_cents)::bigint as cents from settlement
        where payment = $1 and receivable is not null group by receivable having sum(amount_cents) > 0 order by 1
    """
    return [(record["receivable"], record["cents"]) for record in await db.connection().fetch(sql, payment)]


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file whose columns nobody has named yet. `titled` False: somebody said that it has no titles."""

    content: bytes
    titled: bool


async def waiting_file(statement: int) -> WaitingFile | None:
    """A file that waits for its columns."""
    sql = """
        select f.content, s.titled from bank_statement s join file f on f.id = s.file
        where s.id = $1 and s.read_at is null
    """
    return await db.row(WaitingFile, sql, statement)


async def waiting_table(statement: int) -> CsvTable | None:
    """The same, as cells."""
    file = await waiting_file(statement)
    return None if file is None else await anyio.to_thread.run_sync(read_table, file.content, file.titled)


async def known_mapping(table: CsvTable) -> tuple[Meaning, ...] | None:
    """What somebody said of a file with these titles; None when nobody did, or could not yet name all its columns."""
    if not table.titled:
        return None
    sql = "select mapping, knows_status from csv_mapping where header_sha256 = $1"
    kept = await db.row(_Mapping, sql, table.header_hash)
    if kept is None or (not kept.knows_status and {Meaning.STATUS, Meaning.ACCOUNT} & set(table.proposed)):
        return None
    mapping = tuple(Meaning(one) for one in json.loads(kept.mapping))
    return None if check_mapping(mapping) else mapping


@dataclass(frozen=True, slots=True)
class _Mapping:
    mapping: str
    knows_status: bool


@dataclass(frozen=True, slots=True)
class Resembled:
    """The line that another may be."""

    id: int
    booked_on: date
    amount_cents: int
    label: str
    statement_name: str
    state: LineState


async def resembled(line: int) -> Resembled | None:
    """The line of another file that a line may be, while nobody has said."""
    sql = """
        select o.id, o.booked_on, o.amount_cents, o.label, s.name as statement_name, o.state
        from bank_line l join bank_line o on o.id = l.resembles join bank_statement s on s.id = o.statement
        where l.id = $1
    """
    return await db.row(Resembled, sql, line)


async def known_lines(first: date, last: date) -> list[KnownLine]:
    """Lines that earlier files brought of some days; a few at a time, so that others get their turn."""
    sql = f"""
        select l.id, s.account, s.format, l.booked_on, l.amount_cents, l.label, l.payer_name, l.reference, l.bank_ids,
               l.fingerprint
        from bank_line l join bank_statement s on s.id = l.statement
        where l.booked_on <= $1 and (l.booked_on, l.id) > ($2, $3)
        order by l.booked_on, l.id limit {AT_A_TIME:d}
    """
    found: list[KnownLine] = []
    after = first - ID_DAYS - timedelta(days=1), 2**31 - 1
    while some := await db.rows(KnownLine, sql, last + ID_DAYS, *after):
        found += some
        after = some[-1].booked_on, some[-1].id
        if len(some) < AT_A_TIME:
            break
    return found


async def accounts() -> list[str]:
    """The accounts that files were of, as they were written."""
    records = await db.connection().fetch("select distinct account from bank_statement where account <> ''")
    return [str(record["account"]) for record in records]
