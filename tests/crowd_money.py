"""The money of the crowd: its papers, what is owed and came in, what the books carry."""

from __future__ import annotations

CLIENTS = 10_000  # organisations, each with a contact
BILLS = 30_000  # invoices, their receivables and payments
FIRST = 1_000_000  # the id before those of a crowd
WHEN = "date_trunc('day', now()) - interval '6 years' + n * interval '42 minutes'"

Rows = list[tuple[str, int, dict[str, str]]]  # a table, how many, and what tells them apart

MONEY: Rows = [
    (
        "file",
        BILLS,
        {"content": "n::text::bytea", "sha256": "sha256(n::text::bytea)", "size": "length(n::text)"},
    ),
    (
        "ledger_entry",
        BILLS,
        {
            "position": "1000 + n",
            "number": "'T' || n",
            "subject_id": "1000000 + n",
            "paper": "1000000 + n",
            "snapshot": "'{}'",
            "issued_on": f"({WHEN})::date",
        },
    ),
    (
        "invoice",
        BILLS,
        {
            "number": "'T' || n",
            "entry": "1000000 + n",
            "payer": f"1000000 + 1 + n % {CLIENTS}",
            "issued_on": "current_date - (30000 - n) / 15",
            "due_on": "current_date - (30000 - n) / 15 + 30",
        },
    ),
    (
        "invoice_line",
        BILLS,
        {
            "invoice": "1000000 + n",
            "booking": "1000000 + n",
            "served_from": "current_date - (30000 - n) / 15",
            "served_until": "current_date - (30000 - n) / 15",
        },
    ),
    (
        "billable",
        BILLS,
        {"booking": "1000000 + n", "payer": f"1000000 + 1 + n % {CLIENTS}", "invoice_line": "1000000 + n"},
    ),
    (
        "receivable",
        BILLS,
        {
            "invoice": "1000000 + n",
            "number": "'T' || n",
            "payer": f"1000000 + 1 + n % {CLIENTS}",
            "issued_on": "current_date - (30000 - n) / 15",
            "due_on": "current_date - (30000 - n) / 15 + 30",
            "settled_cents": "case when n % 100 = 0 then 0 else t.gross_cents end",
        },
    ),
    (
        "payment",
        BILLS,
        {
            "payer": f"1000000 + 1 + n % {CLIENTS}",
            "received_on": "current_date - (30000 - n) / 15",
            "used_cents": "case when n % 100 = 0 then 0 else t.amount_cents end",
            "reference": "'P' || n",
        },
    ),
    ("settlement", BILLS, {"payment": "1000000 + n", "receivable": "1000000 + n"}),
    ("mail_attachment", BILLS, {"mail": "1000000 + n", "file": "1000000 + n"}),
    (
        "reminder",
        BILLS,
        {
            "receivable": "1000000 + n",
            "step": "'polite'",
            "is_task": "false",
            "created_at": "now() - interval '9 days'",
            "done_at": "case when n % 100 <> 0 then now() end",
        },
    ),
    (
        "payment_pause",
        BILLS,
        {
            "receivable": "1000000 + n",
            "kind": "'promise'",
            "until": "current_date",
            "note": "''",
            "created_at": "now() - interval '9 days'",
            "ended_at": "case when n % 1000 <> 0 then now() end",
        },
    ),
    ("receipt", BILLS, {"payment": "1000000 + n", "entry": "1000000 + n"}),
    (
        "bank_statement",
        300,
        {"file": "1000000 + n", "name": "n || '.csv'", "created_at": "now() - (300 - n) * interval '7 days'"},
    ),
    (
        "bank_line",
        BILLS,
        {
            "statement": "1000000 + 1 + n / 101",
            "fingerprint": "sha256(n::text::bytea)",
            "booked_on": "current_date - (30000 - n) / 15",
            "label": "'VIR T' || n",
            "state": "case when n % 100 = 0 then 'new' else 'matched' end",
            "payment": "case when n % 100 <> 0 then 1000000 + n end",
        },
    ),
    ("billing_share", BILLS, {"booking": "1000000 + n", "payer": f"1000000 + 1 + n % {CLIENTS}", "seats": "4"}),
    ("free_confirmation", BILLS, {"booking": "1000000 + n", "paper": "1000000 + n", "created_at": WHEN}),
    (
        "transmission",
        BILLS,
        {
            "invoice": "1000000 + n",
            "channel": "'chorus'",
            "status": "'paid'",
            "happened_on": "current_date",
            "created_at": "now()",
        },
    ),
    ("journal_exported", BILLS, {"source_kind": "'invoice'", "source_id": "1000000 + n"}),
    (
        "journal_line",
        BILLS,
        {"source_kind": "'invoice'", "source_id": "1000000 + n", "written_on": "current_date - (30000 - n) / 15"},
    ),
    (
        "checkout",
        BILLS,
        {
            "receivable": "1000000 + n",
            "key": "'k' || n",
            "way": "'card'",
            "amount_cents": "35000",
            "state": "'paid'",
            "door": "'link'",
            "created_at": WHEN,
            "updated_at": WHEN,
        },
    ),
    (
        "stripe_event",
        BILLS,
        {"event_id": "'evt_' || n", "type": "'essai'", "payload": "''", "received_at": WHEN, "processed_at": WHEN},
    ),
]
