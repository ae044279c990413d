"""The books against another ledger and against the ledger itself: whose a line is, and where the two part."""

from __future__ import annotations

from datetime import date

import pytest

import accounts_makers as books
import makers
from book_rows import issued, private
from training.accounting.queries import opening
from training.billing.queries import ledger
from training.kernel import clock, db

pytestmark = pytest.mark.anyio

JAN31, FEB1 = date(2027, 1, 31), date(2027, 2, 1)
TODAY = date(2027, 3, 15)


@pytest.fixture
async def payer(database_test):
    with clock.frozen(books.noon(TODAY)):
        yield await private()


async def test_a_payer_of_another_ledger_is_found_by_siret_address_or_name_and_never_guessed(payer):
    town = await makers.make_organisation("Commune d’Essai")
    for domain in ("un.example.org", "deux.example.org"):
        await makers.make_organisation("Homonyme", siret=None, domain=domain)
    typed = ["0000 9999\u00a0400014", "Commune-D-Essai", "COMMUNE d’essai", "Homonyme", "Personne", " "]
    found = await opening.payers(typed)
    assert {asked: named.id for asked, named in found.items()} == dict.fromkeys(typed[:3], town)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update ledger_entry set snapshot = '{\"totals\": {\"gross_cents\": 1201}}' where number = 'F1'", "F1"),
        ("update ledger_entry set issued_on = issued_on - 1 where number = 'F1'", "F1"),
        ("update ledger_entry set number = 'F9' where number = 'F1'", "F1"),
        ("update ledger_entry set subject_kind = 'quote' where number = 'F2'", "F2"),
        ("delete from invoice where number = 'F2'", "F2"),
        ("update invoice set gross_cents = -gross_cents, net_cents = -net_cents, vat_cents = -vat_cents", None),
        ("update ledger_entry set subject_kind = 'quote'; update invoice set state = 'draft', entry = null", None),
    ],
)
async def test_each_way_in_which_register_and_ledger_may_part_is_seen(payer, change, said):
    await issued("F1", payer, JAN31, 1_000, 200)
    await issued("F2", payer, FEB1)
    assert await ledger.disagreement() is None
    for table in ("ledger_entry", "invoice", "invoice_line"):
        await db.execute(f"alter table {table} disable trigger frozen")
    await db.execute("delete from receivable")
    await db.execute("delete from invoice_line")
    for statement in change.split("; "):
        await db.execute(statement)
    assert await ledger.disagreement() == said
