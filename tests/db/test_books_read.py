"""What the accountant reads: each row of these books is there for one clause, one sign or one day's edge."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import accounts_makers as books
import makers
from book_rows import draft, issued, money, owed, paid, private, put, receivable, settle
from training.accounting.queries import accounts, journal, register, sources
from training.accounting.queries.register import Filter
from training.accounting.rules import entries as rules
from training.accounting.rules.accounts import Accounts
from training.accounting.rules.entries import (
    GivenUp,
    PaymentIn,
    Refunded,
    Sale,
    SettledPart,
    Transferred,
    entries,
)
from training.billing.queries.periods import closed_until
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.reporting.office.ageing import balance_page

pytestmark = pytest.mark.anyio

JAN31, FEB1, FEB28, MAR1 = date(2027, 1, 31), date(2027, 2, 1), date(2027, 2, 28), date(2027, 3, 1)
TODAY = date(2027, 3, 15)


@pytest.fixture
async def payer(database_test):
    with clock.frozen(books.noon(TODAY)):
        yield await private()


async def everything(payer: int, day: date) -> None:
    """One of each kind of thing on one day: 1 200 sold, 240 credited, 600 paid, 50 back, 10 given up, 70 before."""
    await issued("F1", payer, day, 1_000, 200)
    await issued("A1", payer, day, 200, 40)
    await draft(payer, 5_000)
    await paid("F1", day, 240, "credit_note", credit_note=await db.value("select id from invoice where number = 'A1'"))
    payment = await money(day, 600, payer)
    await settle(day, 500, payment, "F1", "payment")
    await settle(day, -100, payment, "F1", "reversal")
    await settle(day, 50, payment, None, "refund")
    await settle(day, 10, None, "F1", "write_off")
    await owed("OLD", payer, day, 70)


# Totals of a closed period


async def test_totals_of_a_period_count_its_last_day_and_nothing_of_the_next(payer):
    await everything(payer, JAN31)
    found = await accounts.totals_until(JAN31)
    assert (found.documents, found.net_cents, found.vat_cents, found.gross_cents) == (2, 800, 160, 960)
    assert found.received_cents == 600, "a credit note is no money"
    assert (found.refunded_cents, found.written_off_cents, found.opening_cents) == (50, 10, 70)
    assert found.due_cents == 1_200 + 70 - 240 - 400 - 10, "a refund is owed by nobody"
    assert await accounts.totals_until(JAN31 - timedelta(days=1)) == accounts.BooksTotals(*[0] * 9)


async def test_the_last_closed_period_comes_first(payer):
    for until in (JAN31, FEB28):
        await put("period_close", until=until, totals='{"documents": 0, "net_cents": 0, "vat_cents": 0, "gross_cents": 0, "received_cents": 0, "refunded_cents": 0, "written_off_cents": 0, "opening_cents": 0, "due_cents": 0}', closed_at=clock.now())  # noqa: E501  # fmt: skip
    assert [c.until for c in await accounts.closings()] == [FEB28, JAN31]
    assert await closed_until() == FEB28


# VAT


async def test_a_month_s_vat_begins_on_its_first_day_and_ends_on_its_last(payer):
    for number, day in (("F1", JAN31), ("F2", FEB1), ("F3", FEB28), ("F4", MAR1)):
        await issued(number, payer, day, 1_000, 200)
        await paid(number, day, 1_200)
    await draft(payer, 5_000)
    (month,) = await accounts.vat_months(FEB1, FEB28)
    assert (month.month, month.net_cents, month.vat_cents, month.gross_cents) == (FEB1, 2_000, 400, 2_400)
    assert (month.received_cents, month.received_vat_cents) == (2_400, 400)


async def test_a_credit_note_is_neither_sold_nor_received(payer):
    await issued("F1", payer, FEB1, 1_000, 200)
    await issued("A1", payer, FEB28, 500, 100)
    await paid("F1", FEB28, 600, "credit_note")
    await settle(FEB28, 12, None, "F1", "write_off")
    (month,) = await accounts.vat_months(FEB1, FEB28)
    assert (month.net_cents, month.vat_cents, month.gross_cents) == (500, 100, 600)
    assert (month.received_cents, month.received_vat_cents) == (0, 0)


async def test_money_of_a_month_without_invoices_is_in_it_and_each_regime_apart(payer):
    """Received in February: half of January's normal invoice, and of another regime's; March's is another month."""
    await issued("F1", payer, JAN31, 1_000, 200)
    await issued("F2", payer, FEB1, 300, vat_regime="franchise_293b")
    await paid("F1", JAN31, 400)
    await paid("F1", FEB28, 600)
    await paid("F2", FEB1, 300)
    await paid("F1", MAR1, 200)
    await owed("OLD", payer, FEB1, 70)
    await paid("OLD", FEB1, 70)
    found = await accounts.vat_months(FEB1, FEB28)
    assert [(m.month, m.regime, m.gross_cents, m.received_cents, m.received_vat_cents) for m in found] == [
        (FEB1, "franchise_293b", 300, 300, 0),
        (FEB1, "normal", 0, 600, 100),
    ]
    for number in ("F3", "F4"):  # rounded invoice by invoice: a sixth of one euro is 17 cents, twice
        await issued(number, payer, date(2026, 12, 31), 1_000, 200)
        await paid(number, date(2026, 12, 31), 100)
    assert [m.received_vat_cents for m in await accounts.vat_months(*[date(2026, 12, 31)] * 2)] == [34]
    year = await accounts.vat_months(JAN31, MAR1)
    assert [(m.month, m.received_vat_cents) for m in year if m.regime == "normal"] == [
        (date(2027, 1, 1), 67), (FEB1, 100), (MAR1, 33),
    ]  # fmt: skip


