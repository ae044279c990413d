"""Which rows of a bank's file are movements: none is lost for want of titles, none counts that did not happen."""

from __future__ import annotations

import pytest

from training.kernel.sheets import Unreadable
from training.payments.formats import camt053, ofx
from training.payments.formats.statement_csv import read, read_table
from training.payments.rules.columns import Meaning


def amounts(text: str, titled: bool = True) -> list[int]:
    table = read_table(text.encode(), titled)
    return [one.amount_cents for one in read(table, table.proposed).lines]


def refusal(act, *args) -> str:
    with pytest.raises(Unreadable) as caught:
        act(*args)
    return caught.value.detail


@pytest.mark.parametrize("titled", [True, False])
@pytest.mark.parametrize(
    "first",
    [
        "15/02/2027;VIR COMMUNE;350,00",
        "15/02/2027;VIREMENT COMMUNE;MAIRIE ALENCON;FACTURE MARS;350,00",
        "2027-02-15;350.00;VIR DATE MONTANT LIBELLE",
        "15/02/2027;VIR COMMUNE;;350,00",
        "15/02/2027;VIR COMMUNE;350",
    ],
)
def test_a_row_with_a_day_and_an_amount_is_an_operation_and_no_titles(first, titled):
    second = first.replace("350", "12")
    if ";;" in first:
        second = "16/02/2027;PRLV;12,00;"
    table = read_table(f"{first}\n{second}\n{second}\n".encode(), titled)
    assert not table.titled
    assert read(table, table.proposed).lines[0].amount_cents == 35_000
    assert len(table.rows) == 3


def test_a_single_operation_without_titles_is_read():
    assert amounts("15/02/2027;VIR COMMUNE;350,00\n") == [35_000]


def test_said_by_mistake_to_have_no_titles_it_loses_nothing():
    table = read_table("Date;Libellé;Montant\n15/02/2027;VIR;350,00\n".encode(), False)
    assert [one.amount_cents for one in read(table, table.proposed).lines] == [35_000]


def test_words_without_titles_above_the_first_operation_lose_nothing():
    """The first amount is written as no bank should: the file is refused, never read from the second row on."""
    table = read_table(b"15/02/2027;VIR;350,005\n16/02/2027;VIR;12,00\n")
    assert "Ligne 1" in refusal(read, table, (Meaning.DATE, Meaning.LABEL, Meaning.AMOUNT))


def test_an_operation_above_the_titles_is_refused_by_its_line():
    text = "14/02/2027;VIR;1,00\nDate;Libellé;Montant\n15/02/2027;VIR;350,00\n"
    assert "Ligne 1 : cette opération est au-dessus des titres" in refusal(read_table, text.encode())
    balance = "Solde;15/02/2027;1 234,56\nDate;Libellé;Montant\n15/02/2027;VIR;350,00\n"
    assert amounts(balance) == [35_000]


QONTO = (
    "Statut;Date de la valeur;Date de l'opération;Montant total (TTC);Devise;Nom du compte;IBAN du compte;"
    "Nom de la contrepartie;Référence\n"
)


@pytest.mark.parametrize(
    "status", ["declined", "Refusé", "pending", "En attente", "à venir", "canceled", "Non exécuté"]
)
def test_what_was_refused_or_waits_is_no_movement(status):
    own = "FR7630006000011234567890189"
    rows = [
        f"{said};15/02/2027;15/02/2027;350,00;EUR;Principal;{own};COMMUNE;F2027-1\n"
        for said in (status, "settled", "Exécuté", "")
    ]
    table = read_table((QONTO + "".join(rows)).encode())
    found = read(table, table.proposed)
    assert len(found.lines) == 3
    assert found.account == own
    assert {one.payer_iban for one in found.lines} == {""}
    assert {one.payer_name for one in found.lines} == {"COMMUNE"}


def test_a_state_that_says_nothing_is_refused_by_its_line():
    text = "Date;Libellé;Montant;Statut\n15/02/2027;VIR;350,00;bleu\n"
    assert "Ligne 2 : « bleu » ne dit pas si l’argent a bougé" in refusal(amounts, text)


def test_a_file_of_two_accounts_is_refused():
    text = "Date;Libellé;Montant;IBAN du compte\n" + "".join(
        f"15/02/2027;VIR;1,00;FR763000600001123456789018{n}\n" for n in (8, 9)
    )
    assert "2 comptes" in refusal(amounts, text)


@pytest.mark.parametrize(
    "pending",
    [
        "<BANKTRANLISTP><STMTTRNP><TRNAMT>9.00</STMTTRNP></BANKTRANLISTP>",
        "<BANKTRANLISTP><STMTTRN><DTPOSTED>20270215<TRNAMT>9.00</STMTTRN></BANKTRANLISTP>",
        "<STMTTRN><TRNTYPE>HOLD<DTPOSTED>20270215<TRNAMT>9.00</STMTTRN>",
        "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20270215<TRNAMT>9.00<CORRECTFITID>1<CORRECTACTION>DELETE</STMTTRN>",
    ],
)
def test_what_ofx_only_announces_is_no_movement(pending):
    one = "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20270215<TRNAMT>350.00<FITID>7</STMTTRN>"
    (line,) = ofx.read(f"<OFX><BANKTRANLIST>{one}</BANKTRANLIST>{pending}</OFX>".encode()).lines
    assert (line.amount_cents, line.bank_id) == (35_000, "7")


ENTRY = '<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{said}<BookgDt><Dt>2027-02-15</Dt></BookgDt></Ntry>'


@pytest.mark.parametrize("status", ["<Cd>PDNG</Cd>", "PDNG", "INFO", "<Prtry>attente</Prtry>"])
def test_an_entry_that_is_not_booked_is_no_movement(status):
    both = "".join(ENTRY.format(said=f"<Sts>{said}</Sts>") for said in (status, "<Cd>BOOK</Cd>"))
    text = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"{both}</Stmt></BkToCstmrStmt></Document>"
    )
    assert len(camt053.read(text.encode()).lines) == 1
