"""What the crowd is made of: by table how many rows, and what tells them apart. Its money is in `crowd_money`."""

from __future__ import annotations

from crowd_money import BILLS, CLIENTS, MONEY, WHEN, Rows

MANY = 100_000  # sessions, their bookings and mails, spread over eight years
_OVER = "n * 42 < 6 * 365.25 * 24 * 60"

TOWN: Rows = [
    ("commune", 200, {"insee": "'c' || n", "name": "'Commune ' || n"}),
    ("venue", 500, {"commune": "1000000 + 1 + n % 200", "name": "'Salle ' || n"}),
    ("facilitator", 200, {"email": "'anime' || n || '@example.org'", "name": "'Anime ' || n"}),
    ("offer", 40, {"slug": "'offre-' || n", "title": "'Offre ' || n", "theme": "'Thème ' || n % 5"}),
    ("offer_facilitator", 200, {"offer": "1000000 + 1 + n % 40", "facilitator": "1000000 + 1 + n % 200"}),
    ("theme", 5, {"text": "'Thème ' || n % 5", "name": "'Thème ' || n % 5", "position": "n"}),
    ("tariff", 40, {"offer": "1000000 + n"}),
    (
        "organisation",
        CLIENTS,
        {
            "slug": "'commune-' || n",
            "name": "'Commune de ' || left(md5(n::text), 6)",
            "siret": "lpad(n::text, 14, '0')",
            "state": "case when n % 500 = 0 then 'pending' else 'approved' end",
        },
    ),
    (
        "contact",
        CLIENTS,
        {
            "organisation": "1000000 + n",
            "email": "'rh@' || n || '.example.org'",
            "name": "'Rachel ' || left(md5(n::text), 6)",
        },
    ),
    ("lookalike", CLIENTS - 1, {"first": "1000000 + n", "second": "1000001 + n", "same_name": "true"}),
    (
        "session",
        MANY,
        {
            "offer": "1000000 + 1 + n % 40",
            "starts_at": WHEN,
            "ends_at": f"{WHEN} + interval '3 hours'",
            "closes_at": f"{WHEN} - interval '1 day'",
            "state": f"""case when n % 50 = 0 then 'cancelled' when {_OVER} and n % 1000 <> 1 then 'held'
                         when n % 60 = 1 then 'draft' when n % 3 = 0 then 'confirmed' else 'published' end""",
            "seats_taken": "8",
            "tell_after": "null",
        },
    ),
    (
        "slot",
        MANY,
        {
            "session": "1000000 + n",
            "uid": "'slot' || n",
            "starts_at": WHEN,
            "ends_at": f"{WHEN} + interval '3 hours'",
            "updated_at": WHEN,
        },
    ),
    (
        "venue_use",
        MANY,
        {
            "slot": "1000000 + n",
            "venue": "1000000 + 1 + n % 500",
            "during": f"tstzrange({WHEN}, {WHEN} + interval '3 hours')",
        },
    ),
    (
        "assignment",
        MANY,
        {
            "slot": "1000000 + n",
            "facilitator": "1000000 + 1 + n % 200",
            "during": f"tstzrange({WHEN}, {WHEN} + interval '3 hours')",
        },
    ),
    (
        "booking",
        MANY,
        {
            "reference": "'R-' || n",
            "session": "1000000 + n",
            "organisation": f"1000000 + 1 + n % {CLIENTS}",
            "contact": f"1000000 + 1 + n % {CLIENTS}",
            "state": "case when n % 40 = 0 then 'cancelled' when n % 997 = 0 then 'pending' else 'confirmed' end",
            "created_at": f"{WHEN} - interval '30 days'",
            "expires_at": "null",
        },
    ),
    (
        "mail",
        MANY,
        {
            "message_id": "'<' || n || '@example.org>'",
            "subject_kind": "'booking'",
            "subject_id": "1000000 + n",
            "organisation": f"1000000 + 1 + n % {CLIENTS}",
            "to_name": "'Rachel'",
            "to_email": "'rh@' || n % 500",
            "subject": "'Votre réservation R-' || n",
            "text": "''",
            "html": "''",
            "calendar": "null",
            "state": "case when n % 5000 = 0 then 'failed' else 'sent' end",
            "sent_at": f"case when n % 5000 = 0 then null else {WHEN} end",
            "created_at": WHEN,
            "next_attempt_at": "null",
        },
    ),
    ("audit", MANY, {"at": WHEN}),
    ("account", CLIENTS, {"email": "'rh@' || n || '.example.org'", "name": "'Rachel ' || left(md5(n::text), 6)"}),
    (
        "membership",
        CLIENTS,
        {
            "account": "1000000 + n",
            "organisation": "1000000 + n",
            "role": "'manager'",
            "origin": "case when n % 500 = 0 then 'unmatched' else 'hand' end",
        },
    ),
    (
        "former_membership",
        CLIENTS,
        {
            "account": "1000000 + n",
            "organisation": "1000000 + 1 + n % 100",
            "role": "'manager'",
            "origin": "'hand'",
            "since": WHEN,
            "ended_at": f"{WHEN} + interval '1 year'",
            "why": "'removed'",
            "actor_kind": "'system'",
        },
    ),
    (
        "chorus_service",
        CLIENTS,
        {
            "organisation": "1000000 + n",
            "code": "'S' || n",
            "label": "'Service ' || n",
            "engagement_required": "true",
            "active": "true",
        },
    ),
    (
        "feed_token",
        CLIENTS,
        {"token_hash": "sha256(n::text::bytea)", "facilitator": "1000000 + 1 + n % 200", "kind": "'facilitator'"}
        | dict.fromkeys(("organisation", "partner", "venue", "account"), "null"),
    ),
    ("booking_document", BILLS, {"booking": "1000000 + n", "name": "'Bon ' || n", "kept_at": WHEN}),
    (
        "note",
        MANY,
        {
            "subject_kind": "'booking'",
            "subject_id": "1000000 + n",
            "text": "'Appel ' || n",
            "written_at": WHEN,
            "contact": "null",
            "corrected_at": "null",
        },
    ),
    (
        "seats_change",
        BILLS,
        {
            "booking": "1000000 + n",
            "seats_before": "9",
            "seats": "8",
            "price_before_cents": "35000",
            "price_cents": "35000",
            "origin": "'resized'",
            "actor_kind": "'system'",
            "changed_at": WHEN,
        },
    ),
    (
        "admission",
        BILLS,
        {
            "booking": "1000000 + n",
            "joined": "null",
            "participants": "'{}'",
            "state": "'option'",
            "seats": "9",
            "tariff_mode": "'flat'",
            "unit_price_cents": "35000",
            "price_cents": "35000",
            "admitted_at": WHEN,
        },
    ),
    (
        "told_date",
        BILLS,
        {"booking": "1000000 + n", "slot": "1000000 + n", "starts_at": WHEN, "ends_at": WHEN, "place": "'Salle'"},
    ),
    ("participant", BILLS, {"booking": "1000000 + n", "name": "'Paul ' || n"}),
    ("head_count", BILLS, {"booking": "1000000 + n", "present": "6", "counted_at": WHEN}),
    ("holding", BILLS, {"session": "1000000 + n", "held_at": f"{WHEN} + interval '1 day'"}),
    (
        "call_off",
        BILLS,
        {
            "session": "1000000 + n",
            "called_off_at": f"{WHEN} - interval '9 days'",
            "reason": "'Neige'",
            "earlier": "'published'",
            "undone_at": f"case when n % 50 <> 0 then {WHEN} end",
        },
    ),
    (
        "booking_ending",
        BILLS,
        {
            "booking": "1000000 + n",
            "state": "'cancelled'",
            "earlier": "'confirmed'",
            "ended_by": "'client'",
            "ended_at": f"{WHEN} - interval '9 days'",
            "undone_at": f"case when n % 40 <> 0 then {WHEN} end",
        },
    ),
    (
        "assignment_ending",
        BILLS,
        {
            "assignment": "1000000 + n",
            "state": "'replaced'",
            "earlier": "'confirmed'",
            "ended_at": f"{WHEN} - interval '9 days'",
            "undone_at": WHEN,
        },
    ),
    (
        "invitation",
        BILLS,
        {"slot": "1000000 + n", "told_starts_at": WHEN, "told_ends_at": f"{WHEN} + interval '3 hours'"},
    ),
    ("invitation_message", BILLS, {"invitation": "1000000 + n", "sent_at": f"{WHEN} - interval '9 days'"}),
    (
        "calendar_fragment",
        BILLS,
        {
            "digest": "sha256(n::text::bytea)",
            "slot": "1000000 + n",
            "audience": "'essai'",
            "content": "''",
            "made_at": "now()",
        },
    ),
    (
        "change",
        BILLS,
        {
            "at": WHEN,
            "actor_kind": "'system'",
            "action": "'booking.change'",
            "subject_kind": "'booking'",
            "subject_id": "1000000 + n",
            "field": "'note'",
            "old": "n",
            "new": "n + 1",
        },
    ),
    ("reacted", BILLS, {"fact": "gen_random_uuid()", "reaction": "'essai'", "at": WHEN}),
    (
        "signin_request",
        BILLS,
        {
            "email": "n || '@example.org'",
            "network": "n",
            "token_hash": "sha256(n::text::bytea)",
            "next_path": "''",
            "requested_at": "now()",
            "expires_at": "now()",
        },
    ),
    (
        "signin_session",
        BILLS,
        {
            "token_hash": "sha256(n::text::bytea)",
            "account": f"1000000 + 1 + n % {CLIENTS}",
            "created_at": "now()",
            "expires_at": "now()",
            "ends_at": "now()",
        },
    ),
]

