"""Bank statements in the database: imported once, each line counted once, whatever is pressed twice or undone."""

from __future__ import annotations

import asyncio
import time
from datetime import date

import pytest

import bank_makers as bank
import makers
from bank_makers import MAPPING, csv, due, imported, line_ids, owed, row
from training.billing.actions import settle
from training.billing.rules.payments import Way
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid, NotFound
from training.payments.actions.import_statement import (
    confirm,
    confirm_all_sure,
    drop_unread,
    import_statement,
    read_columns,
    set_aside,
    undo,
)
from training.payments.queries import receivables, statements
from training.payments.queries.statements import LineState
from training.payments.rules.columns import Meaning
from training.payments.rules.matching import Kind
from training.records import queries as records

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def _noon():
    with clock.frozen(makers.NOON):
        yield


async def test_a_file_is_imported_once(database_test):
    id_ = await imported(row("VIR F2027-00001", "350,00"), row("PRLV EDF", "-45,10"))
    kept = await statements.statement(id_)
    assert (kept.lines, kept.new, kept.ignored, kept.known_lines) == (2, 1, 1, 0)
    assert (kept.first_on, kept.format, kept.name) == (date(2027, 2, 15), "csv", "fevrier.csv")
    with pytest.raises(Conflict, match=r"déjà importé : « fevrier.csv », le 1er mars 2027") as refused:
        await imported(row("VIR F2027-00001", "350,00"), row("PRLV EDF", "-45,10"))
    assert refused.value.field == "file"
    assert await db.value("select count(*) from bank_line") == 2


async def test_overlapping_files_meet_line_by_line_and_equal_transfers_stay_two(database_test):
    same = row("VIR COTISATION", "20,00")
    await imported(same, row("VIR F2027-00001", "350,00"))
    second = await imported(same, same, row("VIR F2027-00001", "350,00"), row("VIR AUTRE", "1,00", "16/02/2027"))
    kept = await statements.statement(second)
    assert (kept.lines, kept.known_lines) == (2, 2)  # the second of the equal two, and the next day's
    assert await db.value("select count(*) from bank_line where amount_cents = 2000") == 2


async def test_a_csv_never_seen_waits_for_its_columns_and_the_next_one_does_not(database_test):
    first = await import_statement(SYSTEM, "janvier.csv", csv(row("VIR", "1,00", "15/01/2027")))
    assert (await statements.statement(first)).read_at is None
    table = await statements.waiting_table(first)
    assert table.header == ("Date", "Libellé", "Montant", "Émetteur")
    with pytest.raises(Invalid, match="quelle colonne porte la date"):
        await read_columns(SYSTEM, first, (Meaning.IGNORED, *MAPPING[1:]))
    await read_columns(SYSTEM, first, MAPPING)
    assert (await statements.statement(first)).lines == 1
    with pytest.raises(NotFound):
        await read_columns(SYSTEM, first, MAPPING)
    second = await import_statement(SYSTEM, "fevrier.csv", csv(row("VIR", "2,00")))
    assert (await statements.statement(second)).lines == 1
    with pytest.raises(Conflict, match="déjà lu"):
        await drop_unread(SYSTEM, second)
    other = await import_statement(SYSTEM, "x.csv", csv("15/02/2027;VIR;2,00", header="Date;Motif;Montant"))
    file = await db.value("select file from bank_statement where id = $1", other)
    await drop_unread(SYSTEM, other)
    assert await statements.statement(other) is None
    assert await records.file(file) is None, "what nobody wanted read is not kept"


@pytest.mark.parametrize("content", [b"", b"%PDF-", csv(row("VIR", "0,005")), csv('15/02/2027;"VIR;1,00;X')])
async def test_what_cannot_be_read_leaves_nothing(database_test, content):
    with pytest.raises(Invalid):
        await import_statement(SYSTEM, "x.csv", content, MAPPING)
    assert await db.value("select (select count(*) from bank_statement) + (select count(*) from file)") == 0


async def test_a_proposal_is_confirmed_once(database_test):
    (receivable,) = await owed("F2027-00001")
    statement = await imported(row("VIR F 2027 1 MERCI", "350,00"))
    (proposed,) = await statements.proposals(statement)
    assert (proposed.proposal.kind, proposed.proposal.settles) == (Kind.EXACT, {receivable: 35_000})
    payment = await confirm(SYSTEM, proposed.line.id, proposed.proposal.settles)
    assert await due(receivable) == 0
    kept = await receivables.payment(payment)
    assert (kept.way, kept.received_on, kept.amount_cents, kept.left_cents) == (
        Way.TRANSFER,
        date(2027, 2, 15),
        35_000,
        0,
    )
    assert (kept.numbers, kept.reference, kept.bank_line) == (("F2027-00001",), "VIR F 2027 1 MERCI", proposed.line.id)
    with pytest.raises(Conflict, match="rien n’a été compté deux fois"):
        await confirm(SYSTEM, proposed.line.id, {receivable: 35_000})
    assert await db.value("select count(*) from payment") == 1