# What is owed, by age


async def test_an_age_begins_and_ends_on_its_day_and_who_owes_most_comes_first(payer):
    other = await makers.make_organisation("Ville-Basse", siret=None, domain="ville.example.org")
    days = (-1, 0, 1, 30, 31, 60, 61, 90, 91)
    for n, late in enumerate(days):
        await owed(f"OLD{n}", payer, JAN31, 10**n, due=TODAY - timedelta(days=late))
    await owed("NONE", other, JAN31, 10**9)
    await owed("PAID", other, JAN31, 10**9, due=JAN31)
    await paid("PAID", FEB1, 10**9)
    await owed("PART", payer, JAN31, 10**10, due=TODAY)
    await paid("PART", FEB1, 10**10 - 1)
    found = await balance_page(SYSTEM.scope)
    whole, payers = found.whole, found.payers
    assert {str(age): cents for age, cents in whole.cents.items()} == {
        "unavailable": 10**9, "not_due": 11 + 1, "to_30": 1_100, "to_60": 110_000, "to_90": 11_000_000, "older": 10**8,
    }  # fmt: skip
    assert [(p.payer, p.total_cents) for p in payers] == [
        ("Ville-Basse", 10**9),
        ("Association d’Essai", 111_111_112),
    ]
    assert [p.payer for p in (await balance_page(SYSTEM.scope, most=1)).payers] == ["Ville-Basse"]


# The journal


async def carried(*sources: tuple[str, int]) -> None:
    """An export took these."""
    facts = {"until": JAN31, "entries": 1, "file": await db.value("select min(id) from file")}
    made = await put("journal_export", number=1, created_at=clock.now(), **facts)
    for kind, source in sources:
        await put("journal_exported", export=made, source_kind=kind, source_id=source)


def told(found: list[object]) -> list[tuple[str, object, int]]:
    """Kind, number or payment, and cents."""
    said = []
    for one in found:
        match one:
            case Sale():
                said.append(("credit" if one.credit else "sale", one.number, sum(p.net_cents for p in one.parts)))
            case PaymentIn():
                said.append(("received", one.id, one.cents))
            case Refunded():
                said.append(("refunded", one.payment, one.cents))
            case Transferred():
                said.append(("moved", one.number, one.cents))
            case GivenUp():
                said.append(("given up", one.number, one.cents))
    return said


