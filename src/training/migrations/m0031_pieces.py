"""Searches of one or two characters, and what lists, closings and credits are found by."""

from training.kernel.raw_sql import sql_migration

ID = "0031"

# By index, its table, what its searches look in, and where alone a short word is looked for, if not there.
_SEARCHED = {
    "booking_words": ("booking", "' ' || reference || ' ' || coalesce(purchase_order, '')", ""),
    "organisation_words": ("organisation", "' ' || name || ' ' || city || ' ' || coalesce(siret, '')", "name"),
    "contact_words": ("contact", "' ' || name", ""),
    "mail_words": ("mail", "' ' || to_name || ' ' || to_email || ' ' || subject", ""),
    "invoice_words": ("invoice", "' ' || number", ""),
    "receivable_words": ("receivable", "' ' || number", ""),
    "payment_words": ("payment", "' ' || payer_name || ' ' || reference", ""),
    "account_words": ("account", "' ' || name || ' ' || email", ""),
}


def _index(name: str, table: str, words: str, briefly: str) -> str:
    alone = f", pieces({briefly})" if briefly else ""
    return f"create index {name} on {table} using gin (spaced({words}) gin_trgm_ops, pieces({words}){alone})"


forwards = sql_migration(
    ID,
    "pieces of words that are searched",
    # Each character of a folded text, and each two in a row: of fewer than three there is no trigram.
    """
    create function pieces(text) returns text[] language plpgsql immutable parallel safe strict cost 500 as $$
    declare
        folded text := public.fold($1);
        found text[] := string_to_array(folded, null);
    begin
        for n in 1 .. length(folded) - 1 loop
            found := found || substr(folded, n, 2);
        end loop;
        return found;
    end $$
    """,
    *(f"drop index {name}" for name in _SEARCHED),
    *(_index(name, *of) for name, of in _SEARCHED.items()),
    # Counting pieces costs ANALYZE more than all else, and what is few is found by its index whatever they are.
    *(f"alter index {name} alter column 2 set statistics 0" for name in _SEARCHED),
    "alter index organisation_words alter column 3 set statistics 0",
    # What the team's own roles are among all, which PostgreSQL thinks are one in two hundred.
    "create statistics membership_places on num_nonnulls(organisation, partner, facilitator) from membership",
    "analyze membership",
    "create index organisation_state on organisation (state)",
    # What one facilitator still has to do, whatever they did.
    "create index assignment_facilitator_ends on assignment (facilitator, upper(during))",
    "drop index assignment_facilitator",
    "create index invoice_line_served on invoice_line (served_until)",
    "create index booking_ending_latest on booking_ending (ended_at, booking) where undone_at is null",
    "create index stripe_event_to_look_at on stripe_event (id) where starts_with(outcome, 'À VOIR : ')",
)
