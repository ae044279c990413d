"""What a database of 0.1.0 holds, counted by statements that it and the present both understand."""

from __future__ import annotations

from training.kernel import db

Counted = dict[str, dict[str, tuple[int, ...]]]

# by name: rows of (what, numbers…); each is asked before the upgrade and after it
COUNTS = {
    "bookings by state: how many, seats, euro cents": """
        select state, count(*), sum(seats), sum(price_cents) from booking group by 1
    """,
    "what bookings are tied to": """
        select 'all', count(distinct contact), count(distinct organisation), count(distinct session),
               count(confirmed_at), count(cancelled_at), count(purchase_order) from booking
    """,
    "participants": "select 'all', count(*), count(email) from participant",
    "sessions by state: how many, seats taken, capacity": """
        select state, count(*), sum(seats_taken), sum(capacity) from session group by 1
    """,
    "slots: how many, SEQUENCE, distinct UIDs": "select 'all', count(*), sum(sequence), count(distinct uid) from slot",
    "assignments by state": "select state, count(*), count(accepted_at) from assignment group by 1",
    "invoices by kind and state: how many, net, VAT, gross, numbered": """
        select kind || ' ' || state, count(*), sum(net_cents), sum(vat_cents), sum(gross_cents), count(number)
        from invoice group by 1
    """,
    "lines of invoices: how many, quantity, net": """
        select 'all', count(*), sum(quantity), sum(net_cents) from invoice_line
    """,
    "billables: how many, cents, on a line": """
        select 'all', count(*), sum(amount_cents), count(invoice_line) from billable
    """,
    "receivables: how many, cents, settled": """
        select 'all', count(*), sum(gross_cents), sum(settled_cents) from receivable
    """,
    "payments by way: how many, cents, used": """
        select way, count(*), sum(amount_cents), sum(used_cents) from payment group by 1
    """,
    "settlements by kind: how many, cents": "select kind, count(*), sum(amount_cents) from settlement group by 1",
    "movements of bank statements: how many, cents": """
        select 'all', count(*), sum(amount_cents), count(distinct statement) from bank_line
    """,
    "ledger by series: how many, the last, different hashes": """
        select s.key, count(*), max(e.position), count(distinct e.hash)
        from ledger_entry e join ledger_series s on s.id = e.series group by 1
    """,
    "memberships by role": "select role, count(*), count(distinct account) from membership group by 1",
    "accounts": "select 'all', count(*), count(*) filter (where active) from account",
    "invitations by role and last word: how many, SEQUENCE, answered": """
        select role || ' ' || method, count(*), sum(sequence), count(answer) from invitation group by 1
    """,
    "calendar objects sent: how many, SEQUENCE": """
        select method, count(*), sum(sequence) from invitation_message group by 1
    """,
    "feeds by kind: how many, closed": "select kind, count(*), count(revoked_at) from feed_token group by 1",
    "mails by state": "select state, count(*), count(calendar), count(invitation) from mail group by 1",
    "head-counts": "select 'all', count(*), sum(present) from head_count",
    "audit": "select 'all', count(*), max(id) from audit",
}


async def count() -> Counted:
    """All of it, of the database that the pool is on."""
    found = {}
    for name, sql in COUNTS.items():
        rows = await db.connection().fetch(sql)
        found[name] = {str(row[0]): tuple(int(n or 0) for n in tuple(row)[1:]) for row in rows}
    return found


def differences(before: Counted, after: Counted) -> dict[str, tuple[tuple[int, ...] | None, tuple[int, ...] | None]]:
    """By « name: what »: what was counted, what is."""
    found = {}
    for name in COUNTS:
        for what in sorted(before[name].keys() | after[name].keys()):
            was, now = before[name].get(what), after[name].get(what)
            if was != now:
                found[f"{name}: {what}"] = (was, now)
    return found


async def rows() -> dict[str, int]:
    """How many rows each table holds."""
    names = await db.connection().fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
    return {row[0]: await db.value(f"select count(*) from {row[0]}") for row in names}
