"""An invoice's way to its buyer, step by step."""

from __future__ import annotations

from piccolo.columns import Date, Serial, Varchar
from piccolo.table import Table

from training.billing.tables.invoices import Invoice
from training.kernel.columns import belongs_to, instant, short_text


class Transmission(Table, tablename="transmission"):
    """One step of an invoice through a channel; the last one is where it stands. Triggers refuse UPDATE and DELETE.

    `siret`, `service_code` and `purchase_order` are what was corrected on the deposit: the invoice stays as issued.
    """

    id: Serial
    invoice = belongs_to(Invoice)
    channel = short_text(20)
    status = short_text(20)
    happened_on = Date(default=None)
    reference = Varchar(length=100, default="")
    note = Varchar(length=400, default="")
    siret = short_text(14, null=True)
    service_code = short_text(100, null=True)
    purchase_order = short_text(50, null=True)
    created_at = instant()
