"""Bank statements: imported once, line by line; each line is matched by a person's word, set aside, or undone.

Locks: the line, then what `settle` locks (receivables, the payment).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

import anyio.to_thread

from training.billing.actions import settle
from training.billing.actions.settle import NewPayment
from training.billing.queries.periods import closed_until
from training.billing.rules.payments import Way
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, DomainError, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.render import day_year, euros, moment
from training.payments.actions.statement_lines import keep_lines
from training.payments.formats import camt053, ofx, statement_csv
from training.payments.formats.statement import SIZE_MAX, Format, Statement, recognise, tidy
from training.payments.formats.statement_csv import CsvTable
from training.payments.queries import statements as reading
from training.payments.queries.statements import LineState
from training.payments.rules.columns import Meaning
from training.payments.tables.statements import BankStatement, CsvMapping
from training.records.actions.acting import acting
from training.records.actions.files import keep_file, tombstone_file

SURE_AT_ONCE = 200  # lines one press confirms: a few seconds

db.refuse("bank_statement_file_once", lambda: Conflict(_("Ce relevé est déjà importé."), field="file"))
db.refuse("bank_line_payment_once", lambda: Conflict(_("Ce virement est déjà enregistré.")))


async def import_statement(
    actor: Actor, name: str, content: bytes, mapping: Sequence[Meaning] | None = None, *, titled: bool = True
) -> int:
    """Keep a bank's file and its lines; those that an earlier file brought are counted, not kept again.

    A CSV whose titles were never seen, without `mapping`, waits for `read_columns`; so does one without titles, which
    `titled` False says outright. Returns the statement's id.
    Unreadable: no statement, or a broken one. Conflict: these very bytes were imported before.
    """
    actor.must(Permission.PAYMENTS_RECORD)
    if len(content) > SIZE_MAX:
        raise Invalid(_("Ce fichier dépasse 10 Mo : coupez la période en deux."), field="file")
    written = recognise(content)
    statement, learned = await _read(written, content, mapping, titled)
    async with acting(actor, "statement.import") as change:
        file = await keep_file(content, "application/octet-stream")
        await _refuse_known(file)
        said = tidy(name, 200) or written.value
        row = BankStatement(file=file, name=said, format=written.value, titled=titled, created_at=clock.now())
        made = await BankStatement.insert(row).returning(BankStatement.id)
        id_ = int(made[0]["id"])
        change.about("bank_statement", id_)
        if learned is not None:
            await _remember(*learned)
        if statement is not None:
            await keep_lines(id_, written, statement)
    return id_


async def read_columns(actor: Actor, statement: int, mapping: Sequence[Meaning]) -> None:
    """Read a CSV that waits for somebody to say what its columns are; remembered for files with the same titles."""
    actor.must(Permission.PAYMENTS_RECORD)
    waiting = await reading.waiting_file(statement)
    if waiting is None:
        raise NotFound(_("Ce relevé n’existe pas, ou il est déjà lu."))
    parsed, learned = await _read(Format.CSV, waiting.content, mapping, waiting.titled)
    if parsed is None or learned is None:
        raise RuntimeError("a CSV with a mapping is read")
    async with acting(actor, "statement.read", ("bank_statement", statement)) as change:
        change.about("bank_statement", statement, "read_at")
        if await db.value("select read_at from bank_statement where id = $1 for update", statement):
            return  # sent twice
        await _remember(*learned)
        await keep_lines(statement, Format.CSV, parsed)


async def drop_unread(actor: Actor, statement: int) -> None:
    """Forget a file that was never read, and what it said. Conflict: its lines are there already."""
    async with acting(actor, "statement.drop", ("bank_statement", statement)):
        actor.must(Permission.PAYMENTS_RECORD)
        file = await db.value("delete from bank_statement where id = $1 and read_at is null returning file", statement)
        if file is None:
            raise Conflict(_("Ce relevé est déjà lu : ses lignes restent."))
        with suppress(Conflict):  # the same bytes may be cited elsewhere
            await tombstone_file(int(file), "statement dropped unread")


async def confirm(
    actor: Actor, line: int, settles: Mapping[int, int], *, payer: int | None = None, next_open_day: bool = False
) -> int:
    """A person says what a transfer pays (receivable → cents). What is left is the payer's credit. Returns the payment.

    `payer` is needed only when nothing is settled. `next_open_day`: dated there when its own day is in a closed period.
    Conflict: already confirmed, more than is due, or a closed period.
    """
    async with acting(actor, "bank-line.confirm", ("bank_line", line)) as change:
        actor.must(Permission.PAYMENTS_RECORD)
        change.about("bank_line", line, "state", "payment")
        row = await _lock(line, LineState.NEW)
        if row.payment is not None:
            if not settles:
                raise Invalid(_("Dites quelle facture ce virement règle."), field="")
            await settle.settle(actor, row.payment, settles)
            payment = row.payment
        else:
            payers = set(await reading.payers_of(settles)) or ({payer} if payer else set())
            if not payers:
                raise Invalid(_("Dites quelle facture ce virement règle, ou à qui est ce trop-perçu."), field="")
            new = NewPayment(
                way=Way.TRANSFER,
                amount_cents=row.amount_cents,
                received_on=await _day(row.booked_on, next_open_day),
                payer=payers.pop() if len(payers) == 1 else None,
                payer_name=row.payer_name,
                reference=f"{row.label} {row.reference}".strip()[:200],
            )
            payment = await settle.record_payment(actor, new, settles)
        await db.execute("update bank_line set state = 'matched', payment = $2 where id = $1", line, payment)
    return payment


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What one press did: how many lines, how many were refused meanwhile, how many sure ones still wait."""

    lines: int
    refused: int
    left: int


