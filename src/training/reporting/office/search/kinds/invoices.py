"""Invoices and credit notes: by their number, who pays, how much."""

from training.kernel import addresses
from training.kernel.i18n import N_
from training.kernel.permissions import Permission
from training.reporting.office.search.kind import SearchKind

INVOICES = SearchKind(
    name="invoice",
    title=N_("Factures et avoirs"),
    permission=Permission.INVOICES_SEE,
    sql="""
        select i.id as subject, i.number as key, i.number as title, array[g.name] as about,
               i.issued_on::timestamptz as at, i.gross_cents as cents
        from invoice i join organisation g on g.id = i.payer
    """,
    column="i.id",
    page=addresses.office_invoice,
    owner="i.payer",
)
