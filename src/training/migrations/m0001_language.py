"""What the tables need to exist first: extensions, and the one way to fold text for sorting and search."""

from training.kernel.raw_sql import sql_migration

ID = "0001"

forwards = sql_migration(
    ID,
    "extensions, fold()",
    "create extension if not exists btree_gist",
    "create extension if not exists unaccent",
    "create extension if not exists pg_trgm",
    # unaccent() alone is STABLE, for its dictionary could change; named in full (a restore runs with an empty
    # search_path) it may be called IMMUTABLE and indexed.
    # Never the database's collation: it differs between machines, and the embedded server has no ICU.
    """
    create function fold(text) returns text language sql immutable parallel safe strict
    return lower(public.unaccent('public.unaccent'::regdictionary, $1))
    """,
)
