"""The ledger: numbers without a gap whatever fails, days that never go back, rows that stay, a chain that tells."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

import makers
from tampering import tamper, tampering
from training.attendance.actions import hold_session
from training.billing.queries import invoices as billing
from training.billing.queries.ledger import disagreement
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.records import queries, rules
from training.records.actions.acting import acting
from training.records.actions.files import keep_file
from training.records.actions.give_number import Document, Numbered, freeze, open_series, set_series
from training.worker import drain

pytestmark = [pytest.mark.anyio, pytest.mark.commits]


@pytest.fixture(autouse=True)
async def _series(database_test: None) -> None:
    async with acting(SYSTEM, "trial.series"):
        await open_series("trial", "T")


class Boom(Exception):
    """What goes wrong while the document is made."""


async def _paper(numbered: Numbered) -> Document:
    return Document(
        f'{{"number":"{numbered.number}"}}', f"%PDF {numbered.number}".encode(), f"<n>{numbered.number}</n>".encode()
    )


async def issue(make=_paper) -> str:
    async with acting(SYSTEM, "trial.issue"):
        return (await freeze("trial", ("trial", 1), make)).number


async def positions() -> list[int]:
    return [r["position"] for r in await db.pool().fetch("select position from ledger_entry order by position")]


async def broken() -> dict[str, str | None]:
    return {v.key: v.broken for v in await queries.verify()}


async def test_issued_at_once_with_failures_of_every_kind_the_numbers_have_no_gap(database_dsn):
    """An exception inside make(), one after it, a cancelled task, a killed backend: each gives its number back."""
    other = await asyncpg.connect(database_dsn)

    async def fails(_numbered: Numbered) -> Document:
        raise Boom

    making = asyncio.Event()

    async def hangs(_numbered: Numbered) -> Document:
        making.set()
        await asyncio.sleep(60)
        raise AssertionError

    async def loses_its_backend(numbered: Numbered) -> Document:
        await other.execute("select pg_terminate_backend($1)", await db.value("select pg_backend_pid()"))
        return await _paper(numbered)

    async def fails_after() -> str:
        async with db.atomic():
            await issue()
            raise Boom

    async def cancelled() -> str:
        task = asyncio.create_task(issue(hangs))
        await making.wait()
        task.cancel()
        return await task

    work = [issue() for _each in range(20)]
    for n, bad in enumerate((issue(fails), fails_after(), cancelled(), issue(loses_its_backend))):
        work.insert(n * 4 + 2, bad)
    done = await asyncio.gather(*work, return_exceptions=True)
    await other.close()
    kinds = Counter(type(d) for d in done)
    assert kinds[str] == 20
    assert (kinds[Boom], kinds[asyncio.CancelledError]) == (2, 1)
    assert await positions() == list(range(1, 21))
    assert sorted(d for d in done if isinstance(d, str)) == [f"T{clock.today().year}-{n:05d}" for n in range(1, 21)]
    assert await broken() == {"trial": None}


async def test_the_day_of_issue_never_goes_back_when_the_clock_does():
    days = []
    for now in ("2027-03-02", "2027-03-01", "2026-12-31", "2027-03-03"):
        with clock.frozen(datetime.fromisoformat(f"{now}T12:00:00+00:00")):
            async with acting(SYSTEM, "trial.issue"):
                frozen = await freeze("trial", ("trial", 1), _paper)
        days.append((frozen.number, frozen.issued_on.isoformat()))
    assert days == [
        ("T2027-00001", "2027-03-02"),
        ("T2027-00002", "2027-03-02"),
        ("T2027-00003", "2027-03-02"),
        ("T2027-00004", "2027-03-03"),
    ]


async def test_half_past_midnight_in_paris_is_the_new_day_and_the_count_goes_on_over_the_year():
    with clock.frozen(datetime(2026, 12, 31, 22, 30, tzinfo=UTC)):
        assert await issue() == "T2026-00001"
    with clock.frozen(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert await issue() == "T2027-00002"


async def test_a_series_is_its_own_count_and_an_unknown_one_is_an_error():
    async with acting(SYSTEM, "trial.series"):
        await set_series(SYSTEM, "other", "AV", 120)
        await open_series("other", "X")  # opened already: nothing changes
        number = (await freeze("other", ("trial", 1), _paper)).number
    assert number == f"AV{clock.today().year}-00120"
    assert (await issue()).endswith("-00001")
    assert await broken() == {"other": None, "trial": None}
    with pytest.raises(LookupError):
        async with acting(SYSTEM, "trial.series"):
            await freeze("nothing", ("trial", 1), _paper)
    with pytest.raises(ValueError, match="prefix"):
        await open_series("bad", "é")


async def test_the_same_bytes_are_kept_once_also_by_eight_at_once():
    async def keep() -> int:
        async with db.atomic():
            return await keep_file(b"%PDF same", "application/pdf")

    assert len(set(await asyncio.gather(*(keep() for _each in range(8))))) == 1
    assert await db.pool().fetchval("select count(*) from file") == 1


async def _issued_invoice() -> int:
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_booking(town)
    with clock.frozen(town.ends_at + timedelta(hours=1)):
        await hold_session(SYSTEM, town.session)
        await drain()
    (invoice,) = await billing.invoices(SYSTEM.scope)
    return invoice.id


async def _refused(sql: str) -> str:
    with pytest.raises(asyncpg.RestrictViolationError) as caught:
        await db.pool().execute(sql)
    return str(caught.value.constraint_name)


async def test_what_was_issued_cannot_be_changed_or_deleted_by_any_door():
    invoice = await _issued_invoice()
    for table in ("ledger_entry", "file", "audit"):
        column = {"ledger_entry": "number", "file": "media_type", "audit": "action"}[table]
        assert await _refused(f"update {table} set {column} = 'X'") == f"{table}_is_frozen"
        assert await _refused(f"delete from {table}") == f"{table}_is_frozen"
    for change in ("gross_cents = 1, net_cents = 1", "state = 'draft', number = null, issued_on = null, entry = null"):
        assert await _refused(f"update invoice set {change} where id = {invoice}") == "invoice_is_frozen"
    assert await _refused(f"delete from invoice where id = {invoice}") == "invoice_is_frozen"
    for change in (
        f"update invoice_line set net_cents = 1 where invoice = {invoice}",
        f"delete from invoice_line where invoice = {invoice}",
        "insert into invoice_line (invoice, position, description, quantity, unit_price_cents, net_cents,"
        f" served_from, served_until) values ({invoice}, 2, 'x', 1, 1, 1, now(), now())",
    ):
        assert await _refused(change) == "invoice_line_is_frozen"
    await db.pool().execute(f"update invoice set generation = generation + 1 where id = {invoice}")  # links are revoked


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ("update ledger_entry set snapshot = '{}' where position = 3", 3),
        ("update ledger_entry set issued_on = issued_on - 1 where position = 4", 4),
        ("update ledger_entry set number = number || 'X' where position = 2", 2),
        ("update ledger_entry set paper = (select paper from ledger_entry where position = 1) where position = 5", 5),
        ("update ledger_entry set data = null where position = 1", 1),
        ("update ledger_entry set previous_hash = hash where position = 2", 2),
        ("update ledger_entry set hash = sha256(hash) where position = 6", 6),
        ("update ledger_entry set snapshot = '{}' where position in (2, 5)", 2),
        ("delete from ledger_entry where position = 3", 4),
        ("delete from ledger_entry where position = 1", 2),
        ("update ledger_entry set data = (select data from ledger_entry where position = 2) where position = 4", 4),
        (
            "update ledger_entry set position = -position where position in (3, 5);"
            "update ledger_entry set position = 8 + position where position < 0",
            5,  # it stands where the third was
        ),
        (
            "update ledger_entry e set paper = o.paper from ledger_entry o"
            " where (e.position, o.position) in ((2, 4), (4, 2))",
            2,
        ),
        (
            "update file set content = '<y/>', size = 4, sha256 = sha256('<y/>')"
            " where id = (select data from ledger_entry where position = 3)",
            3,
        ),
        ("update ledger_series set last_hash = sha256(last_hash)", 6),
        ("update ledger_series set first_number = 2", 2),
    ],
)
async def test_verify_names_the_first_link_that_does_not_hold(change, first):
    with clock.frozen(makers.NOON):
        for _each in range(6):
            await issue()
    assert await broken() == {"trial": None}
    await tamper(*change.split(";"))
    found = (await broken())["trial"]
    assert found is not None
    assert found.startswith(f"T2027-{first:05d}")
    assert (await queries.verify(batch=1)) == (await queries.verify(batch=4)) == (await queries.verify())


@pytest.mark.parametrize("tail", [6, 8])
async def test_verify_sees_a_counter_that_was_moved(tail):
    for _each in range(6):
        await issue()
    await tamper(f"update ledger_series set next_number = {tail}")
    assert (await broken())["trial"] == "position 7"


@pytest.mark.parametrize(
    "change",
    [
        "update invoice set number = 'F2027-00009'",
        "update invoice set issued_on = issued_on - 1",
        "update invoice set gross_cents = gross_cents + 1, net_cents = net_cents + 1",
        # the chain's end taken away so well that the chain itself is whole
        "alter table invoice drop constraint invoice_entry_fkey; delete from ledger_entry;"
        "update ledger_series set next_number = 1, last_hash = '{genesis}' where key = 'invoice'",
        "truncate invoice cascade",
    ],
)
async def test_what_the_chain_cannot_see_the_register_of_invoices_says(change):
    await _issued_invoice()
    assert await disagreement() is None
    with pytest.raises(Boom):  # noqa: PT012 - it ends the transaction
        async with db.atomic():  # undone: what is taken from the schema comes back
            await tamper(*change.format(genesis=f"\\x{rules.genesis('invoice').hex()}").split(";"))
            assert set((await broken()).values()) == {None}
            assert str(await disagreement()).startswith("F2027-0000")
            raise Boom


async def test_verify_misses_neither_the_last_nor_the_bytes_of_a_file():
    for _each in range(3):
        await issue()
    await tamper("delete from ledger_entry where position = 3")
    assert (await broken())["trial"] == "position 3"
    with pytest.raises(asyncpg.CheckViolationError):  # a file's bytes are held to their SHA-256, triggers or not
        await tamper("update file set content = '%PDF other' where id = 1")


async def test_verify_sees_a_rewritten_file_even_with_its_sha_rewritten():
    for _each in range(3):
        await issue()
    await tamper(
        "update file set content = '\\x00', size = 1, sha256 = sha256('\\x00')"
        " where id = (select paper from ledger_entry where position = 2)"
    )
    assert str((await broken())["trial"]).endswith("-00002")


async def test_a_chain_recomputed_from_a_forged_document_no_longer_meets_the_series():
    """Whoever rewrites the last entry and its hash has not rewritten what the series remembers."""
    for _each in range(2):
        await issue()
    last = await db.pool().fetchrow("select number, issued_on, previous_hash from ledger_entry where position = 2")
    forged = rules.link(last["previous_hash"], last["number"], date(2020, 1, 1), "{}", b"%PDF T", None)
    async with tampering():
        paper = await keep_file(b"%PDF T", "application/pdf")
        await db.execute(
            "update ledger_entry set snapshot = '{}', issued_on = '2020-01-01', paper = $1, data = null, hash = $2"
            " where position = 2",
            paper,
            forged,
        )
    assert str((await broken())["trial"]).endswith("-00002")
