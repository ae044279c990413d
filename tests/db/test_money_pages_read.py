"""The office's pages of money, each by one query: what it gives, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest

import bank_makers
import book_rows as rows
import makers
from book_rows import JAN, TODAY
from training.kernel import db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import NotFound
from training.payments.actions.import_statement import import_statement, read_columns
from training.reporting.office import bank, chorus, credit_notes, drafts, organisations, payers, payments, reminders
from training.reporting.office.trail import trail_page

pytestmark = pytest.mark.anyio

ALL = SYSTEM.scope


async def test_a_payment_s_page_says_what_is_held_now_and_what_the_rest_could_settle(payer):
    for number in ("OPEN", "HALF", "BACK"):
        await rows.owed(number, payer, JAN)
    other = await rows.owed("OTHER", await makers.make_organisation(domain="o.example.org", siret=None), JAN)
    made = await rows.money(JAN, 3_000, payer)
    for cents, number, kind in ((600, "HALF", "payment"), (1_000, "BACK", "payment"), (-1_000, "BACK", "reversal")):
        await rows.settle(JAN, cents, made, number, kind)
    page = await payments.payment_page(ALL, made, "")
    assert page.held == {await rows.receivable("HALF"): 600}
    assert len(page.settlements) == 3
    assert [one.number for one in page.owed] == ["OPEN", "HALF", "BACK"]
    assert page.by_hand
    assert [one.id for one in (await payments.payment_page(ALL, made, "OTHER")).owed] == [other]
    used = await rows.money(JAN, 1_000, payer, "card")
    await rows.settle(JAN, 1_000, used, "OPEN")
    page = await payments.payment_page(ALL, used, "OPEN")
    assert (page.owed, page.by_hand) == ([], False)


async def test_a_page_of_payments_is_cut_and_costs_two_statements(payer, statements):
    made = [await rows.money(JAN, 1_000 + n, payer) for n in range(3)]
    statements.clear()
    page = await payments.payments_page(ALL, search="", unused=False, after=None, limit=2)
    assert [one.id for one in page.payments] == [made[2], made[1]]
    assert page.following == (JAN, made[1])
    assert len(statements) == 2
    page = await payments.payments_page(ALL, search="", unused=False, after=page.following, limit=2)
    assert ([one.id for one in page.payments], page.following) == (made[:1], None)


async def test_a_transfer_is_divided_among_the_invoices_that_were_chosen(database_test):
    first, second, third = await bank_makers.owed("F2027-00001", "F2027-00002", "F2027-00003", cents=10_000)
    statement = await bank_makers.imported(bank_makers.row("VIR F2027-00001", "150,00"))
    (line,) = await bank_makers.line_ids(statement)

    async def divided(chosen: list[int] | None) -> list[tuple[int, int]]:
        page = await bank.line_page(line, chosen=chosen, search="")
        return [(one.receivable.id, one.cents) for one in page.chosen]

    assert await divided(None) == [(first, 10_000)]
    assert await divided([]) == []
    assert await divided([second, first, third]) == [(second, 10_000), (first, 5_000), (third, 0)]
    assert await divided([first, 999_999]) == [(first, 10_000)]
    page = await bank.line_page(line, chosen=[first], search="00002")
    assert [one.id for one in page.found] == [second]
    assert (await bank.line_page(line, chosen=[second], search="00002")).found == []


async def test_the_bank_s_page_knows_the_invoices_that_are_proposed(database_test, statements):
    (first,) = await bank_makers.owed("F2027-00001")
    assert not (await bank.bank_page(None, after=None, limit=5)).any_files
    statement = await bank_makers.imported(*(bank_makers.row("VIR F2027-00001", "350,00") for _n in range(3)))
    statements.clear()
    page = await bank.bank_page(statement, after=None, limit=2)
    assert (len(page.shown), page.total, page.any_files) == (2, 3, True)
    assert list(page.receivables) == [first]
    assert len(statements) <= 5


async def test_a_file_s_columns_are_asked_until_they_are_named(database_test):
    statement = await import_statement(
        SYSTEM, "x.csv", bank_makers.csv(*(bank_makers.row(f"VIR {n}", "1,00") for n in range(5)))
    )
    asked = await bank.columns_page(statement)
    assert [column.title for column in asked.columns] == bank_makers.HEADER.split(";")
    assert asked.columns[1].examples == "VIR 0 · VIR 1 · VIR 2"
    assert len(asked.rows) == bank.EXAMPLES
    assert (await bank.file_page(statement, state=None, after=None, limit=5)).statement.read_at is None
    await read_columns(SYSTEM, statement, bank_makers.MAPPING)
    assert (await bank.columns_page(statement)).columns == []
    page = await bank.file_page(statement, state=None, after=None, limit=4)
    assert (len(page.lines), page.following) == (4, (page.lines[-1].booked_on, page.lines[-1].id))


async def test_the_settings_say_which_rates_may_be_old_and_who_may_change_them(payer):
    for law, since in (("private", TODAY - timedelta(days=201)), ("public", TODAY - timedelta(days=200))):
        await rows.put("late_rate", law=law, since=since, rate_bp=1_000)
    await rows.put("late_rate", law="public", since=TODAY, rate_bp=1_100)
    page = await reminders.settings_page(SYSTEM)
    assert page.stale == ["private"]
    assert [rate.rate_bp for rate in page.rates["public"]] == [1_100, 1_000]
    assert (page.since, page.may_set) == (JAN.replace(day=1), True)
    assert not (await reminders.settings_page(Actor("user", 1, "Personne"))).may_set


async def test_what_is_not_there_is_said_by_the_query_of_each_page(database_test):
    town = await makers.make_town()
    elsewhere = await makers.make_organisation("Ailleurs", siret=None, domain="ailleurs.example.org")
    contact = await db.value("select id from contact where organisation = $1 limit 1", elsewhere)
    slug = await db.value("select slug from organisation where id = $1", town.organisation)
    note = await rows.issued("A1", town.organisation, JAN)
    assert note
    for reading in (
        payments.payment_page(ALL, 999_999, ""),
        payments.owed(ALL, 999_999),
        bank.line_page(999_999, chosen=None, search=""),
        bank.file_page(999_999, state=None, after=None, limit=5),
        bank.columns_page(999_999),
        reminders.followed(ALL, 999_999),
        chorus.deposit_page(ALL, "F1999-00001"),
        chorus.proof(ALL, "F1999-00001"),
        credit_notes.credit_page(ALL, "A1"),
        credit_notes.replace_page(ALL, "F1999-00001"),
        credit_notes.replace_page(Scope(), "A1"),
        drafts.draft_page(SYSTEM, 999_999),
        drafts.line_page(ALL, note, 999_999),
        trail_page(ALL, "F1999-00001"),
        payers.payers_page(ALL, "R-INCONNU"),
        payers.deposit_page(ALL, "R-INCONNU"),
        organisations.billing_page(ALL, "nulle-part"),
        organisations.contact_page(ALL, slug, contact),
    ):
        with pytest.raises(NotFound):
            await reading
