"""Lists that stay as fast as they are: times of sessions kept by a trigger, indexes in the order of pages, trigrams."""

from training.kernel.raw_sql import sql_migration

ID = "0017"

forwards = sql_migration(
    ID,
    "lists that stay flat",
    # State sets, as Python's: tests/db/test_state_sets.py holds both together. booking_occupies() is there already.
    """
    create function booking_may_come(state varchar) returns boolean language sql immutable parallel safe
    return state in ('pending', 'option', 'offered', 'confirmed', 'waiting')
    """,
    """
    create function session_bookable(state varchar) returns boolean language sql immutable parallel safe
    return state in ('published', 'confirmed')
    """,
    """
    create function assignment_holds(state varchar) returns boolean language sql immutable parallel safe
    return state in ('proposed', 'accepted', 'confirmed')
    """,
    # From the first date's beginning to the last one's end. Null until there is a date: the slots come after their
    # session, and a release that knows nothing of these columns writes it too.
    "alter table session add column starts_at timestamptz, add column ends_at timestamptz",
    """
    update session s set starts_at = t.starts_at, ends_at = t.ends_at from (
        select session, min(starts_at) as starts_at, max(ends_at) as ends_at from slot group by session
    ) t where t.session = s.id
    """,
    """
    create function keep_session_times() returns trigger language plpgsql as $$
    begin
        update session s set starts_at = t.starts_at, ends_at = t.ends_at from (
            select min(starts_at) as starts_at, max(ends_at) as ends_at from slot
            where session = case when tg_op = 'DELETE' then old.session else new.session end
        ) t
        where s.id = case when tg_op = 'DELETE' then old.session else new.session end
          and (s.starts_at, s.ends_at) is distinct from (t.starts_at, t.ends_at);
        return null;
    end $$
    """,
    """
    create trigger session_times_of_slots after insert or delete on slot
    for each row execute function keep_session_times()
    """,
    """
    create trigger session_times_of_moved after update of starts_at, ends_at on slot
    for each row when (old.starts_at <> new.starts_at or old.ends_at <> new.ends_at)
    execute function keep_session_times()
    """,
    # What is on now ends later and began at most this long ago: max() of it is one step in its index.
    "create index session_starts on session (starts_at, id)",
    "create index session_live on session (starts_at, id) where session_bookable(state)",
    "create index session_length on session ((ends_at - starts_at))",
    "create index slot_length on slot ((ends_at - starts_at))",
    "create index session_offer_starts on session (offer, starts_at, id)",
    "drop index session_offer",
    "create index session_state_starts on session (state, starts_at, id)",
    "drop index session_state",
    "create index booking_made on booking (created_at, id)",
    "create index booking_state_made on booking (state, created_at, id)",
    "create index booking_organisation_made on booking (organisation, created_at, id)",
    "drop index booking_organisation",
    # Searches: a piece of a word, whatever its accents.
    """
    create index booking_words on booking
    using gin (fold(reference || ' ' || coalesce(purchase_order, '')) gin_trgm_ops)
    """,
    """
    create index organisation_words on organisation
    using gin (fold(name || ' ' || city || ' ' || coalesce(siret, '')) gin_trgm_ops)
    """,
    "create index organisation_state_name on organisation (state, fold(name), name, id)",
    "create index mail_state on mail (state, id)",
    "create index mail_unsent on mail (state) where state <> 'sent'",
    "create index mail_words on mail using gin (fold(to_name || ' ' || to_email || ' ' || subject) gin_trgm_ops)",
    "create index contact_words on contact using gin (fold(name) gin_trgm_ops)",
)
