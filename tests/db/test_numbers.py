"""Numbers without a gap: a fault before each statement that issuing sends, and any interleaving of those who issue."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import faults
from training.billing.actions.issue import issue
from training.billing.actions.receivables import NewReceivable, open_receivables
from training.billing.actions.set_numbering import Start, set_numbers
from training.billing.queries.numbering import numberings
from training.billing.rules.states import BillingSeries
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid
from training.postgresql import embedded
from training.records import queries
from training.records.actions.acting import acting

pytestmark = [pytest.mark.anyio, pytest.mark.commits]
DAY = datetime(2027, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
async def model(database_test: None) -> AsyncIterator[int]:
    """A draft to copy, on a day that does not move, with the driver's wrapper on."""
    made = await faults.draft()
    with clock.frozen(DAY), faults.wrapped():
        yield made


async def whole() -> bool:
    return all(series.broken is None for series in await queries.verify())


async def boom(_connection: asyncpg.Connection) -> None:
    raise faults.Boom


async def _fresh(model: int, kind: str) -> int:
    """A draft of that kind, ready to be issued."""
    (draft,) = await faults.copies(model)
    if kind == "credit_note":
        await issue(SYSTEM, draft)
        draft = await faults.credit_note(draft)
    return draft


@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
async def test_an_error_before_each_statement_undoes_everything(model, kind, capsys):
    points = len(await faults.statements_of(await _fresh(model, kind)))
    assert points > 20
    with capsys.disabled():
        print(f"\n  fault points of issuing ({kind.replace('_', ' ')}): {points} statements", end=" ")
    for point in range(1, points + 1):
        draft = await _fresh(model, kind)
        before = await faults.state()
        with pytest.raises(faults.Boom):
            await faults.hit(faults.at(point, boom), draft)
        assert await faults.state() == before, f"before statement {point}"
        if point % 2:
            await issue(SYSTEM, draft)
    assert (await faults.counted())[kind] == 1 + (points + 1) // 2
    assert await whole()


@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
async def test_kill_9_of_the_process_before_each_statement_leaves_nothing_half(model, kind, database_dsn):
    points = len(await faults.statements_of(await _fresh(model, kind)))
    given_before = (await faults.counted())[kind]
    async with faults.mother(database_dsn) as mother:
        for point in range(1, points + 1):
            draft = await _fresh(model, kind)
            before = await faults.state()
            assert await mother.order("self", draft, point) == "killed"
            await _left(draft)
            assert await faults.state() == before, f"before statement {point}"
            if point % 3 == 0:
                await issue(SYSTEM, draft)
        assert await mother.order("self", draft) == "done"
    assert (await faults.counted())[kind] == given_before + points // 3 + 1
    assert await whole()


async def _left(draft: int) -> None:
    """PostgreSQL has seen that the process is gone, and undone its transaction: the draft can be locked."""
    async with asyncio.timeout(10), db.atomic():
        await db.value("select id from invoice where id = $1 for update", draft)


@pytest.fixture
def server_of_its_own() -> Iterator[tuple[ExitStack, Path, str]]:
    """A throw-away PostgreSQL that a test may kill: never the one that the other tests share."""
    folder = Path(tempfile.mkdtemp(prefix="training-test-"))
    folder.chmod(0o755)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        yield stack, folder / "data", stack.enter_context(embedded.running(folder / "data", settings={"fsync": "off"}))


@pytest.mark.xdist_group("own-server")
async def test_kill_9_of_postgresql_while_it_issues_leaves_nothing_half(server_of_its_own):
    stack, home, dsn = server_of_its_own
    kills = [
        ("backend", 1),
        ("backend", 14),
        ("backend", faults.COMMIT),
        ("postmaster", 20),
        ("postmaster", faults.COMMIT),
    ]
    async with faults.mother(dsn) as mother:
        assert await mother.order("seed") == "done"
        drafts = [row["id"] for row in await _asked(dsn, "select id from invoice order by id")]
        assert await mother.order("self", drafts.pop()) == "done"
        for what, point in kills:
            draft = drafts.pop()
            before = await _asked(dsn, faults.STATE)
            pid = int((home / "pg" / "postmaster.pid").read_text().split()[0])
            assert await mother.order(what, draft, point, pid) == "failed"
            if what == "postmaster":
                stack.enter_context(embedded.running(home, settings={"fsync": "off"}))
            assert await _asked(dsn, faults.STATE) == before, (what, point)
            assert await mother.order("self", draft) == "done"
    connection = await asyncpg.connect(dsn)
    assert await faults.counted(connection) == {"invoice": 1 + len(kills)}
    await connection.close()
    shown = await asyncio.to_thread(_cli, "ledger", "verify", DATABASE_URL=dsn, DATA_DIR=str(home.parent))
    assert (shown.stdout.strip(), shown.returncode) == (f"invoice : {1 + len(kills)} documents, chaîne intacte", 0)


