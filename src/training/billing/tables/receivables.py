"""What is owed and what came in. A settlement ties the two; triggers keep the sums, CHECKs bound them."""

from __future__ import annotations

from piccolo.columns import BigInt, Date, Serial, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from training.billing.tables.invoices import Invoice
from training.directory.tables import Organisation
from training.kernel.columns import belongs_to, instant, short_text


class Receivable(Table, tablename="receivable"):
    """What a payer owes: for an issued invoice, or (no `invoice`) for one of the ledger that was there before ours.

    `due_on` is what « late » counts from: null for a public buyer until the invoice was made available to it
    (CCP art. R2192-12).
    """

    id: Serial
    invoice = belongs_to(Invoice, null=True, unique=True)
    number = short_text(35, unique=True)
    payer = belongs_to(Organisation)
    issued_on = Date(default=None)
    due_on = Date(default=None, null=True)
    gross_cents = BigInt(default=None)
    settled_cents = BigInt(default=0)
    created_at = instant()

    receivable_settled_within_gross = Check("settled_cents between 0 and gross_cents")


class Payment(Table, tablename="payment"):
    """Money that came in, by any way; a credit note is one too, for it settles. `used_cents` is kept by a trigger.

    `request_key`: of the form that was sent; sent twice, it is one payment.
    """

    id: Serial
    way = short_text(20)
    payer = belongs_to(Organisation, null=True)
    payer_name = Varchar(length=200, default="")
    received_on = Date(default=None)
    amount_cents = BigInt(default=None)
    used_cents = BigInt(default=0)
    reference = Varchar(length=200, default="")
    note = Varchar(length=400, default="")
    checkout = BigInt(default=None, null=True, unique=True)  # 0.1.0's, until it goes: `checkout.payment` says it
    credit_note = belongs_to(Invoice, null=True, unique=True)
    request_key = short_text(40, null=True, unique=True)
    created_at = instant()

    payment_used_within_amount = Check("used_cents between 0 and amount_cents")
    payment_is_something = Check("amount_cents > 0")


class Settlement(Table, tablename="settlement"):
    """So much of a payment settles so much of a receivable; undone by its opposite. Triggers refuse UPDATE and DELETE.

    Without a receivable it is a refund, without a payment a write-off.
    """

    id: Serial
    kind = short_text(20)
    payment = belongs_to(Payment, null=True)
    receivable = belongs_to(Receivable, null=True)
    amount_cents = BigInt(default=None)
    settled_on = Date(default=None)
    reason = Varchar(length=400, default="")
    created_at = instant()

    settlement_is_something = Check("amount_cents <> 0")
    settlement_settles = Check("payment is not null or receivable is not null")