async def test_the_journal_carries_a_last_day_and_no_credit_note_as_money(payer):
    await everything(payer, JAN31)
    payment = await db.value("select id from payment where way = 'transfer'")
    assert told(await sources.not_exported(JAN31)) == [
        ("sale", "F1", 1_000), ("credit", "A1", 200), ("received", payment, 600), ("refunded", payment, 50),
        ("given up", "F1", 10),
    ]  # fmt: skip
    assert await sources.not_exported(JAN31 - timedelta(days=1)) == []


async def test_what_an_export_carried_is_not_carried_again_and_ids_of_other_kinds_do_not_hide_it(payer):
    await issued("F1", payer, JAN31)
    payment = await money(JAN31, 100, payer)
    refund = await settle(JAN31, 30, payment, None, "refund")
    invoice = await db.value("select id from invoice")
    elsewhere = {"invoice": (payment, refund), "payment": (invoice, refund), "settlement": (invoice, payment)}
    mine = {"invoice": invoice, "payment": payment, "settlement": refund}
    wrong = [(kind, id_) for kind, ids in elsewhere.items() for id_ in set(ids) - {mine[kind]}]
    async with db.atomic():
        await carried(*wrong)
        assert len(await sources.not_exported(JAN31)) == 3 - sum(
            1 for kind, id_ in mine.items() if (kind, id_) in wrong
        )
    for kind, id_ in mine.items():
        await db.execute("delete from journal_exported")
        await db.execute("delete from journal_export")
        await carried((kind, id_))
        assert len(await sources.not_exported(JAN31)) == 2, kind


async def test_money_moves_between_accounts_only_when_somebody_else_paid(payer):
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    for number in ("F1", "F2", "F3"):
        await issued(number, payer, FEB1)
    await paid("F1", FEB1, 400)
    await settle(FEB28, 300, await money(FEB1, 300, other), "F2", "payment")
    await settle(FEB1, 200, await money(FEB1, 200, None), "F3", "payment")
    await settle(MAR1, 100, await money(FEB1, 100, other), "F3", "payment")
    found = [one for one in await sources.not_exported(FEB28) if isinstance(one, Transferred)]
    assert [(m.number, m.cents, m.source and m.source.name, m.target and m.target.name) for m in found] == [
        ("F3", 200, None, "Association d’Essai"),
        ("F2", 300, "Autre", "Association d’Essai"),
    ]


async def test_the_journal_goes_by_day_whatever_was_entered_first(payer):
    await issued("F2", payer, FEB28)
    await issued("F1", payer, FEB1)
    late, early = await money(FEB28, 20, payer), await money(FEB1, 10, payer)
    backs = [await settle(FEB28, 2, late, None, "refund"), await settle(FEB1, 1, early, None, "refund")]
    found = await sources.not_exported(FEB28)
    assert [s.number for s in found if isinstance(s, Sale)] == ["F1", "F2"]
    assert [s.id for s in found if isinstance(s, PaymentIn)] == [early, late]
    assert [s.id for s in found if isinstance(s, Refunded)] == list(reversed(backs))


async def lettered(until: date) -> set[str]:
    found = entries(await sources.not_exported(until), Accounts())
    tied = rules.lettered(found, await sources.settled_in_whole(JAN31, until))
    return {entry.piece for entry in tied if entry.kind == "invoice" and any(line.letter for line in entry.lines)}


async def test_letters_are_only_given_to_what_is_whole_inside_this_export(payer):
    for number in ("F1", "F2", "F3", "F4", "F5"):
        await issued(number, payer, FEB1)
    await paid("F1", FEB1, 1_000)
    await paid("F2", FEB1, 900)  # not whole
    await paid("F3", FEB1, 500)
    await settle(MAR1, 500, await money(FEB1, 500, payer), "F3", "payment")  # whole a day after the export
    before = await money(JAN31, 1_000, payer)  # its entry left with an export before
    await settle(FEB1, 1_000, before, "F4", "payment")
    half = await money(JAN31, 500, payer)
    await settle(JAN31, 500, half, "F5", "payment")
    await paid("F5", FEB1, 500)
    await carried(("payment", before), ("payment", half))
    assert await lettered(FEB28) == {"F1"}


