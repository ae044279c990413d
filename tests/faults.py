"""Faults before each statement that an issue sends: raised, cancelled, or dealt with kill -9 in processes of their own.

`watching` is the driver's wrapper: what it holds is called before each statement of its task.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextvars import ContextVar
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

import makers
from training.attendance.actions import hold_session
from training.billing.actions.issue import issue
from training.billing.queries import invoices as billing
from training.billing.rules.states import InvoiceState
from training.kernel import clock, db, migrate, settings
from training.kernel.actor import SYSTEM
from training.worker import drain

Hook = Callable[[asyncpg.Connection, str], Awaitable[None]]

watching: ContextVar[Hook | None] = ContextVar("watching", default=None)
NEVER = 10_000  # a point that no action reaches
COMMIT = 0  # the last point of all: everything is said, nothing is kept yet
RESET = "SELECT pg_advisory_unlock_all()"  # what the pool says when a connection comes back: not the action's


class Boom(Exception):
    """What goes wrong."""


@contextlib.contextmanager
def wrapped() -> Iterator[None]:
    """The driver asks `watching` before each statement, as long as the block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fetch", "fetchrow", "fetchval", "execute", "executemany", "fetchmany", "prepare"):
            original = getattr(asyncpg.Connection, name)

            async def asked(self, query, *args, _original=original, **options):
                if (hook := watching.get()) and not query.startswith(RESET):
                    token = watching.set(None)
                    try:
                        await hook(self, query)
                    finally:
                        watching.reset(token)
                return await _original(self, query, *args, **options)

            patch.setattr(asyncpg.Connection, name, asked)
        yield


def at(point: int, fault: Callable[[asyncpg.Connection], Awaitable[None]]) -> Hook:
    """The fault before the `point`-th statement, counted from 1, or before the COMMIT."""
    count = 0

    async def hook(connection: asyncpg.Connection, query: str) -> None:
        nonlocal count
        count += 1
        if count == point or (point == COMMIT and query == "COMMIT"):
            await fault(connection)

    return hook


async def hit(hook: Hook, invoice: int) -> str:
    """Issue with a hook before each statement; what is issued is seen by nobody else's hook."""
    watching.set(hook)
    try:
        return await issue(SYSTEM, invoice)
    finally:
        watching.set(None)


async def statements_of(invoice: int) -> list[str]:
    """Issue a draft; every statement that it took, BEGIN and COMMIT among them."""
    seen: list[str] = []

    async def hook(_connection: asyncpg.Connection, query: str) -> None:
        seen.append(" ".join(query.split()))

    await hit(hook, invoice)
    return seen


async def draft() -> int:
    """A booking that was held, and its draft."""
    with clock.frozen(makers.NOON):
        town = await makers.make_town(issue_without_look=False)
        await makers.make_booking(town)
    with clock.frozen(town.ends_at + timedelta(hours=1)):
        await hold_session(SYSTEM, town.session)
        await drain()
    (made,) = await billing.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)
    return made.id


async def copies(model: int, count: int = 1) -> list[int]:
    """As many drafts more, each as the model."""
    return [await _copy(model, "'{}'") for _each in range(count)]


async def credit_note(invoice: int) -> int:
    """A draft that credits an issued invoice whole."""
    plain = "'number', null, 'issued_on', null, 'due_on', null, 'entry', null"
    return await _copy(
        invoice, f"jsonb_build_object('kind', 'credit_note', 'state', 'draft', 'corrects', {invoice}, {plain})"
    )


async def _copy(model: int, changed: str) -> int:
    rows = "select (jsonb_populate_record(t, {changed} || jsonb_build_object('id', {id}))).* from {table} t where"
    next_id = "nextval(pg_get_serial_sequence('{table}', 'id'))".format
    async with db.atomic():
        new = await db.value(f"select {next_id(table='invoice')}")
        of_invoice = rows.format(changed=f"{changed}::jsonb", id=new, table="invoice")
        await db.execute(f"insert into invoice {of_invoice} id = $1", model)
        of_lines = rows.format(
            changed=f"jsonb_build_object('invoice', {new})", id=next_id(table="invoice_line"), table="invoice_line"
        )
        await db.execute(f"insert into invoice_line {of_lines} invoice = $1", model)
    return int(new)


