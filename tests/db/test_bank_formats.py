"""The bank's files in several formats, in the database: one transfer is one line; our own account is nobody's."""

from __future__ import annotations

import pytest

import bank_makers as bank
import makers
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import NotFound
from training.payments.actions.import_statement import import_statement, read_columns, set_same_aside
from training.payments.queries import statements
from training.payments.queries.statements import LineState
from training.payments.rules.columns import Meaning

pytestmark = pytest.mark.anyio
IBAN = "FR7630006000011234567890189"


@pytest.fixture(autouse=True)
async def _noon():
    with clock.frozen(makers.NOON):
        yield


def ofx(*transactions: tuple[str, str, str, str], day: str = "20270215") -> bytes:
    """(FITID, amount, name, memo) of each."""
    lines = "".join(
        f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{id_}<NAME>{name}<MEMO>{memo}</STMTTRN>\n"
        for id_, amount, name, memo in transactions
    )
    return (
        "OFXHEADER:100\nCHARSET:UTF-8\n\n<OFX><CURDEF>EUR<BANKACCTFROM><BANKID>30006<BRANCHID>00001<ACCTID>12345678901"
        f"</BANKACCTFROM><BANKTRANLIST>{lines}</BANKTRANLIST></OFX>"
    ).encode()


def camt(*entries: tuple[str, str, str, str], iban: str = IBAN, payer: str = "FR7630001000010000000000101") -> bytes:
    """(AcctSvcrRef, EndToEndId, amount, words) of each."""
    lines = "".join(
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2027-02-15'
        f"</Dt></BookgDt><AcctSvcrRef>{id_}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{end}</EndToEndId></Refs>"
        f"<RltdPties><Dbtr><Pty><Nm>COMMUNE D’ESSAI</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{payer}</IBAN></Id></DbtrAcct>"
        f"</RltdPties><RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for id_, end, amount, words in entries
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Acct><Id>'
        f"<IBAN>{iban}</IBAN></Id></Acct>{lines}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


CSV = bank.csv(bank.row("VIR SEPA COMMUNE D’ESSAI F2027-00001", "350,00", payer=""))
OFX = ofx(("A1", "350.00", "VIR SEPA COMMUNE D’ESSAI", "F2027-00001"))
CAMT = camt(("A1", "MDT-12", "350.00", "F2027-00001"))


async def count() -> int:
    return int(await db.value("select count(*) from bank_line"))


@pytest.mark.parametrize("files", [(CSV, OFX, CAMT), (CAMT, CSV, OFX), (OFX, CAMT, CSV)])
async def test_the_same_transfer_in_three_formats_is_one_line(database_test, files):
    for n, content in enumerate(files):
        made = await import_statement(SYSTEM, f"{n}", content, bank.MAPPING)
        assert (await statements.statement(made)).known_lines == (n > 0)
    assert await count() == 1


async def test_two_equal_transfers_of_a_day_are_two_in_every_format(database_test):
    row = bank.row("VIR SEPA COMMUNE D’ESSAI F2027-00001", "350,00", payer="")
    both = [
        ("A1", "350.00", "VIR SEPA COMMUNE D’ESSAI", "F2027-00001"),
        ("A2", "350.00", "VIR COMMUNE D’ESSAI", "F2027-00001"),
    ]
    for content in (
        CSV,
        ofx(*both),
        camt(("A1", "NOTPROVIDED", "350.00", "F2027-00001"), ("A2", "NOTPROVIDED", "350.00", "F2027-00001")),
        bank.csv(row, row),
    ):
        await import_statement(SYSTEM, "x", content, bank.MAPPING)
    assert await count() == 2
    # each was given its own reference: a third is a third
    await import_statement(SYSTEM, "y", ofx(("A3", "350.00", "VIR SEPA COMMUNE D’ESSAI", "F2027-00001")))
    assert await count() == 3


async def test_lines_of_before_are_met_in_another_format(database_test):
    await import_statement(SYSTEM, "x", OFX)
    await db.execute("update bank_line set bank_ids = '{}'")  # as 0.1.0 left them
    await import_statement(SYSTEM, "y", CAMT)
    assert await count() == 1
    assert sorted(await db.value("select bank_ids from bank_line")) == ["camt053:A1"]


async def test_what_may_be_the_same_is_never_sure_and_a_person_says_so(database_test):
    await bank.owed("F2027-00001", "F2027-00002")
    await import_statement(SYSTEM, "mars.csv", CSV, bank.MAPPING)
    second = await import_statement(SYSTEM, "y", ofx(("B7", "350.00", "VIR SEPA COMMUNE D’ESSAI", "F2027-00002")))
    (line,) = await bank.line_ids(second)
    (proposed,) = await statements.proposals(second)
    assert proposed.proposal.sure is False
    assert "peut-être déjà dans un autre relevé" in proposed.proposal.why
    await set_same_aside(SYSTEM, line)
    kept = await statements.line(line)
    assert kept.state == LineState.ASIDE
    assert kept.reason == "C’est le virement du lundi 15 février 2027 de « mars.csv », déjà importé."
    (first,) = [one.id for one in await statements.lines() if one.id != line]
    with pytest.raises(NotFound):
        await set_same_aside(SYSTEM, first)


async def test_our_own_account_is_never_the_payers(database_test):
    await makers.make_platform()
    await db.execute("update platform set iban = $1", IBAN)
    await import_statement(SYSTEM, "x", camt(("A1", "E", "1.00", "X"), payer=IBAN))
    header = "Date;Libellé;Montant;IBAN"
    columns = (Meaning.DATE, Meaning.LABEL, Meaning.AMOUNT, Meaning.IBAN)
    await import_statement(SYSTEM, "y", bank.csv(f"15/02/2027;VIR;2,00;{IBAN}", header=header), columns)
    assert [one.payer_iban for one in await statements.lines()] == ["", ""]


async def test_a_file_without_titles_keeps_its_first_transfer(database_test):
    content = b"15/02/2027;VIR COMMUNE F2027-00001;350,00\n16/02/2027;PRLV ASSURANCE;-45,10\n"
    made = await import_statement(SYSTEM, "x.csv", content)
    table = await statements.waiting_table(made)
    assert table.proposed == (Meaning.DATE, Meaning.LABEL, Meaning.AMOUNT)
    await read_columns(SYSTEM, made, table.proposed)
    assert [one.amount_cents for one in await statements.lines()] == [35_000, -4_510]
    again = await import_statement(SYSTEM, "y.csv", content.replace(b"350", b"351"))
    assert (await statements.statement(again)).read_at is None, "no titles say that it is the same bank's"


async def test_titles_that_were_named_before_states_were_known_are_asked_again(database_test):
    header = "Date;Libellé;Montant;Statut"
    columns = (Meaning.DATE, Meaning.LABEL, Meaning.AMOUNT, Meaning.IGNORED)
    await import_statement(SYSTEM, "x", bank.csv("15/02/2027;VIR;2,00;declined", header=header), columns)
    await db.execute("update csv_mapping set knows_status = false")
    second = await import_statement(SYSTEM, "y", bank.csv("16/02/2027;VIR;2,00;declined", header=header))
    assert (await statements.statement(second)).read_at is None


# A batch: one line in CSV and OFX, its payments in CAMT


def batch(words: tuple[str, ...] = ("F2027-00001", "F2027-00002"), *, ref: str = "REM7") -> bytes:
    """One entry of 350 € that is two transfers."""
    details = "".join(
        f'<TxDtls><Refs><EndToEndId>E{n}</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt><RltdPties><Dbtr><Pty><Nm>'
        f"COMMUNE {n}</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>{said}</Ustrd></RmtInf></TxDtls>"
        for n, (amount, said) in enumerate(zip(("150.00", "200.00"), words, strict=True))
    )
    entry = (
        '<Ntry><Amt Ccy="EUR">350.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2027-02-15'
        f"</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"
    )
    return camt().replace(b"</Acct>", b"</Acct>" + entry.encode())


REMISE = bank.csv(bank.row("REMISE VIREMENTS SEPA RECUS", "350,00", payer=""))
REMISE_OFX = ofx(("A9", "350.00", "REMISE VIREMENTS", "SEPA RECUS"))


async def imported(*files: bytes) -> list[tuple[int, bool]]:
    """(cents, in doubt) of every line, after files that came one after the other."""
    for n, content in enumerate(files):
        mapping = bank.MAPPING if not content.startswith((b"OFX", b"<")) else None
        await import_statement(SYSTEM, f"{n}", content, mapping)
    rows = await db.connection().fetch("select amount_cents, resembles is not null as doubt from bank_line order by id")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("whole", [REMISE, REMISE_OFX])
async def test_a_batch_that_is_one_line_elsewhere_is_neither_lost_nor_counted_twice(database_test, whole):
    assert await imported(whole, batch()) == [(35_000, False)]


@pytest.mark.parametrize("whole", [REMISE, REMISE_OFX])
async def test_a_line_that_is_known_in_its_parts_is_no_more_money(database_test, whole):
    parts = [(15_000, False), (20_000, False)]
    assert await imported(batch(), whole) == parts
    again = batch().replace(b"<Stmt>", b"<Stmt><!-- the month's file -->")
    assert await imported(again) == parts, "in the same format again"


async def test_a_line_that_names_another_invoice_than_the_batch_is_left_to_a_person(database_test):
    other = bank.csv(bank.row("VIR SEPA COMMUNE F2027-00077", "350,00", payer=""))
    assert await imported(other, batch()) == [(35_000, False), (15_000, True), (20_000, True)]


async def test_beside_a_batch_an_equal_transfer_of_its_day_stays(database_test):
    both = bank.csv(
        bank.row("REMISE VIREMENTS SEPA RECUS", "350,00", payer=""),
        bank.row("VIR SEPA COMMUNE F2027-00077", "350,00", payer=""),
    )
    found = await imported(batch(), both)
    assert found == [(15_000, False), (20_000, False), (35_000, True), (35_000, False)]
