"""The register: every line once, filtered, summed, and as quick with a hundred thousand invoices as with a hundred."""

from __future__ import annotations

import time
from datetime import date

import pytest

import accounts_makers as books
import makers
from training.accounting.actions.open_balance import Opening, open_balance
from training.accounting.queries.register import DocumentStanding, Filter, every, register, sums
from training.kernel import clock, db
from training.kernel.actor import SYSTEM

pytestmark = pytest.mark.anyio

MARCH, APRIL = date(2027, 3, 1), date(2027, 4, 1)


async def numbers(**asked: object) -> list[str]:
    return [row.number for row in await register(Filter(**asked))]


@pytest.fixture
async def three(database_test):
    """A town's invoice, paid; an association's, late; one of another ledger; the clock stands in May."""
    with clock.frozen(books.noon(date(2027, 1, 5))):
        town = await makers.make_town(vat_regime="normal", vat_number="FR03000088880")
        payer = await books.association("Église & Vélo")
        await db.connection().execute("update offer set analytic_code = 'VELO', sales_account = '706100'")
        await open_balance(SYSTEM, Opening("2026-118", payer, date(2026, 11, 12), date(2026, 12, 12), 12_000))
    first = await books.invoice(town, town.organisation, MARCH)
    second = await books.invoice(town, payer, APRIL)
    await books.pay(first, 42_000, date(2027, 3, 20))
    with clock.frozen(books.noon(date(2027, 5, 20))):
        yield first, second


async def test_every_line_the_newest_first_with_its_amounts(three):
    first, second = three
    rows = await register(Filter())
    assert [(r.number, r.kind, r.net_cents, r.vat_cents, r.gross_cents, r.due_cents, r.state) for r in rows] == [
        (second.number, "invoice", 35_000, 7_000, 42_000, 42_000, DocumentStanding.LATE),
        (first.number, "invoice", 35_000, 7_000, 42_000, 0, DocumentStanding.PAID),
        ("2026-118", "opening", None, None, 12_000, 12_000, DocumentStanding.LATE),
    ]
    total = await sums(Filter())
    assert (total.documents, total.net_cents, total.vat_cents, total.gross_cents) == (2, 70_000, 14_000, 84_000)
    assert (total.openings, total.opening_cents, total.due_cents) == (1, 12_000, 54_000)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"first": MARCH, "last": date(2027, 3, 31)}, [0]),
        ({"last": date(2026, 12, 31)}, [2]),
        ({"first": date(2027, 6, 1)}, []),
        ({"payer": "eglise"}, [1, 2]),
        ({"payer": "%"}, []),
        ({"number": "118"}, [2]),
        ({"number": "f2027-00001"}, [0]),
        ({"kind": "opening"}, [2]),
        ({"kind": "invoice"}, [1, 0]),
        ({"kind": "credit_note"}, []),
        ({"state": "late"}, [1, 2]),
        ({"state": "paid"}, [0]),
        ({"state": "due"}, []),
        ({"state": "credited"}, []),
        ({"regime": "normal"}, [1, 0]),
        ({"regime": "out_of_scope"}, []),
        ({"analytic": "VELO"}, [1, 0]),
        ({"analytic": "velo"}, []),
        ({"least_cents": 12_001}, [1, 0]),
        ({"most_cents": 12_000}, [2]),
        ({"least_cents": 42_000, "most_cents": 42_000, "state": "late"}, [1]),
    ],
)
async def test_filters_and_their_totals_agree(three, asked, found):
    if asked.get("analytic") == "VELO":
        await db.connection().execute("alter table invoice_line disable trigger frozen")
        await db.connection().execute("update invoice_line set analytic_code = 'VELO'")
    names = [three[0].number, three[1].number, "2026-118"]
    rows = await register(Filter(**asked))
    assert [row.number for row in rows] == [names[n] for n in found]
    total = await sums(Filter(**asked))
    assert total.documents + total.openings == len(found)
    assert total.due_cents == sum(row.due_cents for row in rows)
    assert total.gross_cents + total.opening_cents == sum(row.gross_cents for row in rows)
    assert total.net_cents == sum(row.net_cents or 0 for row in rows)


async def test_pages_of_one_line_meet_every_line_once(three):
    seen, after = [], None
    while rows := await register(Filter(), after, 1):
        seen.append(rows[0].number)
        after = (rows[0].issued_on, rows[0].place)
    assert seen == [row.number for row in await register(Filter())]
    pieces = [piece async for piece in every(Filter(), batch=2)]
    assert [[row.number for row in piece] for piece in pieces] == [seen[:2], seen[2:]]


async def test_a_page_is_two_statements(three, statements):
    statements.clear()
    await register(Filter())
    await sums(Filter())
    assert len(statements) == 2


FILL = """
    with made as (
        insert into ledger_entry (series, position, number, issued_on, subject_kind, subject_id, snapshot, paper,
                                  previous_hash, hash, frozen_at)
        select s.id, n + 1000000, 'X' || (2000 + n / 10000) || '-' || lpad(n::text, 6, '0'),
               date '2017-01-01' + (n / 28)::int,
               'invoice', n, '{}', f.id, '', '', $2
        from generate_series($1::int, $3::int) n,
             (select id from ledger_series limit 1) s, (select min(paper) as id from ledger_entry) f
        returning id, number, issued_on
    ), issued as (
        insert into invoice (kind, state, payer, number, issued_on, due_on, vat_regime, net_cents, vat_cents,
                             gross_cents, entry, generation, created_at)
        select 'invoice', 'issued', $4, number, issued_on, issued_on + 30, 'normal', 35000, 7000, 42000, id, 0, $2
        from made returning id, number, payer, issued_on, due_on, gross_cents, created_at
    ), owed as (
        insert into receivable (invoice, number, payer, issued_on, due_on, gross_cents, settled_cents, created_at)
        select id, number, payer, issued_on, due_on, gross_cents,
               case when issued_on < date '2026-12-01' then gross_cents else 0 end, created_at
        from issued
    )
    insert into invoice_line (invoice, position, description, detail, quantity, unit_price_cents, net_cents,
                              served_from, served_until)
    select id, 1, 'Essai', '', 1, 35000, 35000, issued_on, issued_on from issued
"""


async def fill(first: int, last: int, payer: int) -> None:
    await db.connection().execute("alter table invoice_line disable trigger frozen")
    await db.connection().execute(FILL, first, clock.now(), last, payer)
    for table in ("invoice", "receivable", "invoice_line", "ledger_entry"):
        await db.connection().execute(f"analyze {table}")


async def best(asked: Filter, after=None) -> float:
    """Milliseconds of a page with its totals, the best of seven."""
    times = []
    for _turn in range(7):
        start = time.perf_counter()
        rows = await register(asked, after)
        await sums(asked)
        times.append((time.perf_counter() - start) * 1000)
        assert rows
    return min(times)


async def test_a_page_takes_as_long_with_twenty_thousand_invoices_as_with_a_hundred(three):
    first, _second = three
    month = Filter(first=date(2017, 1, 1), last=date(2017, 1, 31))
    await fill(1, 100, first.payer)
    few = await best(month)
    await fill(101, 20_000, first.payer)
    many, deep = await best(month), await best(month, (date(2017, 1, 20), 2**62))
    print(f"register: {few:.1f} ms with 100, {many:.1f} ms with 20 000, {deep:.1f} ms further on")
    assert many < few * 3 + 20
    assert deep < few * 3 + 20
