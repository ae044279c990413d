"""Searches word by word, and what lists of money are found by: indexes of words, of what is open, of times."""

from training.kernel.raw_sql import sql_migration

ID = "0020"

forwards = sql_migration(
    ID,
    "words that are searched",
    # What is between words becomes a space: a short word is then found where a word begins.
    """
    create function spaced(text) returns text language sql immutable parallel safe strict
    return translate(fold($1), '-_.,;:/()<>[]=|"''&+@#*!?', '                        ')
    """,
    "drop index booking_words",
    """
    create index booking_words on booking
    using gin (spaced(' ' || reference || ' ' || coalesce(purchase_order, '')) gin_trgm_ops)
    """,
    "drop index organisation_words",
    """
    create index organisation_words on organisation
    using gin (spaced(' ' || name || ' ' || city || ' ' || coalesce(siret, '')) gin_trgm_ops)
    """,
    "drop index contact_words",
    "create index contact_words on contact using gin (spaced(' ' || name) gin_trgm_ops)",
    "drop index mail_words",
    """
    create index mail_words on mail
    using gin (spaced(' ' || to_name || ' ' || to_email || ' ' || subject) gin_trgm_ops)
    """,
    "create index invoice_words on invoice using gin (spaced(' ' || number) gin_trgm_ops)",
    "create index receivable_words on receivable using gin (spaced(' ' || number) gin_trgm_ops)",
    """
    create index payment_words on payment using gin (spaced(' ' || payer_name || ' ' || reference) gin_trgm_ops)
    """,
    # What is open is little, whatever was closed before it.
    "create index receivable_due on receivable (id) where settled_cents < gross_cents",
    "create index payment_pause_open on payment_pause (receivable) where ended_at is null",
    "create index reminder_open on reminder (id) where done_at is null",
    """
    create index invoice_credit_notes on invoice (issued_on, entry) where kind = 'credit_note' and state = 'issued'
    """,
    "create index head_count_nobody on head_count (booking) where present = 0",
)
