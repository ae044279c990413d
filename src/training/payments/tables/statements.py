"""Bank statements as they were imported, line by line; a line is known again by its fingerprint."""

from __future__ import annotations

from piccolo.columns import Array, BigInt, Boolean, Bytea, Date, Integer, Serial, Text, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from training.billing.tables.receivables import Payment
from training.kernel.columns import belongs_to, instant, short_text
from training.records.tables import File


class BankStatement(Table, tablename="bank_statement"):
    """A file of the bank: the same bytes are imported once. `read_at` null: a person must say what its columns are.

    `known_lines`: how many of its lines an earlier file had brought. `titled` false: somebody said it has no titles.
    """

    id: Serial
    file = belongs_to(File, unique=True)
    name = short_text()
    format = short_text(10)
    account = Varchar(length=34, default="")
    known_lines = Integer(default=0)
    titled = Boolean(default=True)
    read_at = instant(null=True)
    created_at = instant()


class BankLine(Table, tablename="bank_line"):
    """A movement. `rules/same_movement.py` says when a file brings it again; `fingerprint` guards against two at once.

    `bank_ids`: the bank's references of it, by format (FITID, AcctSvcrRef). `resembles`: a line that it may be again.
    `payment` stays when a match is undone: the money came in once, and is recorded once.
    """

    id: Serial
    statement = belongs_to(BankStatement)
    fingerprint = Bytea(default=None, unique=True)
    booked_on = Date(default=None)
    amount_cents = BigInt(default=None)
    payer_name = Varchar(length=200, default="")
    payer_iban = Varchar(length=34, default="")
    label = short_text(1000)
    reference = Varchar(length=140, default="")
    state = short_text(10)
    reason = Varchar(length=400, default="")
    payment = belongs_to(Payment, null=True, unique=True)
    bank_ids = Array(base_column=Text(), default=list)
    resembles = belongs_to("self", null=True)

    bank_line_matched_has_a_payment = Check("state <> 'matched' or payment is not null")


class CsvMapping(Table, tablename="csv_mapping"):
    """Which column is what, for files that begin with this header: said once.

    `knows_status` false: said before a column could be the state of an operation, or our own account.
    """

    id: Serial
    header_sha256 = Bytea(default=None, unique=True)
    mapping = Text(default=None)
    knows_status = Boolean(default=False)
    used_at = instant()
