"""What the accountant sets and takes away: accounts, numbered exports."""

from __future__ import annotations

from piccolo.columns import BigInt, Date, Integer, Serial
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
    vat_account = short_text(20)
    bank_account = short_text(20)
    cash_account = short_text(20)
    card_account = short_text(20)
    loss_account = short_text(20)
    waiting_account = short_text(20)

    accounting_is_one = Check("id = 1")


class JournalExport(Table, tablename="journal_export"):
    """A file of journal entries given to the accountant, by number."""

    id: Serial
    number = Integer(default=None, unique=True)
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
