"""An export of the journal carries each thing once, and balances."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

import accounts_makers as books
import makers
from accounts_makers import APRIL, MARCH, two_invoices
from training.accounting.actions.accounts import export_journal, set_accounts
from training.accounting.actions.close import close_period
from training.accounting.actions.open_balance import Opening, open_balance
from training.accounting.formats import journal
from training.accounting.queries import journal as exports
from training.accounting.rules.accounts import Accounts
from training.accounting.rules.entries import letters
from training.billing.actions import settle
from training.billing.rules.payments import Way
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict, Forbidden, Invalid
from training.records import queries as records

pytestmark = pytest.mark.anyio

ADVISER = Actor("user", 1, "Conseil", frozenset({"accounts.see"}), Scope(everything=True))


async def export(until: date) -> list[dict[str, str]]:
    """The rows of one more export, by column."""
    with clock.frozen(books.noon(max(until, date(2027, 6, 1)))):
        number = await export_journal(SYSTEM, until.replace(month=1, day=1), until)
    found = await exports.export(number)
    stored = await records.file(found.file)
    header, *rows = list(journal.read(stored.content))
    return [dict(zip(header, row, strict=True)) for row in rows]


def cents(rows: list[dict[str, str]], account: str) -> int:
    """Debit less credit of an account."""
    return sum(
        int(r["Debit"].replace(",", "")) - int(r["Credit"].replace(",", "")) for r in rows if r["CompteNum"] == account
    )


def balanced(rows: list[dict[str, str]]) -> bool:
    sums: dict[str, int] = {}
    for r in rows:
        moved = int(r["Debit"].replace(",", "")) - int(r["Credit"].replace(",", ""))
        sums[r["EcritureNum"]] = sums.get(r["EcritureNum"], 0) + moved
    return set(sums.values()) == {0}


async def test_each_thing_leaves_once_and_numbers_go_on(database_test):
    _town, first, second = await two_invoices()
    march = await export(date(2027, 3, 31))
    assert {r["PieceRef"] for r in march} == {first.number}
    assert (cents(march, "411000"), cents(march, "706000"), cents(march, "445740")) == (42_000, -35_000, -7_000)
    await books.pay(first, 42_000, date(2027, 3, 20))  # dated before the last export, entered after
    april = await export(date(2027, 4, 30))
    money = f"REG{await db.value('select max(id) from payment'):06d}"
    assert {r["PieceRef"] for r in april} == {first.number, second.number, money}, "of the first, its VAT that is due"
    assert (cents(april, "445740"), cents(april, "445710")) == (0, -7_000)
    assert cents(april, "512000") == 42_000
    assert cents(april, "411000") == 0
    assert [r["EcritureNum"] for r in march + april if r["CompteNum"] == "411000"] == ["000001", "000002", "000004"]
    assert balanced(march)
    assert balanced(april)
    with pytest.raises(Conflict, match="Rien de nouveau à exporter jusqu’au vendredi 30 avril"):
        await export(date(2027, 4, 30))
    assert [(e.number, e.entries) for e in await exports.exports()] == [(2, 3), (1, 1)]


async def test_what_is_settled_inside_one_export_is_lettered_and_its_letters_balance(database_test):
    _town, first, second = await two_invoices()
    await books.pay(first, 42_000, date(2027, 4, 2))
    await books.pay(second, 10_000, date(2027, 4, 3))
    rows = await export(date(2027, 4, 30))
    lettered = [r for r in rows if r["EcritureLet"]]
    assert {r["EcritureLet"] for r in lettered} == {letters(first.receivable)}
    assert {r["DateLet"] for r in lettered} == {"20270402"}
    assert cents(lettered, "411000") == 0
    assert len(lettered) == 2
    assert all(r["CompAuxNum"] for r in rows if r["CompteNum"] == "411000")


async def test_money_of_another_of_nobody_given_back_and_given_up(database_test):
    town, first, second = await two_invoices()
    other = await books.pay(first, 20_000, date(2027, 4, 2), Way.CARD, payer=second.payer)  # paid by somebody else
    with clock.frozen(books.noon(date(2027, 4, 5))):
        new = settle.NewPayment(way=Way.CASH, amount_cents=50_000, received_on=clock.today(), payer_name="Inconnu")
        unknown = await settle.record_payment(SYSTEM, new)
        await settle.settle(SYSTEM, unknown, {second.receivable: 41_900})
        await settle.take_back(SYSTEM, unknown, second.receivable, "Erreur", 900)
        await settle.refund(SYSTEM, unknown, 3_000, clock.today(), "Trop payé")
        await settle.write_off(SYSTEM, second.receivable, 1_000, "Petit reste")
    rows = await export(date(2027, 4, 30))
    assert balanced(rows)
    assert cents(rows, "511500") == 20_000
    assert cents(rows, "530000") == 50_000 - 3_000
    assert cents(rows, "471000") == -(50_000 - 41_900 + 900 - 3_000), "what nobody has claimed waits"
    assert cents(rows, "654000") == 833, "what was lost, without the VAT that nobody will pay"
    of = {r["CompAuxNum"] for r in rows if r["CompteNum"] == "411000"}
    assert of == {f"C{town.organisation:05d}", f"C{second.payer:05d}"}
    client = [r for r in rows if r["CompAuxNum"] == f"C{second.payer:05d}"]
    assert cents(client, "411000") == 42_000 - 41_900 + 900 - 1_000
    town_lines = [r for r in rows if r["CompAuxNum"] == f"C{town.organisation:05d}"]
    assert cents(town_lines, "411000") == 42_000 - 20_000
    assert other


async def test_accounts_of_the_offer_of_the_client_and_of_the_house(database_test):
    town, first, _second = await two_invoices()
    await db.connection().execute("alter table invoice_line disable trigger frozen")
    await db.connection().execute("update invoice_line set sales_account = '706300', analytic_code = 'VELO'")
    await db.connection().execute("update organisation set client_account = '411MAIRIE' where id = $1", first.payer)
    await set_accounts(SYSTEM, Accounts(client_account="411100", sales_journal="VT"))
    rows = await export(date(2027, 3, 31))
    assert [(r["JournalCode"], r["CompteNum"], r["CompAuxNum"], r["CodeAnalytique"]) for r in rows] == [
        ("VT", "411100", "411MAIRIE", ""),
        ("VT", "706300", "", "VELO"),
        ("VT", "445740", "", ""),
    ]
    assert town


async def test_what_another_ledger_sold_is_not_sold_twice_and_its_money_is_carried(database_test):
    with clock.frozen(books.noon(APRIL)):
        await makers.make_platform()
        payer = await books.association()
        receivable = await open_balance(SYSTEM, Opening("2026-1", payer, date(2026, 12, 1), date(2026, 12, 31), 5_000))
        money = settle.NewPayment(way=Way.CHEQUE, amount_cents=5_000, received_on=APRIL, payer=payer)
        await settle.record_payment(SYSTEM, money, {receivable: 5_000})
    rows = await export(APRIL)
    assert [(r["CompteNum"], r["Debit"], r["Credit"]) for r in rows] == [
        ("512000", "50,00", "0,00"),
        ("411000", "0,00", "50,00"),
    ]


async def test_who_may_and_when(database_test):
    await two_invoices()
    with clock.frozen(books.noon(APRIL)):
        with pytest.raises(Forbidden):
            await export_journal(ADVISER, MARCH, MARCH)
        with pytest.raises(Forbidden):
            await set_accounts(ADVISER, Accounts())
        with pytest.raises(Forbidden):
            await close_period(ADVISER, date(2027, 2, 28))
        with pytest.raises(Forbidden):
            await open_balance(ADVISER, Opening("x", 1, MARCH, MARCH, 1))
        with pytest.raises(Invalid, match="pas encore venue"):
            await export_journal(SYSTEM, APRIL, APRIL + timedelta(days=1))
        await db.connection().execute("update platform set siret = null")
        with pytest.raises(Conflict, match="SIREN"):
            await export_journal(SYSTEM, MARCH, MARCH)
    assert await db.value("select count(*) from journal_exported") == 0


@pytest.mark.commits
async def test_of_exports_at_once_one_takes_everything(database_test):
    await two_invoices()
    with clock.frozen(books.noon(date(2027, 5, 1))):
        tries = (export_journal(SYSTEM, MARCH, date(2027, 4, 30)) for _each in range(5))
        made = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one).__name__ for one in made) == ["Conflict"] * 4 + ["int"]
    assert await db.value("select count(*) from journal_exported") == 2
    assert await db.value("select sum(entries) from journal_export") == 2
