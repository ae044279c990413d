"""What was done to a thing, the last first; and how many bookings of a session there are, without reading them."""

from training.kernel.raw_sql import sql_migration

ID = "0051"

forwards = sql_migration(
    ID,
    "acts of a thing by their time, bookings of a session with their state",
    "drop index audit_subject",
    "create index audit_subject on audit (subject_kind, subject_id, at)",
    "drop index booking_session",
    "create index booking_session on booking (session) include (state)",
)