async def test_so_much_of_a_credit_note_is_lettered_as_went_to_its_invoice(payer):
    await issued("F1", payer, FEB1)
    await issued("F2", payer, FEB1)
    await issued("A1", payer, FEB1)
    await issued("A2", payer, FEB1, 1_500)
    notes = {n: await db.value("select id from invoice where number = $1", n) for n in ("A1", "A2")}
    await paid("F1", FEB1, 1_000, "credit_note", credit_note=notes["A1"])
    rest = await money(FEB1, 1_500, payer, "credit_note", credit_note=notes["A2"])
    await settle(FEB1, 1_000, rest, "F2", "payment")
    assert await lettered(FEB28) == {"F1", "A1", "F2", "A2"}
    (rest,) = [one for one in await sources.not_exported(FEB28) if isinstance(one, Sale) and one.number == "A2"]
    assert rest.settled == (SettledPart(1_000, await receivable("F2")),), "500 are still the payer’s"


async def test_money_is_told_by_what_it_settled_of_its_own_payer_up_to_that_day(payer):
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    for number, who in (("F1", payer), ("F2", payer), ("F3", other)):
        await issued(number, who, FEB1)
    payment = await money(FEB1, 900, payer)
    for day, cents, number in (
        (FEB1, 300, "F1"),
        (FEB1, 100, "F2"),
        (FEB1, -100, "F2"),
        (FEB1, 50, "F3"),
        (MAR1, 200, "F1"),
    ):
        await settle(day, cents, payment, number, "payment" if cents > 0 else "reversal")
    (received,) = [one for one in await sources.not_exported(FEB28) if isinstance(one, PaymentIn)]
    assert received.settled == (SettledPart(300, await receivable("F1")),)


async def test_exports_are_listed_the_last_first(payer):
    await issued("F1", payer, FEB1)
    kept = await db.value("select min(id) from file")
    for number in (1, 2):
        await put("journal_export", number=number, until=FEB1, entries=1, file=kept, created_at=clock.now())
    assert [e.number for e in await journal.exports()] == [2, 1]
    assert [e.number for e in await journal.exports(limit=1)] == [2]


# The register


async def numbers(**asked: object) -> list[str]:
    found = await register.register(Filter(**asked))
    totals = await register.sums(Filter(**asked))
    assert totals.documents + totals.openings == len(found), "what is listed is what is summed"
    assert totals.gross_cents + totals.opening_cents == sum(r.gross_cents for r in found)
    assert totals.due_cents == sum(r.due_cents for r in found)
    return [r.number for r in found]


async def registered(payer: int) -> None:
    """Due today, late since yesterday, paid, credited, of another ledger (due, late, paid, no day), a draft."""
    other = await makers.make_organisation("Ville-Basse", siret=None, domain="ville.example.org")
    yesterday = TODAY - timedelta(days=1)
    await issued("F1", payer, JAN31, 1_000, 200, due=TODAY)
    await issued("F2", other, FEB1, 2_000, due=yesterday, vat_regime="franchise_293b")
    await issued("F3", payer, FEB28, 3_000, due=yesterday, lines=((3_000, {"analytic_code": "VELO"}),))
    await issued("D4", payer, MAR1, 4_000, due=TODAY)
    await issued("A5", payer, MAR1, 4_000, corrects=await db.value("select id from invoice where number = 'D4'"))
    await issued("F6", payer, MAR1, 600, due=TODAY)
    await issued("A7", payer, MAR1, 100, corrects=await db.value("select id from invoice where number = 'F6'"))
    await paid("F6", MAR1, 100, "credit_note")
    await paid("F3", MAR1, 3_000)
    await paid("D4", MAR1, 4_000, "credit_note")
    await draft(payer, 9_000, corrects=await db.value("select id from invoice where number = 'F3'"), kind="credit_note")
    for number, due in (("OLD1", TODAY), ("old2", yesterday), ("OLD3", yesterday), ("OLD4", None)):
        await owed(number, payer, date(2026, 12, 31), 70, due=due)
    await paid("OLD3", FEB1, 70)


