"""What the accountant sets and takes away: accounts, numbered exports."""

from __future__ import annotations

from piccolo.columns import BigInt, Date, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training.kernel.columns import belongs_to, instant, short_text
from training.records.tables import File


class Accounting(Table, tablename="accounting"):
    """The one row of journals and accounts (plan comptable) where the usual ones do not hold."""

    id: Serial
    sales_journal = short_text(5)
    bank_journal = short_text(5)
    cash_journal = short_text(5)
    other_journal = short_text(5)
    sales_account = short_text(20)
    client_account = short_text(20)
    deposit_account = Varchar(length=20, default="419100")
    vat_account = short_text(20)
    vat_waiting_account = Varchar(length=20, default="445740")
    bank_account = short_text(20)
    cash_account = short_text(20)
    card_account = short_text(20)
    loss_account = short_text(20)
    waiting_account = short_text(20)

    accounting_is_one = Check("id = 1")


class JournalExport(Table, tablename="journal_export"):
    """A file of journal entries given to the accountant, by number. `since` is unknown of the first ones."""

    id: Serial
    number = Integer(default=None, unique=True)
    since = Date(default=None, null=True)
    until = Date(default=None)
    entries = Integer(default=None)
    file = belongs_to(File)
    created_at = instant()


class JournalExported(Table, tablename="journal_exported"):
    """What an export holds: each invoice, payment and settlement is in one export at the most."""

    id: Serial
    export = belongs_to(JournalExport)
    source_kind = short_text(20)
    source_id = BigInt(default=None)

    journal_exported_once = Unique([source_kind, source_id])


class ExportedLine(Table, tablename="journal_line"):
    """A line as an export wrote it, never changed: what comes after it goes to the same accounts.

    `entry` is its entry's number, `role` what its account is for; cents, positive is debit.
    """

    id: Serial
    export = belongs_to(JournalExport)
    entry = Integer(default=None)
    source_kind = short_text(20, null=True)  # null where an old export does not say
    source_id = BigInt(default=None, null=True)
    journal = short_text(5)
    journal_name = short_text(100)
    written_on = Date(default=None, index=True)
    piece = Varchar(length=200, default="")
    words = Text(default=None)
    role = short_text(30)
    account = short_text(20)
    account_name = short_text(100)
    client = Varchar(length=20, default="")
    client_name = Varchar(length=400, default="")
    cents = BigInt(default=None)
    analytic = Varchar(length=20, default="")
    receivable = BigInt(default=None, null=True)
    letter = Varchar(length=20, default="")
    letter_on = Date(default=None, null=True)


class JournalYear(Table, tablename="journal_year"):
    """The journal of a closed fiscal year, every entry of it, kept as it was first written."""

    id: Serial
    since = Date(default=None)
    until = Date(default=None, unique=True)
    entries = Integer(default=None)
    file = belongs_to(File)
    created_at = instant()