async def confirm_all_sure(actor: Actor, statement: int | None = None) -> Confirmed:
    """Confirm the lines whose proposal is sure: numbers in full and the exact amount. Each in its own transaction."""
    actor.must(Permission.PAYMENTS_RECORD)
    sure = await reading.sure(statement)
    done = refused = 0
    for line, settles in sure[:SURE_AT_ONCE]:
        try:
            await confirm(actor, line, settles)
            done += 1
        except DomainError:  # settled meanwhile, or of a closed period: the line stays, and its page says why
            refused += 1
    return Confirmed(done, refused, max(0, len(sure) - SURE_AT_ONCE))


async def set_aside(actor: Actor, line: int, reason: str) -> None:
    """A transfer that pays no invoice (a grant, a mistake), with the reason. Conflict: it is confirmed."""
    actor.must(Permission.PAYMENTS_RECORD)
    if not reason.strip():
        raise Invalid(_("Donnez le motif : il reste dans l’historique."), field="reason")
    async with acting(actor, "bank-line.set-aside", ("bank_line", line)) as change:
        change.about("bank_line", line, "state", "reason")
        row = await _lock(line, LineState.NEW)
        if row.payment is not None:
            if await db.value("select used_cents < amount_cents from payment where id = $1", row.payment):
                words = _("Cet argent est déjà enregistré : remboursez-le depuis sa page, ou confirmez-le autrement.")
                raise Conflict(words)
            # used from its own page meanwhile: there is nothing left to say of the line
            await db.execute("update bank_line set state = 'matched' where id = $1", line)
            return
        await db.execute("update bank_line set state = 'aside', reason = $2 where id = $1", line, reason.strip()[:400])


async def set_same_aside(actor: Actor, line: int) -> None:
    """A person says that a line is the one it resembles: it is set aside, and the money is counted once."""
    actor.must(Permission.PAYMENTS_RECORD)
    other = await reading.resembled(line)
    if other is None:
        raise NotFound(_("Cette ligne de relevé n’existe pas, ou elle ne ressemble à aucune autre."))
    words = _("C’est le virement du {day} de « {name} », déjà importé.")
    await set_aside(actor, line, words.format(day=day_year(other.booked_on), name=other.statement_name))


