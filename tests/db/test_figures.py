"""What the accountant reads of a period adds up: VAT of what was received, what is owed by age."""

from __future__ import annotations

from datetime import date

import pytest

import accounts_makers as books
from accounts_makers import APRIL, MARCH, two_invoices
from training.accounting.actions.open_balance import Opening, open_balance
from training.accounting.queries import accounts as reading
from training.accounting.queries import sources
from training.accounting.rules.ageing import Age
from training.kernel import clock
from training.kernel.actor import SYSTEM
from training.reporting.office.ageing import balance_page

pytestmark = pytest.mark.anyio


async def test_the_vat_of_what_was_received_adds_up_to_the_invoices(database_test):
    _town, first, _second = await two_invoices()
    for n, part in enumerate((3_333, 3_333, 35_334)):
        await books.pay(first, part, date(2027, 3 + n, 10))
    months = await reading.vat_months(date(2027, 1, 1), date(2027, 12, 31))
    assert [(m.month, m.net_cents, m.vat_cents, m.received_cents, m.received_vat_cents) for m in months] == [
        (MARCH, 35_000, 7_000, 3_333, 556),
        (APRIL, 35_000, 7_000, 3_333, 555),
        (date(2027, 5, 1), 0, 0, 35_334, 5_889),
    ]
    assert sum(m.received_vat_cents for m in months) == 7_000
    assert [m.received_vat_cents for m in await reading.vat_months(APRIL, date(2027, 4, 30))] == [555]


async def test_what_is_owed_stands_in_its_column(database_test):
    town, first, second = await two_invoices()
    with clock.frozen(books.noon(APRIL)):
        await open_balance(SYSTEM, Opening("A1", second.payer, date(2026, 1, 1), date(2026, 2, 1), 700))
        await books.pay(second, 2_000, APRIL)
    with clock.frozen(books.noon(date(2027, 7, 1))):
        found = await balance_page(SYSTEM.scope)
        whole, payers = found.whole, found.payers
    assert {age: c for age, c in whole.cents.items() if c} == {
        Age.UNAVAILABLE: 42_000,  # the town was not given its invoice yet
        Age.TO_90: 40_000,
        Age.OLDER: 700,
    }
    assert [(p.slug, p.total_cents) for p in payers] == [("commune-d-essai", 42_000), ("association-d-essai", 40_700)]
    assert town
    assert first


async def test_figures_take_a_constant_number_of_statements(database_test, statements):
    await two_invoices()
    statements.clear()
    await balance_page(SYSTEM.scope)
    await reading.vat_months(MARCH, APRIL)
    await reading.totals_until(APRIL)
    await sources.not_exported(APRIL)
    assert len(statements) == 2 + 1 + 1 + 7