def _cli(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "training", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


async def _asked(dsn: str, sql: str) -> list[asyncpg.Record]:
    """What a server says that may be getting up again."""
    async with asyncio.timeout(30):
        while True:
            try:
                connection = await asyncpg.connect(dsn)
                found = await connection.fetch(sql)
                await connection.close()
                return found
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)


class Turns:
    """Those who issue wait before each statement; whose turn it is, is drawn. Who waits for a lock holds up nobody."""

    def __init__(self, picks: list[int]) -> None:
        self.picks = picks
        self.waiting: dict[int, asyncio.Event] = {}
        self.arrived = asyncio.Event()

    async def wait(self, who: int) -> None:
        self.waiting[who] = asyncio.Event()
        self.arrived.set()
        await self.waiting[who].wait()

    async def conduct(self, people: list[asyncio.Task[str]]) -> None:
        turn = 0
        while not all(task.done() for task in people):
            self.arrived.clear()
            if self.waiting:
                pick = sorted(self.waiting)[self.picks[turn % len(self.picks)] % len(self.waiting)]
                self.waiting.pop(pick).set()
                turn += 1
            try:
                async with asyncio.timeout(0.004):
                    await self.arrived.wait()
            except TimeoutError:
                continue  # in the database, behind somebody's lock, or making its page


@settings(max_examples=12, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    picks=st.lists(st.integers(0, 3), min_size=1, max_size=60),
    plans=st.lists(
        st.tuples(st.sampled_from(["none", "error", "cancelled", "lost"]), st.integers(1, 40)), min_size=2, max_size=4
    ),
)
async def test_any_interleaving_of_those_who_issue_leaves_1_to_n(model, database_dsn, picks, plans):
    admin = await asyncpg.connect(database_dsn)
    turns = Turns(picks)
    before = (await faults.counted()).get("invoice", 0)

    async def issuing(who: int, draft: int, how: str, point: int) -> str:
        async def fails(connection: asyncpg.Connection) -> None:
            if how == "error":
                raise faults.Boom
            if how == "cancelled":
                tasks[who].cancel()
            if how == "lost":
                await admin.execute("select pg_terminate_backend($1)", connection.get_server_pid())

        planned = faults.at(point, fails)

        async def hook(connection: asyncpg.Connection, query: str) -> None:
            await turns.wait(who)
            await planned(connection, query)

        return await faults.hit(hook, draft)

    drafts = await faults.copies(model, len(plans))
    tasks = [
        asyncio.create_task(issuing(who, draft, *plan))
        for who, (draft, plan) in enumerate(zip(drafts, plans, strict=True))
    ]
    await turns.conduct(tasks)
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    for (how, _point), end in zip(plans, ended, strict=True):
        assert isinstance(end, str) or how != "none", end
    await issue(SYSTEM, (await faults.copies(model))[0])
    given_now = (await faults.counted())["invoice"] - before - 1
    states = await db.pool().fetch("select id, state from invoice where id = any($1) order by id", drafts)
    # whoever was told a number has it; a fault after the COMMIT takes nothing back
    assert [row["state"] for row, end in zip(states, ended, strict=True) if isinstance(end, str)] == ["issued"] * sum(
        isinstance(end, str) for end in ended
    )
    assert given_now == sum(row["state"] == "issued" for row in states)
    assert await whole()
    await admin.close()


async def test_the_same_draft_issued_by_three_at_once_has_one_number(model):
    (draft,) = await faults.copies(model)
    ended = await asyncio.gather(*(issue(SYSTEM, draft) for _each in range(3)), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ended) == ["Conflict", "Conflict", "str"]
    assert await faults.counted() == {"invoice": 1}


async def test_a_clock_set_back_moves_no_date_back_and_stops_neither_invoice_nor_credit_note(model):
    first, second, third = await faults.copies(model, 3)
    numbers = {}
    for now, draft in (("2028-01-02", first), ("2027-12-30", second), ("2028-01-03", third)):
        with clock.frozen(datetime.fromisoformat(f"{now}T12:00:00+00:00")):
            numbers[await issue(SYSTEM, draft)] = draft
    rows = await db.pool().fetch("select number, issued_on::text, due_on::text from invoice order by number")
    assert [tuple(row) for row in rows if row["number"]] == [
        ("F2028-00001", "2028-01-02", "2028-02-01"),
        ("F2028-00002", "2028-01-02", "2028-02-01"),
        ("F2028-00003", "2028-01-03", "2028-02-02"),
    ]
    for now, draft in (("2028-01-05", first), ("2027-12-31", second)):
        with clock.frozen(datetime.fromisoformat(f"{now}T12:00:00+00:00")):
            await issue(SYSTEM, await faults.credit_note(draft))
    found = await db.pool().fetch(
        "select number, issued_on::text from invoice where kind = 'credit_note' order by number"
    )
    assert [tuple(row) for row in found] == [("AV2028-00001", "2028-01-05"), ("AV2028-00002", "2028-01-05")]


