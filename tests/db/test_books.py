"""Remittances and journals of closed years, by a reader of the law that shares no code with what writes them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import accounts_makers as books
import journal_law as law
import makers
from book_rows import put
from training.accounting.actions.accounts import export_journal, set_accounts
from training.accounting.actions.close import close_period
from training.accounting.actions.write_year import write_year
from training.accounting.formats import journal
from training.accounting.queries import journal as reading
from training.accounting.queries import year_end
from training.accounting.rules.accounts import Accounts
from training.attendance.actions import hold_session
from training.billing.actions.credit import CreditWanted, credit
from training.billing.actions.deposit import ask_deposit
from training.billing.actions.issue import issue
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.directory.rules.billing_facts import BillingMoment
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid
from training.records import queries as records
from training.records.actions.files import keep_file
from training.worker import drain

pytestmark = pytest.mark.anyio

JANUARY, MARCH, APRIL = date(2027, 1, 5), date(2027, 3, 1), date(2027, 4, 1)
JUNE, YEAR_END = date(2027, 6, 1), date(2027, 12, 31)


async def a_town(**platform: object) -> makers.Town:
    with clock.frozen(books.noon(JANUARY)):
        return await makers.make_town(vat_regime="normal", vat_number="FR03000088880", **platform)


async def remit(first: date, until: date, on: date = JUNE) -> list[law.Row]:
    """One more remittance, as the law reads it."""
    with clock.frozen(books.noon(max(until, on))):
        number = await export_journal(SYSTEM, first, until)
    kept = await records.file((await reading.export(number)).file)
    return law.read(journal.text_file(kept.content))


async def close_year(until: date = YEAR_END, on: date = date(2028, 2, 1)) -> bytes:
    with clock.frozen(books.noon(on)):
        await close_period(SYSTEM, until)
        await write_year(SYSTEM, until)
    return await kept_year(until)


async def kept_year(until: date = YEAR_END) -> bytes:
    kept = await records.file((await reading.year(until)).file)
    return journal.text_file(kept.content)


def on(rows: list[law.Row], account: str) -> int:
    """Debit less credit of an account, in cents."""
    return int(100 * sum(law.money(r["Debit"]) - law.money(r["Credit"]) for r in rows if r["CompteNum"] == account))


async def deposit(town: makers.Town, starts: date, cents: int, on_day: date) -> tuple[int, int]:
    """A booking with a deposit that was issued: (session, the deposit)."""
    with clock.frozen(books.noon(on_day)):
        session = await makers.make_session(town.offer, starts_at=books.noon(starts))
        payer = await books.association()
        booked = await bookings.book(SYSTEM, NewBooking(session, payer, 4))
        draft = await ask_deposit(SYSTEM, booked.id, amount_cents=cents)
        await issue(SYSTEM, draft)
        await drain()
    return session, draft


async def hold(session: int, day: date) -> None:
    with clock.frozen(books.noon(day) + timedelta(hours=9)):
        await hold_session(SYSTEM, session)
        await drain()


async def test_a_deposit_waits_on_4191_until_the_final_invoice(database_test):
    town = await a_town()
    session, _deposit = await deposit(town, APRIL, 10_000, MARCH)
    march = await remit(MARCH, date(2027, 3, 31))
    assert (on(march, "411000"), on(march, "419100"), on(march, "706000")) == (12_000, -10_000, 0)
    await hold(session, APRIL)
    april = await remit(APRIL, date(2027, 4, 30))
    assert (on(april, "419100"), on(april, "706000"), on(april, "411000")) == (10_000, -35_000, 30_000)


async def test_a_deposit_that_is_credited_after_it_was_taken_off_is_a_sale_less(database_test):
    town = await a_town()
    session, taken = await deposit(town, APRIL, 10_000, MARCH)
    await hold(session, APRIL)
    with clock.frozen(books.noon(date(2027, 4, 10))):
        await credit(SYSTEM, taken, CreditWanted(reason="Geste"))
    rows = await remit(MARCH, date(2027, 4, 30))
    assert (on(rows, "419100"), on(rows, "706000")) == (0, -25_000)


async def test_vat_due_on_payment_waits_until_the_money_comes_and_as_much_as_comes(database_test):
    town = await a_town()
    first = await books.invoice(town, town.organisation, MARCH)
    await books.pay(first, 10_000, date(2027, 3, 20))
    march = await remit(MARCH, date(2027, 3, 31))
    assert (on(march, "445740"), on(march, "445710")) == (-5_333, -1_667)
    await books.pay(first, 32_000, date(2027, 4, 20))
    april = await remit(APRIL, date(2027, 4, 30))
    assert (on(march + april, "445740"), on(march + april, "445710")) == (0, -7_000)


async def test_vat_of_what_is_credited_is_never_due_and_of_what_was_paid_comes_back(database_test):
    town = await a_town()
    unpaid = await books.invoice(town, town.organisation, MARCH)
    paid = await books.invoice(town, await books.association(), MARCH)
    await books.pay(paid, 42_000, date(2027, 3, 10))
    with clock.frozen(books.noon(APRIL)):
        for one in (unpaid, paid):
            await credit(SYSTEM, one.id, CreditWanted(reason="Erreur"))
    rows = await remit(MARCH, APRIL)
    assert (on(rows, "445740"), on(rows, "445710"), on(rows, "706000")) == (0, 0, 0)
    debited = sum(law.money(r["Debit"]) for r in rows if r["CompteNum"] == "445710")
    assert debited == 70, "that of the paid invoice alone"


async def test_with_the_option_for_debits_nothing_waits(database_test):
    town = await a_town(vat_on_debits=True)
    first = await books.invoice(town, town.organisation, MARCH)
    await books.pay(first, 42_000, date(2027, 3, 20))
    rows = await remit(MARCH, date(2027, 3, 31))
    assert (on(rows, "445740"), on(rows, "445710")) == (0, -7_000)


async def test_a_letter_is_not_dated_before_its_entry(database_test):
    town = await a_town()
    first = await books.invoice(town, town.organisation, APRIL)
    await books.pay(first, 42_000, date(2027, 3, 20))
    rows = [r for r in await remit(JANUARY, APRIL) if r["EcritureLet"]]
    assert {r["DateLet"] for r in rows} == {"20270401"}
    assert len(rows) == 2


async def test_what_was_exported_keeps_its_accounts_and_what_follows_goes_there(database_test):
    town = await a_town()
    first = await books.invoice(town, town.organisation, MARCH)
    session, _deposit = await deposit(town, APRIL, 10_000, MARCH)
    march = await remit(MARCH, date(2027, 3, 31))
    await set_accounts(
        SYSTEM,
        Accounts(
            client_account="411900", vat_account="445719", vat_waiting_account="445749", deposit_account="419190",
            sales_account="706900",
        ),
    )  # fmt: skip
    async with db.atomic():
        await db.execute("update organisation set client_account = '411MAIRIE', name = 'Commune Nouvelle'")
    await books.pay(first, 42_000, APRIL)
    await hold(session, APRIL)
    with clock.frozen(books.noon(date(2027, 4, 10))):
        await credit(SYSTEM, first.id, CreditWanted(reason="Erreur"))
    april = await remit(APRIL, date(2027, 4, 30))
    both = march + april
    assert on(both, "445740") == on(march, "445740") + 7_000
    assert on(april, "419100") == 10_000
    assert on(april, "419190") == 0
    assert on(april, "706000") == 35_000, "the credit note takes back what it gave"
    assert on(april, "706900") == -35_000
    mine = [r for r in both if r["CompAuxNum"] == f"C{town.organisation:05d}"]
    assert on(mine, "411000") == -42_000, "invoice, payment and credit note on one account"
    assert {r["CompAuxNum"] for r in april if r["PieceRef"] != first.number} >= {"411MAIRIE"}


OLD = """VE|Ventes|000001|20270301|411000|Clients|C1|Commune d’Essai|{n}|20270301|Facture {n} X|420,00|0,00|||D||||
VE|Ventes|000001|20270301|706300|Prestations de services|||{n}|20270301|Facture {n} X|0,00|350,00|||D|||VELO
VE|Ventes|000001|20270301|445710|TVA collectée|||{n}|20270301|Facture {n} X|0,00|70,00|||D|||
BQ|Banque|000002|20270302|512000|Banque|||{p}|20270302|Règlement x|100,00|0,00|||D|||
BQ|Banque|000002|20270302|411000|Clients|C1|Commune d’Essai|{p}|20270302|Règlement x|0,00|100,00|||D|||
OD|Opérations diverses|000003|20270303|654000|Pertes sur créances|||{n}|20270303|Créance abandonnée {n}|1,00|0,00|||D|||
OD|Opérations diverses|000003|20270303|411000|Clients|C1|Commune d’Essai|{n}|20270303|Créance {n}|0,00|1,00|||D|||
"""


async def test_a_book_that_the_release_before_exported_keeps_its_lines_and_nothing_waits_of_it(database_test):
    """Its VAT stood on 44571 from the first day, and its client under a number of that day."""
    town = await a_town()
    first = await books.invoice(town, town.organisation, MARCH)
    paid = await books.pay(first, 10_000, date(2027, 3, 2))
    content = OLD.format(n=first.number, p=f"REG{paid:06d}").replace("|||D|", "|||20270401|")
    header = "|".join([*journal.COLUMNS, journal.ANALYTIC]) + "\n"
    tabs = (header + content).replace("|", "\t").replace("\n", "\r\n").encode()
    async with db.atomic():
        file = await keep_file(tabs, "text/tab-separated-values")
        facts = {"number": 1, "until": date(2027, 3, 31), "entries": 3, "file": file, "created_at": clock.now()}
        export = await put("journal_export", **facts)
        for kind, one in (("invoice", first.id), ("payment", paid)):
            await put("journal_exported", export=export, source_kind=kind, source_id=one)
    await books.pay(first, 32_000, date(2027, 4, 20))
    april = await remit(JANUARY, date(2027, 4, 30))
    assert [(r["EcritureNum"], r["CompteNum"], r["CompAuxNum"], r["Credit"]) for r in april] == [
        ("000004", "512000", "", "0,00"),
        ("000004", "411000", "C1", "320,00"),
    ]
    rows = law.read(await close_year())
    assert [(r["CompteNum"], r["Debit"], r["Credit"]) for r in rows[:3]] == [
        ("411000", "420,00", "0,00"),
        ("706300", "0,00", "350,00"),
        ("445710", "0,00", "70,00"),
    ]
    assert (on(rows, "445740"), on(rows, "445710"), on(rows, "654000")) == (0, -7_000, 100)


async def test_a_remittance_is_of_any_period_inside_one_fiscal_year(database_test):
    town = await a_town()
    await books.invoice(town, town.organisation, MARCH)
    await books.invoice(town, town.organisation, APRIL)
    april = await remit(APRIL, APRIL)
    assert {r["EcritureDate"] for r in april} == {"20270401"}
    march = await remit(MARCH, date(2027, 4, 30))
    assert {r["EcritureDate"] for r in march} == {"20270301"}
    assert [april[0]["EcritureNum"], march[0]["EcritureNum"]] == ["000001", "000002"]
    with clock.frozen(books.noon(JUNE)):
        with pytest.raises(Invalid, match="dans un seul exercice"):
            await export_journal(SYSTEM, date(2026, 12, 31), APRIL)
        with pytest.raises(Invalid, match="avant le dernier"):
            await export_journal(SYSTEM, APRIL, MARCH)
        async with db.atomic():
            await db.execute("update platform set fiscal_year_end = 3")
        with pytest.raises(Invalid, match="commence le jeudi 1er avril"):
            await export_journal(SYSTEM, MARCH, APRIL)


async def test_the_journal_of_a_closed_year_has_every_entry_marks_nothing_and_does_not_change(database_test):
    town = await a_town()
    first = await books.invoice(town, town.organisation, MARCH)
    await remit(MARCH, date(2027, 3, 31))
    second = await books.invoice(town, await books.association(), APRIL)
    await books.pay(first, 42_000, APRIL)
    with clock.frozen(books.noon(JUNE)), pytest.raises(Conflict, match="Clôturez d’abord"):
        await write_year(SYSTEM, YEAR_END)
    made = await close_year()
    rows = law.read(made)
    assert {first.number, second.number} <= {r["PieceRef"] for r in rows}
    assert rows[0]["EcritureNum"] == "000001"
    assert {r["PieceRef"] for r in rows if r["EcritureLet"]} >= {first.number}, "over two remittances"
    assert {r["ValidDate"] for r in rows} == {"20280201"}
    assert await db.value("select count(*) from journal_exported") == 1
    await set_accounts(SYSTEM, Accounts(client_account="411900"))
    with clock.frozen(books.noon(date(2028, 3, 1))):
        await write_year(SYSTEM, YEAR_END)
        await export_journal(SYSTEM, MARCH, YEAR_END)
    assert await kept_year() == made
    with clock.frozen(books.noon(date(2028, 3, 1))), pytest.raises(Invalid, match="Aucun exercice"):
        await write_year(SYSTEM, date(2027, 11, 30))


async def test_what_people_type_ends_no_field_and_computes_nothing(database_test):
    town = await a_town()
    async with db.atomic():
        await db.execute(
            "update organisation set name = $1", "\t=+-@(Été | « Œuf »\u202e \u200b– ’\u0007 🚲 Łódź 日本\u2028fin"
        )
    first = await books.invoice(town, town.organisation, MARCH)
    await books.pay(first, 100, MARCH)
    rows = await remit(MARCH, MARCH)
    assert {r["CompAuxLib"] for r in rows if r["CompAuxNum"]} == {"Été « Œuf » - ' ? ?ódz ?? fin"}


async def test_invoiced_for_next_year_and_held_but_not_invoiced(database_test):
    town = await a_town()
    with clock.frozen(books.noon(date(2027, 12, 1))):
        payer = await books.association()
        async with db.atomic():
            await db.execute(
                "update organisation set billing_moment = $1 where id = $2", BillingMoment.CONFIRMED, payer
            )
        session = await makers.make_session(town.offer, starts_at=books.noon(date(2028, 2, 1)))
        await bookings.book(SYSTEM, NewBooking(session, payer, 4))
        await drain()
        for draft in await db.connection().fetch("select id from invoice where state = 'draft'"):
            await issue(SYSTEM, draft["id"])
        late = await makers.make_session(town.offer, starts_at=books.noon(date(2027, 12, 20)))
        await bookings.book(SYSTEM, NewBooking(late, town.organisation, 2))
        await drain()
    async with db.atomic():
        await db.execute("update platform set issue_without_look = false")
    await hold(late, date(2027, 12, 20))
    (ahead,) = await year_end.ahead(YEAR_END)
    assert (ahead.served_from, ahead.net_cents, ahead.next_cents) == (date(2028, 2, 1), 35_000, 35_000)
    (to_invoice,) = await year_end.to_invoice(YEAR_END)
    assert (to_invoice.held_on, to_invoice.net_cents, to_invoice.deposit_cents) == (date(2027, 12, 20), 35_000, 0)
    assert await year_end.to_invoice(date(2027, 12, 19)) == []
    assert await year_end.ahead(date(2028, 2, 1)) == []