@pytest.mark.commits
async def test_a_line_confirmed_by_two_at_once_is_one_payment(database_test):
    (receivable,) = await owed("F2027-00001")
    (line,) = await line_ids(await imported(row("VIR F2027-00001", "350,00")))
    answers = await asyncio.gather(
        *(confirm(SYSTEM, line, {receivable: 10_000}) for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Conflict", "Conflict", "int"]
    assert await due(receivable) == 25_000
    assert await db.value("select count(*) from payment") == 1


async def test_one_payment_of_a_public_accountant_over_invoices_of_three_bodies(database_test):
    bodies = [await makers.make_organisation(f"Commune {n}", siret=None, domain=f"c{n}.example.org") for n in range(3)]
    ids = [(await owed(f"F2027-0000{n + 1}", payer=body))[0] for n, body in enumerate(bodies)]
    ids += await owed("F2027-00004", "F2027-00005", payer=bodies[0])
    statement = await imported(row("MDT 12 F2027-00001 F2027-00002 F2027-00003 F2027-00004 F2027-00005", "1 750,00"))
    (proposed,) = await statements.proposals(statement)
    assert (proposed.proposal.kind, proposed.proposal.sure) == (Kind.SEVERAL, True)
    payment = await confirm(SYSTEM, proposed.line.id, proposed.proposal.settles)
    assert [await due(id_) for id_ in ids] == [0] * 5
    kept = await receivables.payment(payment)
    assert (kept.payer, kept.payer_name) == (None, "SGC D'ALENCON")  # nobody's alone


async def test_more_than_what_is_due_is_refused_and_what_is_left_over_is_credit(database_test):
    (receivable,) = await owed("F2027-00001")
    (line,) = await line_ids(await imported(row("VIR F2027-00001", "400,00")))
    with pytest.raises(Conflict, match="c’est trop"):
        await confirm(SYSTEM, line, {receivable: 40_000})
    assert (await statements.line(line)).state == LineState.NEW
    payment = await confirm(SYSTEM, line, {receivable: 35_000})
    kept = await receivables.payment(payment)
    assert (kept.left_cents, kept.payer is not None) == (5_000, True)
    assert [one.id for one in await receivables.unused(kept.payer)] == [payment]
    assert [one.id for one in await receivables.payments(unused=True)] == [payment]


async def test_a_transfer_for_nothing_yet_is_somebodys_credit(database_test):
    payer = await makers.make_organisation()
    (line,) = await line_ids(await imported(row("AVANCE", "100,00")))
    with pytest.raises(Invalid, match="à qui est ce trop-perçu"):
        await confirm(SYSTEM, line, {})
    payment = await confirm(SYSTEM, line, {}, payer=payer)
    assert (await receivables.payment(payment)).left_cents == 10_000


async def test_undone_a_line_waits_again_and_its_money_is_recorded_once(database_test):
    wrong, right = await owed("F2027-00001", "F2027-00002")
    (line,) = await line_ids(await imported(row("VIR", "350,00")))
    payment = await confirm(SYSTEM, line, {wrong: 35_000})
    await undo(SYSTEM, line, "Mauvaise facture")
    assert (await due(wrong), (await statements.line(line)).state) == (35_000, LineState.NEW)
    with pytest.raises(Conflict, match="attend déjà"):
        await undo(SYSTEM, line)
    with pytest.raises(Conflict, match="déjà enregistré"):
        await set_aside(SYSTEM, line, "Subvention")
    assert await confirm(SYSTEM, line, {right: 35_000}) == payment
    assert (await due(wrong), await due(right)) == (35_000, 0)
    assert await db.value("select count(*) from payment") == 1


async def test_a_line_whose_money_was_used_elsewhere_meanwhile_is_no_dead_end(database_test):
    wrong, right = await owed("F2027-00001", "F2027-00002")
    (line,) = await line_ids(await imported(row("VIR", "350,00")))
    payment = await confirm(SYSTEM, line, {wrong: 35_000})
    await undo(SYSTEM, line, "Mauvaise facture")
    await settle.settle(SYSTEM, payment, {right: 35_000})  # from the page of the payment
    await set_aside(SYSTEM, line, "Utilisé")
    assert (await statements.line(line)).state == LineState.MATCHED
    assert await db.value("select count(*) from payment") == 1


async def test_set_aside_with_a_reason_and_taken_again(database_test):
    await owed("F2027-00001")
    (line,) = await line_ids(await imported(row("SUBVENTION", "350,00")))
    with pytest.raises(Invalid, match="Donnez le motif"):
        await set_aside(SYSTEM, line, " ")
    await set_aside(SYSTEM, line, "Subvention")
    assert (await statements.line(line)).reason == "Subvention"
    with pytest.raises(Conflict, match="classé sans facture"):
        await confirm(SYSTEM, line, {1: 35_000})
    await undo(SYSTEM, line)
    assert (await statements.line(line)).state == LineState.NEW


async def test_money_out_settles_nothing(database_test):
    (receivable,) = await owed("F2027-00001")
    (line,) = await line_ids(await imported(row("F2027-00001", "-350,00")))
    with pytest.raises(Conflict, match="sortie d’argent"):
        await confirm(SYSTEM, line, {receivable: 35_000})


async def test_everything_sure_at_one_press_and_nothing_else(database_test):
    a, b, c = await owed("F2027-00001", "F2027-00002", "F2027-00003")
    statement = await imported(
        row("F2027-00001", "350,00"), row("n° 2", "350,00"), row("F2027-00003", "300,00"), row("RIEN", "350,00")
    )
    done = await confirm_all_sure(SYSTEM, statement)
    assert (done.lines, done.refused, done.left) == (1, 0, 0)
    assert [await due(id_) for id_ in (a, b, c)] == [0, 35_000, 35_000]
    assert (await confirm_all_sure(SYSTEM)).lines == 0


async def test_a_transfer_of_a_closed_period_says_what_to_do(database_test):
    (receivable,) = await owed("F2027-00001")
    (line,) = await line_ids(await imported(row("F2027-00001", "350,00")))
    async with db.atomic() as tx:
        await tx.connection.execute(
            "insert into period_close (until, totals, closed_at) values ('2027-02-28', '{}', now())"
        )
    with pytest.raises(
        Conflict, match=r"période close jusqu’au dimanche 28 février 2027.*« Dater du lundi 1er mars 2027 »"
    ):
        await confirm(SYSTEM, line, {receivable: 35_000})
    assert (await confirm_all_sure(SYSTEM)).refused == 1
    payment = await confirm(SYSTEM, line, {receivable: 35_000}, next_open_day=True)
    assert (await receivables.payment(payment)).received_on == date(2027, 3, 1)


async def test_ten_thousand_lines_are_imported_and_matched(database_test):
    payer = await makers.make_organisation()
    async with db.atomic() as tx:
        await tx.connection.execute(
            """
            insert into receivable (number, payer, issued_on, gross_cents, created_at)
            select 'F2027-' || lpad(n::text, 5, '0'), $1, '2027-01-10', 35000, now() from generate_series(1, 10000) n
            """,
            payer,
        )
    began = time.process_time()
    statement = await imported(*(row(f"VIR SGC MDT {n} F2027 {n}", "350,00") for n in range(1, 10_001)))
    was_in, began = time.process_time() - began, time.process_time()
    found = await statements.proposals(statement)
    matched_in = time.process_time() - began
    assert sum(one.proposal.sure for one in found) == 10_000
    assert (was_in < 10, matched_in < 10) == (True, True), (was_in, matched_in)


async def test_the_same_form_twice_is_one_payment(database_test):
    (receivable,) = await owed("F2027-00001")
    new = settle.NewPayment(way=Way.CHEQUE, amount_cents=10_000, received_on=date(2027, 2, 15), request_key="one form")
    first = await settle.record_payment(SYSTEM, new, {receivable: 10_000})
    assert await settle.record_payment(SYSTEM, new, {receivable: 10_000}) == first
    assert await due(receivable) == 25_000


async def test_searching_what_is_owed(database_test):
    (receivable,) = await owed("F2027-00001")
    await owed("F2027-00002", cents=21_050, payer=(await receivables.receivable(receivable)).payer)
    for search, numbers in [
        ("00001", ["F2027-00001"]), ("210,5", ["F2027-00002"]), ("350", ["F2027-00001"]),
        ("essai", ["F2027-00001", "F2027-00002"]), ("rien", []),
    ]:  # fmt: skip
        assert [one.number for one in await receivables.open_receivables(search)] == numbers, search
    await bank.due(receivable)