async def test_nothing_is_numbered_in_a_closed_period(model):
    await db.pool().execute("insert into period_close (until, totals, closed_at) values ('2027-04-01', '{}', now())")
    before = await faults.state()
    with pytest.raises(Invalid, match="période est close"):
        await issue(SYSTEM, model)
    assert await faults.state() == before
    with clock.frozen(DAY + timedelta(days=1)):
        assert await issue(SYSTEM, model) == "F2027-00001"


# How series are numbered


async def standing() -> dict[str, tuple[str, int, str]]:
    return {s.series.value: (s.prefix, s.first_number, s.example) for s in await numberings()}


async def test_the_usual_series_are_there_before_anything_is_issued(database_test):
    with clock.frozen(DAY):
        assert await standing() == {
            "invoice": ("F", 1, "F2027-00001"),
            "credit_note": ("AV", 1, "AV2027-00001"),
            "receipt": ("R", 1, "R2027-00001"),
        }


async def test_a_series_starts_beside_another_ledger_and_goes_on_from_there(model):
    await set_numbers(SYSTEM, {BillingSeries.INVOICE: Start("FA", 880), BillingSeries.CREDIT_NOTE: Start("AV", 1)})
    assert (await standing())["invoice"] == ("FA", 880, "FA2027-00880")
    assert await issue(SYSTEM, model) == "FA2027-00880"
    assert [s.issued for s in await numberings()] == [True, False, False]
    await set_numbers(SYSTEM, {BillingSeries.INVOICE: Start("FA", 880)})  # as it stands: a form sent twice
    for start in (Start("FB", 880), Start("FA", 900)):
        with pytest.raises(Conflict, match="ne change plus") as refused:
            await set_numbers(SYSTEM, {BillingSeries.INVOICE: start})
        assert refused.value.field == "invoice_prefix"
    await set_numbers(SYSTEM, {BillingSeries.RECEIPT: Start("RC", 50)})
    assert (await standing())["receipt"][2] == "RC2027-00050"


@pytest.mark.parametrize(
    ("start", "field"),
    [
        (Start("f", 1), "invoice_prefix"),
        (Start("", 1), "invoice_prefix"),
        (Start("FACTURE", 1), "invoice_prefix"),
        (Start("F1", 1), "invoice_prefix"),
        (Start("É", 1), "invoice_prefix"),
        (Start("F", 0), "invoice_first_number"),
        (Start("F", -3), "invoice_first_number"),
        (Start("F", 900_000_001), "invoice_first_number"),
    ],
)
async def test_a_start_that_cannot_be_is_refused_at_its_field(database_test, start, field):
    with pytest.raises(Invalid) as refused:
        await set_numbers(SYSTEM, {BillingSeries.INVOICE: start})
    assert list(refused.value.errors) == [field]


async def test_a_first_number_only_goes_up(database_test):
    await set_numbers(SYSTEM, {BillingSeries.INVOICE: Start("F", 100)})
    with pytest.raises(Invalid, match="ne redescend pas"):
        await set_numbers(SYSTEM, {BillingSeries.INVOICE: Start("F", 99)})
    await set_numbers(SYSTEM, {BillingSeries.INVOICE: Start("F", 101)})


@pytest.mark.parametrize("taken", ["AV", "R"])
async def test_two_series_never_share_a_prefix_used_or_not(database_test, taken):
    with pytest.raises(Conflict, match="autre série") as refused:
        await set_numbers(SYSTEM, {BillingSeries.INVOICE: Start(taken, 1)})
    assert refused.value.field == "invoice_prefix"
    with pytest.raises(asyncpg.UniqueViolationError, match="ledger_series_prefix_once"):
        await db.pool().execute(
            "insert into ledger_series (key, prefix, first_number, next_number, last_hash)"
            " values ('a', 'X', 1, 1, ''), ('b', 'X', 1, 1, '')"
        )


async def test_a_number_taken_over_from_another_ledger_is_never_given_again(model):
    payer = await db.pool().fetchval("select payer from invoice")
    async with acting(SYSTEM, "trial.open"):
        owed = NewReceivable(number="G2027-00001", payer=payer, issued_on=DAY.date(), due_on=None, gross_cents=100)
        await open_receivables([owed])
    with pytest.raises(Conflict, match="G2027-00001"):
        await set_numbers(SYSTEM, {BillingSeries.INVOICE: Start("G", 1)})
    assert (await standing())["invoice"][0] == "F"
