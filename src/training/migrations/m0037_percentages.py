"""A deposit remembers the percentage that it was asked for, whatever its line says."""

from training.kernel.raw_sql import sql_migration

ID = "0037"

forwards = sql_migration(
    ID,
    "the percentage of a deposit",
    "alter table billable add column percent integer",
    # Its words, as the releases before wrote them, were all that said it; what is issued never changes any more.
    """
    update billable k set percent = substring(l.description from '^Acompte de ([0-9]{1,2}) %')::integer
    from invoice_line l join invoice i on i.id = l.invoice
    where l.id = k.invoice_line and k.part = 'deposit' and i.state = 'draft'
    """,
)