STATE = """
    select (select count(*) from ledger_entry) as entries, (select count(*) from file) as files,
           (select count(*) from receivable) as receivables, (select count(*) from payment) as payments,
           (select count(*) from settlement) as settlements, (select count(*) from audit) as audits,
           (select count(*) from pgqueuer) as jobs, (select count(*) from mail) as mails,
           (select count(*) from invoice where state = 'issued') as issued,
           (select coalesce(sum(settled_cents), 0) from receivable) as settled,
           (select jsonb_agg(s order by key) from ledger_series s) as series
"""


async def state(connection: Any = None) -> dict[str, Any]:
    """Everything that an issue writes, counted: a fault leaves it as it was."""
    return dict(await (connection or db.pool()).fetchrow(STATE))


NUMBERS = """
    select s.key, array_agg(e.position order by e.position) as positions,
           array_agg(e.number order by e.position) as numbers,
           bool_and(i.number = e.number and i.entry = e.id) as carried,
           bool_and(i.kind = 'credit_note' or r.id is not null) as owed
    from ledger_series s join ledger_entry e on e.series = s.id
    left join invoice i on i.id = e.subject_id left join receivable r on r.invoice = i.id and r.number = e.number
    group by s.key
"""


async def counted(connection: Any = None) -> dict[str, int]:
    """How many numbers each series gave; AssertionError unless they are exactly 1..n, each on its own invoice."""
    found = {}
    for row in await (connection or db.pool()).fetch(NUMBERS):
        assert row["positions"] == list(range(1, len(row["positions"]) + 1)), (row["key"], row["positions"])
        assert [int(number.rpartition("-")[2]) for number in row["numbers"]] == row["positions"]
        assert row["carried"]
        assert row["owed"]
        found[row["key"]] = len(row["positions"])
    return found


# A process that forks for each order, so that each death costs one connection instead of one start of Python.


class Mother:
    """`order` one issue from a process of its own; it answers with how that process ended."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def order(self, word: str, invoice: int = 0, point: int = NEVER, pid: int = 0) -> str:
        """ "seed", or "issue" and what is killed before the statement: "self", "backend", or the process `pid`."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word} {invoice} {point} {pid}\n".encode())
        async with asyncio.timeout(60):
            return (await self.process.stdout.readline()).decode().strip()


@contextlib.asynccontextmanager
async def mother(dsn: str) -> AsyncIterator[Mother]:
    """Bounded: it ends with its input."""
    now = settings.current()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parent),
        "DATABASE_URL": dsn,
        "DATA_DIR": str(now.data_dir),
        "BASE_URL": now.base_url,
        "SECRET_KEY": now.secret_key,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import faults; faults.main()", env=environment, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Mother(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def main() -> None:
    """Fork for each line of input. No thread and no loop exists in this process, so forking is safe."""
    settings.use(settings.load())
    for line in sys.stdin:
        word, *numbers = line.split()
        if (child := os.fork()) == 0:
            _child(word, *map(int, numbers))
        _pid, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        print("killed" if code == -signal.SIGKILL else "done" if code == 0 else "failed", flush=True)


def _child(word: str, invoice: int, point: int, pid: int) -> None:
    code = 1
    try:
        asyncio.run(_seed() if word == "seed" else _issue(word, invoice, point, pid))
        code = 0
    except Exception as error:
        print(type(error).__name__, error, file=sys.stderr)
    finally:
        os._exit(code)


async def _seed() -> None:
    async with db.connected(settings.current().database_url or "", size=2):
        await migrate.migrate()
        await copies(await draft(), 30)


async def _issue(word: str, invoice: int, point: int, pid: int) -> None:
    async def kill(connection: asyncpg.Connection) -> None:
        os.kill({"self": os.getpid(), "backend": connection.get_server_pid()}.get(word, pid), signal.SIGKILL)
        if word != "self":
            await asyncio.sleep(0.05)  # the statement goes to a server that is dying, not to one that will

    async with db.connected(settings.current().database_url or "", size=1):
        with wrapped():
            await hit(at(point, kill), invoice)