# What triggers make of them: by the thousand it takes longer than all the rest.
SEARCHED: Rows = [
    (
        "search_entry",
        MANY,
        {
            "id": "1000000 + n",
            "kind": "'session'",
            "subject": "1000000 + n",
            "at": WHEN,
            "ended": "n % 50 = 0",
            "lexemes": "array_to_tsvector(array['offre', (1 + n % 40)::text, 'commune', (1 + n % 200)::text, 'salle',"
            f" 'seance', left(md5((1 + n % {CLIENTS})::text), 6)] || day_codes({WHEN}))",
        },
    ),
    (
        "search_entry",
        MANY,
        {
            "id": "2000000 + n",
            "kind": "'booking'",
            "subject": "1000000 + n",
            "at": WHEN,
            "ended": "n % 40 = 0",
            "lexemes": "array_to_tsvector(array['r', n::text, 'r' || n, 'commune', 'rachel', 'reservation', 'offre',"
            f" left(md5((1 + n % {CLIENTS})::text), 6)] || day_codes({WHEN}))",
        },
    ),
    (
        "search_entry",
        CLIENTS,
        {
            "id": "3000000 + n",
            "kind": "'organisation'",
            "subject": "1000000 + n",
            "at": WHEN,
            "ended": "false",
            "lexemes": "array_to_tsvector(array['commune', 'de', left(md5(n::text), 6), lpad(n::text, 14, '0')])",
        },
    ),
    ("search_word", CLIENTS, {"word": "translate(left(md5(n::text), 8), '0123456789', 'ghijklmnop')"}),
]

ROWS = TOWN + MONEY + SEARCHED
