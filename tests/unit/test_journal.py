"""The journal: eighteen columns in order, every entry balanced, no field that ends another, no cell that computes."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.accounting.formats import journal
from training.accounting.formats.journal import ANALYTIC, COLUMNS
from training.accounting.formats.register_files import zipped
from training.accounting.rules import entries as rules
from training.accounting.rules.accounts import Accounts, checked, treasury
from training.accounting.rules.entries import (
    ClientAccount,
    GivenUp,
    PaymentIn,
    Refunded,
    Sale,
    SalesPart,
    SettledPart,
    Transferred,
    VatDue,
    letters,
)
from training.billing.rules.payments import Way
from training.kernel.errors import Invalid
from training.kernel.sheet_files import Workbook, csv_rows, euros, harmless

DAY = date(2027, 3, 31)
TOWN = ClientAccount("C00001", "Commune d’Essai")
OTHER = ClientAccount("C00002", "=cmd|'/c calc'!A1")
MADE = datetime(2027, 4, 1, tzinfo=UTC)

ids = st.integers(1, 10**6)
cents = st.integers(1, 10**8)
days = st.dates(date(2027, 1, 1), date(2027, 12, 31))
texts = st.text(max_size=60)
clients = st.builds(ClientAccount, st.text("ABC019", min_size=1, max_size=10), texts)
maybe = st.one_of(st.none(), clients)
tied = st.one_of(st.none(), ids)
accounts = st.one_of(st.none(), st.sampled_from(["706100", "708000"]))
parts = st.lists(
    st.builds(SalesPart, accounts, st.sampled_from(["", "VELO"]), st.integers(-(10**6), 10**7), st.booleans()),
    max_size=4,
)
sales = st.builds(
    Sale, ids, st.booleans(), st.text("F0123456789-", min_size=1, max_size=20), days, clients,
    parts.map(tuple), st.integers(0, 10**6), st.integers(0, 10**6), tied,
)  # fmt: skip


@st.composite
def received(draw: st.DrawFn) -> PaymentIn:
    whole = draw(cents)
    used = draw(st.lists(st.integers(1, whole), max_size=3).filter(lambda found: sum(found) <= whole))
    settled = tuple(SettledPart(part, draw(ids)) for part in used)
    return PaymentIn(draw(ids), draw(st.sampled_from(Way)), draw(days), whole, draw(maybe), draw(texts), settled)


signed = st.integers(-(10**8), 10**8).filter(bool)
moved = st.builds(Transferred, ids, days, signed, maybe, maybe, texts, tied)
refunded = st.builds(Refunded, ids, st.sampled_from(Way), days, signed, maybe, ids)
given_up = st.builds(GivenUp, ids, days, cents, clients, texts, tied, st.integers(0, 10**6))
due = st.builds(VatDue, ids, days, signed, texts)
mixes = st.lists(st.one_of(sales, received(), moved, refunded, given_up, due), max_size=12)


def lines_of(sources, first: int = 1) -> list[journal.JournalLine]:
    return journal.numbered(rules.entries(sources, Accounts()), first, DAY)


@given(mixes, st.integers(1, 10**5))
def test_every_entry_balances_whatever_the_mix(mix, first) -> None:
    lines = lines_of(mix, first)
    sums: dict[str, list[int]] = {}
    for line in lines:
        debit, credit = (int(text.replace(",", "")) for text in (line.debit, line.credit))
        assert (debit == 0) != (credit == 0), "a line is on one side"
        sums.setdefault(line.number, [0, 0])
        sums[line.number][0] += debit
        sums[line.number][1] += credit
    assert all(debit == credit for debit, credit in sums.values())
    assert set(journal.balance(lines).values()) <= {0}
    assert list(sums) == [f"{first + n:06d}" for n in range(len(sums))], "numbers without a gap, in order"
    assert [line.on for line in lines] == sorted(line.on for line in lines)


@given(mixes)
def test_the_file_has_eighteen_columns_in_every_row_whatever_people_typed(mix) -> None:
    kept = journal.write(lines_of(mix))
    rows = journal.text_file(kept).decode().split("\r\n")
    assert rows[-1] == ""
    assert rows[0].split("\t") == list(COLUMNS)
    for row in rows[1:-1]:
        cells = row.split("\t")
        assert len(cells) == 18
        assert "|" not in row
        named = dict(zip(COLUMNS, cells, strict=True))
        for name in ("EcritureDate", "PieceDate", "ValidDate"):
            assert re.fullmatch(r"2027\d{4}", named[name])
        for name in ("Debit", "Credit"):
            assert re.fullmatch(r"\d+,\d\d", named[name])
        for name in ("JournalCode", "JournalLib", "EcritureNum", "CompteNum", "CompteLib"):
            assert named[name]
        assert bool(named["EcritureLet"]) == bool(named["DateLet"])
        assert (named["Montantdevise"], named["Idevise"]) == ("", "")
    assert [row[:18] for row in journal.read(kept)] == [row.split("\t") for row in rows[:-1]]
    assert next(journal.read(kept)) == [*COLUMNS, ANALYTIC]


def written(*sources: journal.Source) -> list[tuple[str, ...]]:
    lines = lines_of(sources)
    return [(x.journal, x.number, x.account, x.client, x.debit, x.credit, x.analytic) for x in lines]


def test_a_sale_by_account_and_analytic_code_with_vat() -> None:
    sale = Sale(
        1, False, "F2027-00001", DAY, TOWN, (SalesPart(None, "VELO", 35_000), SalesPart("708000", "", 5_000)), 8_000
    )
    assert written(sale) == [
        ("VE", "000001", "411000", "C00001", "480,00", "0,00", ""),
        ("VE", "000001", "706000", "", "0,00", "350,00", "VELO"),
        ("VE", "000001", "708000", "", "0,00", "50,00", ""),
        ("VE", "000001", "445710", "", "0,00", "80,00", ""),
    ]


def test_a_credit_note_is_the_sale_the_other_way_round() -> None:
    sale = Sale(1, True, "AV2027-00001", DAY, TOWN, (SalesPart(None, "VELO", 35_000),), 7_000)
    assert written(sale) == [
        ("VE", "000001", "411000", "C00001", "0,00", "420,00", ""),
        ("VE", "000001", "706000", "", "350,00", "0,00", "VELO"),
        ("VE", "000001", "445710", "", "70,00", "0,00", ""),
    ]


@pytest.mark.parametrize(
    ("way", "where", "account"),
    [
        (Way.TRANSFER, "BQ", "512000"),
        (Way.CHEQUE, "BQ", "512000"),
        (Way.CASH, "CA", "530000"),
        (Way.CARD, "BQ", "511500"),
        (Way.SEPA, "BQ", "511500"),
    ],
)
def test_money_by_way(way, where, account) -> None:
    rows = written(PaymentIn(1, way, DAY, 35_000, TOWN, "VIR 1"))
    assert rows == [
        (where, "000001", account, "", "350,00", "0,00", ""),
        (where, "000001", "411000", "C00001", "0,00", "350,00", ""),
    ]
    journal_name, account_name = treasury(way, Accounts())
    assert (getattr(Accounts(), journal_name), getattr(Accounts(), account_name)) == (where, account)


def test_money_of_nobody_waits_until_it_is_known() -> None:
    rows = written(
        PaymentIn(1, Way.TRANSFER, DAY, 35_000, None, "VIR"),
        Transferred(2, date(2027, 4, 1), 35_000, None, TOWN, "F2027-00001"),
        Refunded(3, Way.TRANSFER, date(2027, 4, 2), 500, None, 1),
        GivenUp(4, date(2027, 4, 3), 100, TOWN, "F2027-00002"),
    )
    assert [(row[0], row[2], row[4], row[5]) for row in rows] == [
        ("BQ", "512000", "350,00", "0,00"),
        ("BQ", "471000", "0,00", "350,00"),
        ("OD", "471000", "350,00", "0,00"),
        ("OD", "411000", "0,00", "350,00"),
        ("BQ", "471000", "5,00", "0,00"),
        ("BQ", "512000", "0,00", "5,00"),
        ("OD", "654000", "1,00", "0,00"),
        ("OD", "411000", "0,00", "1,00"),
    ]


def test_an_invoice_of_nothing_moves_nothing() -> None:
    assert written(Sale(1, False, "F2027-00001", DAY, TOWN, (SalesPart(None, "", 0),), 0)) == []


def test_letters_are_never_the_same() -> None:
    codes = [letters(n) for n in range(30_000)]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[A-Z]{3,}", code) for code in codes)


def test_the_name_of_the_file() -> None:
    for name in (journal.remittance_name(3, DAY), journal.year_name(DAY)):
        assert name.startswith("journal-"), "a FEC is a company's whole ledger: ours is none"
        assert name.endswith("20270331")


def test_accounts_of_the_wrong_class_are_refused() -> None:
    assert checked(Accounts()) == Accounts()
    with pytest.raises(Invalid) as refused:
        checked(Accounts(sales_account="512000", bank_account="12", sales_journal="ventes", loss_account="6;54"))
    assert set(refused.value.errors) == {"sales_account", "bank_account", "sales_journal", "loss_account"}


# Files


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_computes(text) -> None:
    assert harmless(text) == f"'{text}"
    (row,) = csv.reader(io.StringIO(csv_rows([[text, "Ville"]]).decode()), delimiter=";")
    assert row == [f"'{text}", "Ville"]


def test_a_csv_for_french_spreadsheets() -> None:
    made = csv_rows([["Numéro", DAY, euros(-123_456), 7, None]], first=True)
    assert made.decode("utf-8-sig") == "Numéro;31/03/2027;-1234,56;7;\r\n"
    assert made.startswith(b"\xef\xbb\xbf")
    assert not csv_rows([["x"]]).startswith(b"\xef\xbb\xbf")


def cells(xlsx: bytes) -> list[list[str]]:
    """The rows of a sheet, read as the format writes them (inline strings: constant memory)."""
    with zipfile.ZipFile(io.BytesIO(xlsx)) as archive:
        root = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    assert root.findall(f".//{name}f") == [], "a formula"
    return [["".join(cell.itertext()) for cell in row] for row in root.iter(f"{name}row")]


def test_a_workbook_holds_texts_numbers_and_days_and_no_formula() -> None:
    made = io.BytesIO()
    book = Workbook(made, "Registre", ["Numéro", "Jour", "Montant"], MADE)
    book.add(["=HYPERLINK(1)", DAY, Decimal("350.05")])
    book.add([None, DAY, 3])
    book.close()
    assert cells(made.getvalue()) == [
        ["Numéro", "Jour", "Montant"],
        ["'=HYPERLINK(1)", "46477", "350.05"],
        ["46477", "3"],
    ]


@pytest.mark.anyio
async def test_a_zip_is_sent_as_it_grows() -> None:
    async def files() -> AsyncIterator[tuple[str, bytes]]:
        for n in range(3):
            yield f"F{n}.pdf", bytes([n]) * 1_000

    pieces = [piece async for piece in zipped(files(), MADE)]
    assert len(pieces) == 4
    assert max(map(len, pieces)) < 1_200
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["F0.pdf", "F1.pdf", "F2.pdf"]
        assert archive.read("F2.pdf") == b"\x02" * 1_000
