"""Buyers without a SIRET, taxable or not, abroad, with a billing address of their own."""

from training.kernel.raw_sql import sql_migration

ID = "0030"

forwards = sql_migration(
    ID,
    "what invoices must know of more buyers",
    """
    alter table organisation
        add column rna varchar(10) constraint organisation_rna_is_one check (rna ~ '^W[0-9A-Z]{9}$'),
        add column taxable boolean,
        add column country varchar(2) not null default 'FR'
            constraint organisation_country_is_a_code check (country ~ '^[A-Z]{2}$'),
        add column billing_address varchar(400) not null default '',
        add column abroad_as_here boolean not null default false
    """,
)
