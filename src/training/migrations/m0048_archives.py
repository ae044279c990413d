"""Who is no longer named on the home stays known: nothing that people wrote is deleted."""

from training.kernel.raw_sql import sql_migration

ID = "0048"

forwards = sql_migration(
    ID,
    "supporters that the home no longer names",
    "alter table supporter add column active boolean not null default true",
)
