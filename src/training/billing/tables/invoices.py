"""Invoices, their lines, and the amounts that bookings make billable. Paid, late and credited are derived."""

from __future__ import annotations

from piccolo.columns import BigInt, Boolean, Date, Integer, Numeric, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
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
    contract_reference = short_text(50, null=True)  # numéro de marché (BT-12)
    subject = Varchar(length=200, default="")
    month = Date(default=None, null=True)  # first day of the month that a grouped draft collects
    reason = short_text(400, null=True)  # why a credit note was made
    asked_at = instant(null=True)  # when its client was asked for a number that is missing
    issue_at = instant(null=True)  # it is issued by itself then, unless somebody keeps it back
    kept_back_at = instant(null=True)
    corrects = belongs_to("self", null=True)  # the invoice that a credit note corrects (BG-3)
    replaces = belongs_to("self", null=True)  # the invoice that this one cancels and replaces
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
    """A line of an invoice. A discount has a negative quantity: a price is never negative (BR-FR-DEC-03)."""

    id: Serial
    invoice = belongs_to(Invoice)
    position = Integer(default=None)
    description = short_text(400)
    detail = Text(default="")
    kind = Varchar(length=10, default="service")
    unit = Varchar(length=3, default="C62")  # UN/ECE Rec 20
    quantity = Numeric(digits=(12, 4), default=None)  # BR-FR-DEC-02: four decimals
    unit_price_cents = BigInt(default=None)
    net_cents = BigInt(default=None)
    served_from = Date(default=None)
    served_until = Date(default=None)
    booking = belongs_to(Booking, null=True)
    corrects = belongs_to("self", null=True)  # on a credit note: the line that it takes back, in whole or in part
    analytic_code = short_text(20, null=True)
    sales_account = short_text(20, null=True)


class Billable(Table, tablename="billable"):
    """An amount that a payer owes for a booking; it stands on at most one invoice line that counts."""

    id: Serial
    booking = belongs_to(Booking)
    payer = belongs_to(Organisation)
    amount_cents = BigInt(default=None)
    invoice_line = belongs_to(InvoiceLine, null=True)
    part = Varchar(length=10, default="whole")  # or a deposit and its balance
    held = Boolean(default=False)  # made because the session was held: it goes when that is undone
    percent = Integer(default=None, null=True)  # of the price: a deposit that is not an amount follows it
    created_at = instant()

    billable_once = Unique([booking, payer, part])


class BillingShare(Table, tablename="billing_share"):
    """One of several payers of a booking: for so many seats, or for an amount. No row: the organisation pays all."""

    id: Serial
    booking = belongs_to(Booking)
    payer = belongs_to(Organisation)
    seats = Integer(default=None, null=True)
    amount_cents = BigInt(default=None, null=True)
    purchase_order = short_text(50, null=True)
    service_code = short_text(100, null=True)

    billing_share_once = Unique([booking, payer])
    billing_share_is_one_of_two = Check("(seats is null) <> (amount_cents is null)")
    billing_share_is_positive = Check("seats > 0 or amount_cents > 0")


class FreeDue(Table, tablename="free_due"):
    """A free booking whose confirmation leaves a little later, as an invoice would: until then a mistake is undone."""

    id: Serial
    booking = belongs_to(Booking, unique=True)
    due_at = instant(index=True)


class FreeConfirmationPaper(Table, tablename="free_confirmation"):
    """The paper that says a free session was held and what it is worth: no number, never an invoice."""

    id: Serial
    booking = belongs_to(Booking, unique=True)
    paper = belongs_to(File)
    created_at = instant()
