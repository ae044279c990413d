"""What the platform does, where, who answers and when: said by its staff, where pages had it in their own words."""

from training.kernel.raw_sql import sql_migration

ID = "0039"

forwards = sql_migration(
    ID,
    "what a platform says of itself",
    # Empty, each is left out, or a sentence that is true of any platform stands in its place.
    """
    alter table platform
        add column trade varchar(80) not null default '',
        add column territory varchar(80) not null default '',
        add column headline varchar(120) not null default '',
        add column lead varchar(300) not null default '',
        add column hours varchar(100) not null default '',
        add column people text not null default ''
    """,
)