async def undo(actor: Actor, line: int, reason: str = "") -> None:
    """Take back what was said of a line: it waits again. Of a confirmed one, what it settled is due again.

    The payment stays: the money came in once. Conflict: the line already waits.
    """
    async with acting(actor, "bank-line.undo", ("bank_line", line)) as change:
        actor.must(Permission.PAYMENTS_RECORD)
        change.about("bank_line", line, "state")
        row = await _lock(line, LineState.MATCHED, LineState.ASIDE)
        if row.state == LineState.MATCHED and row.payment is not None:
            words = reason.strip() or _("Affectation annulée.")
            for receivable, _cents in await reading.settled_by(row.payment):
                await settle.take_back(actor, row.payment, receivable, words)
        await db.execute("update bank_line set state = 'new', reason = '' where id = $1", line)


# Inside


async def _read(
    written: Format, content: bytes, mapping: Sequence[Meaning] | None, titled: bool
) -> tuple[Statement | None, tuple[CsvTable, Sequence[Meaning]] | None]:
    """The movements (None: a person must say the columns first), and a mapping to remember. Parsed off the loop."""
    if written == Format.OFX:
        return await anyio.to_thread.run_sync(ofx.read, content), None
    if written == Format.CAMT053:
        return await anyio.to_thread.run_sync(camt053.read, content), None
    table = await anyio.to_thread.run_sync(statement_csv.read_table, content, titled)
    known = mapping or await reading.known_mapping(table)
    if known is None:
        return None, None
    statement = await anyio.to_thread.run_sync(statement_csv.read, table, known)
    return statement, (table, known)


async def _refuse_known(file: int) -> None:
    found = await BankStatement.select(BankStatement.name, BankStatement.created_at).where(BankStatement.file == file)
    for row in found:
        words = _("Ce fichier est déjà importé : « {name} », le {when}. Aucune ligne n’a été ajoutée.")
        raise Conflict(words.format(name=row["name"], when=moment(row["created_at"])), field="file")


async def _remember(table: CsvTable, mapping: Sequence[Meaning]) -> None:
    """Files with these titles are read so from now on. Without titles, each is asked about."""
    if not table.titled:
        return
    said = json.dumps(list(mapping))
    row = CsvMapping(header_sha256=table.header_hash, mapping=said, knows_status=True, used_at=clock.now())
    await CsvMapping.insert(row).on_conflict(
        target=CsvMapping.header_sha256,
        action="DO UPDATE",
        values=[CsvMapping.mapping, CsvMapping.knows_status, CsvMapping.used_at],
    )


@dataclass(frozen=True, slots=True)
class _Line:
    state: LineState
    booked_on: date
    amount_cents: int
    payer_name: str
    label: str
    reference: str
    payment: int | None


async def _lock(line: int, *expected: LineState) -> _Line:
    """The line, locked. Conflict, in words, when it is in another state."""
    sql = """
        select state, booked_on, amount_cents, payer_name, label, reference, payment
        from bank_line where id = $1 for update
    """
    row = await db.row(_Line, sql, line)
    if row is None:
        raise NotFound(_("Cette ligne de relevé n’existe pas."))
    if row.state not in expected:
        amount = euros(row.amount_cents)
        words = {
            LineState.NEW: _("Ce virement de {amount} attend déjà d’être confirmé."),
            LineState.MATCHED: _("Ce virement de {amount} est déjà confirmé : rien n’a été compté deux fois."),
            LineState.ASIDE: _("Ce virement de {amount} est classé sans facture : rouvrez-le d’abord."),
            LineState.IGNORED: _("Cette ligne est une sortie d’argent : elle ne règle aucune facture."),
        }[row.state]
        raise Conflict(words.format(amount=amount))
    return row


async def _day(booked_on: date, next_open_day: bool) -> date:
    closed = await closed_until()
    if closed is None or booked_on > closed:
        return booked_on
    first = closed + timedelta(days=1)
    if next_open_day:
        return first
    words = _(
        "Ce virement du {day} tombe dans une période close jusqu’au {closed}. Ouvrez la ligne et cochez « Dater du"
        " {first} » : c’est le premier jour ouvert."
    )
    said = words.format(day=day_year(booked_on), closed=day_year(closed), first=day_year(first))
    raise Conflict(said, first_open=first.isoformat())