EVERY = ["A7", "F6", "A5", "D4", "F3", "F2", "F1", "OLD1", "old2", "OLD3", "OLD4"]
FILTERS: list[tuple[dict[str, object], list[str]]] = [
    ({}, EVERY),
    ({"first": FEB1}, ["A7", "F6", "A5", "D4", "F3", "F2"]),
    ({"last": FEB1}, ["F2", "F1", "OLD1", "old2", "OLD3", "OLD4"]),
    ({"payer": "ville-b"}, ["F2"]),
    ({"number": "old2"}, ["old2"]),
    ({"number": "f3"}, ["F3"]),
    ({"kind": "deposit"}, ["D4"]),
    ({"kind": "credit_note"}, ["A7", "A5"]),
    ({"kind": "opening"}, ["OLD1", "old2", "OLD3", "OLD4"]),
    ({"regime": "franchise_293b"}, ["F2"]),
    ({"analytic": "VELO"}, ["F3"]),
    ({"least_cents": 3_000}, ["A5", "D4", "F3"]),
    ({"most_cents": 1_200}, ["A7", "F6", "F1", "OLD1", "old2", "OLD3", "OLD4"]),
    ({"state": "due"}, ["F6", "F1", "OLD1", "OLD4"]),
    ({"state": "late"}, ["F2", "old2"]),
    ({"state": "paid"}, ["F3", "OLD3"]),
    ({"state": "credited"}, ["D4"]),
    ({"state": "late", "kind": "invoice"}, ["F2"]),
]


async def test_each_filter_of_the_register_leaves_out_what_it_says(payer):
    await registered(payer)
    for asked, wanted in FILTERS:
        assert await numbers(**asked) == wanted, asked


async def test_a_line_of_the_register_says_the_state_that_its_filter_finds(payer):
    await registered(payer)
    found = {r.number: r for r in await register.register(Filter())}
    assert {n: str(r.state) if r.state else None for n, r in found.items()} == {
        "A7": None, "F6": "due", "A5": None, "D4": "credited", "F3": "paid", "F2": "late", "F1": "due",
        "OLD1": "due", "old2": "late", "OLD3": "paid", "OLD4": "due",
    }  # fmt: skip
    note, sold, old = found["A5"], found["F1"], found["OLD1"]
    assert (note.net_cents, note.gross_cents, note.due_cents, note.credited) == (-4_000, -4_000, 0, False)
    assert (sold.net_cents, sold.vat_cents, sold.gross_cents, sold.due_cents) == (1_000, 200, 1_200, 1_200)
    assert (old.net_cents, old.regime, old.paper) == (None, None, None)
    assert found["F3"].analytic == "VELO"
    totals = await register.sums(Filter())
    assert (totals.documents, totals.net_cents, totals.vat_cents, totals.gross_cents) == (7, 6_500, 200, 6_700)
    assert (totals.openings, totals.opening_cents, totals.due_cents) == (4, 280, 1_200 + 2_000 + 500 + 210)


@pytest.mark.parametrize("size", [1, 2, 11])
async def test_the_register_in_pages_is_the_register(payer, size):
    """Ties on a day included, and a last page that is exactly full: nothing twice, nothing left out."""
    await registered(payer)
    assert [r.number for r in await register.register(Filter())] == EVERY
    pages: list[list[str]] = []
    async for page in register.every(Filter(), batch=size):
        pages.append([r.number for r in page])
        assert len(pages) <= len(EVERY), "the pages never end"
    assert [number for page in pages for number in page] == EVERY
    assert all(pages), "no empty page"
