"""What is owed and the invoices that say so. Paid, late and credited are derived, never stored."""

from __future__ import annotations

from piccolo.columns import BigInt, Date, Integer, Serial, Text
from piccolo.constraints import Check
from piccolo.table import Table

from training.bookings.tables import Booking
from training.directory.tables import Organisation
from training.kernel.columns import belongs_to, instant, short_text
from training.records.tables import Entry, File


class Invoice(Table, tablename="invoice"):
    """A draft has no number; an issued one has its ledger entry and does not change."""

    id: Serial
    kind = short_text(20)
    state = short_text(10)
    payer = belongs_to(Organisation)
    number = short_text(35, null=True, unique=True)
    issued_on = Date(default=None, null=True)
    due_on = Date(default=None, null=True)
    vat_regime = short_text(40)
    purchase_order = short_text(50, null=True)
    service_code = short_text(100, null=True)
    net_cents = BigInt(default=None)
    vat_cents = BigInt(default=None)
    gross_cents = BigInt(default=None)
    entry = belongs_to(Entry, null=True, unique=True)
    generation = Integer(default=0)  # raised to revoke the links mailed about this invoice
    created_at = instant()

    invoice_issued_is_numbered = Check(
        "(state = 'issued') = (number is not null and issued_on is not null and entry is not null)"
    )
    invoice_adds_up = Check("gross_cents = net_cents + vat_cents")


class InvoiceLine(Table, tablename="invoice_line"):
    """A line of an invoice; `quantity` in whole units."""

    id: Serial
    invoice = belongs_to(Invoice)
    position = Integer(default=None)
    description = short_text(400)
    detail = Text(default="")
    quantity = Integer(default=None)
    unit_price_cents = BigInt(default=None)
    net_cents = BigInt(default=None)
    served_from = Date(default=None)
    served_until = Date(default=None)


class Billable(Table, tablename="billable"):
    """An amount that a payer owes for a booking; it stands on at most one invoice line."""

    id: Serial
    booking = belongs_to(Booking)
    payer = belongs_to(Organisation)
    amount_cents = BigInt(default=None)
    invoice_line = belongs_to(InvoiceLine, null=True)
    created_at = instant()


class FreeConfirmationPaper(Table, tablename="free_confirmation"):
    """The paper that says a free session was held and what it is worth: no number, never an invoice."""

    id: Serial
    booking = belongs_to(Booking, unique=True)
    paper = belongs_to(File)
    created_at = instant()
