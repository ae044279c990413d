"""What the accountant chose for a buyer abroad: the usual regime, reverse charge, or outside French VAT."""

from training.kernel.raw_sql import sql_migration

ID = "0033"

forwards = sql_migration(
    ID,
    "which VAT a buyer abroad is invoiced under",
    """
    alter table organisation
        add column vat_abroad varchar(20)
            constraint organisation_vat_abroad_is_a_choice
            check (vat_abroad in ('as_here', 'reverse_charge', 'outside'))
    """,
    "update organisation set vat_abroad = 'as_here' where abroad_as_here",
    "alter table organisation drop column abroad_as_here",  # of no release: 0030 comes with this one
)
