"""A town grown to 10⁵ sessions and as many bookings: one row of each kind, made by the actions, many times over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import accounts_makers
import makers
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.calendar.actions.feeds import open_feed
from training.identity.actions import keys
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

MANY = 100_000  # sessions, their bookings and mails, spread over eight years
CLIENTS = 10_000  # organisations, each with a contact
BILLS = 30_000  # invoices, their receivables and payments
PATIENCE = 300  # seconds for one table, where the machine has other work
FIRST = 1_000_000  # the id before those of a crowd

# What grows as long as the platform lives: no list may read one of these whole.
GROWING = frozenset(
    {
        "session", "slot", "venue_use", "assignment", "booking", "organisation", "contact", "mail", "ledger_entry",
        "file", "invoice", "invoice_line", "receivable", "payment", "settlement", "billable", "audit",
    }
)  # fmt: skip

_WHEN = "date_trunc('day', now()) - interval '6 years' + n * interval '42 minutes'"
_OVER = "n * 42 < 6 * 365.25 * 24 * 60"
_CROWD: list[tuple[str, int, dict[str, str]]] = [
    ("commune", 200, {"insee": "'c' || n", "name": "'Commune ' || n"}),
    ("venue", 500, {"commune": "1000000 + 1 + n % 200", "name": "'Salle ' || n"}),
    ("facilitator", 200, {"email": "'anime' || n || '@example.org'", "name": "'Anime ' || n"}),
    ("offer", 40, {"slug": "'offre-' || n", "title": "'Offre ' || n", "theme": "'Thème ' || n % 5"}),
    ("tariff", 40, {"offer": "1000000 + n"}),
    (
        "organisation",
        CLIENTS,
        {
            "slug": "'commune-' || n",
            "name": "'Commune de ' || md5(n::text)",
            "siret": "lpad(n::text, 14, '0')",
            "state": "case when n % 500 = 0 then 'pending' else 'approved' end",
        },
    ),
    (
        "contact",
        CLIENTS,
        {"organisation": "1000000 + n", "email": "'rh@' || n || '.example.org'", "name": "'Rachel ' || md5(n::text)"},
    ),
    (
        "session",
        MANY,
        {
            "offer": "1000000 + 1 + n % 40",
            "starts_at": _WHEN,
            "ends_at": f"{_WHEN} + interval '3 hours'",
            "closes_at": f"{_WHEN} - interval '1 day'",
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
            "starts_at": _WHEN,
            "ends_at": f"{_WHEN} + interval '3 hours'",
            "updated_at": _WHEN,
        },
    ),
    (
        "venue_use",
        MANY,
        {
            "slot": "1000000 + n",
            "venue": "1000000 + 1 + n % 500",
            "during": f"tstzrange({_WHEN}, {_WHEN} + interval '3 hours')",
        },
    ),
    (
        "assignment",
        MANY,
        {
            "slot": "1000000 + n",
            "facilitator": "1000000 + 1 + n % 200",
            "during": f"tstzrange({_WHEN}, {_WHEN} + interval '3 hours')",
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
            "created_at": f"{_WHEN} - interval '30 days'",
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
            "subject": "'Votre réservation R-' || n",
            "text": "''",
            "html": "''",
            "calendar": "null",
            "state": "case when n % 5000 = 0 then 'failed' else 'sent' end",
            "sent_at": f"case when n % 5000 = 0 then null else {_WHEN} end",
            "created_at": _WHEN,
            "next_attempt_at": "null",
        },
    ),
    ("audit", MANY, {"at": _WHEN}),
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
            "issued_on": f"({_WHEN})::date",
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
    ("invoice_line", BILLS, {"invoice": "1000000 + n", "booking": "1000000 + n"}),
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
]


@dataclass(frozen=True, slots=True)
class Crowded:
    """What addresses name."""

    slug: str  # of an organisation
    booking: str
    session: int
    slot: int
    offer: str
    invoice: str
    payment: int
    receivable: int
    mail: int
    venue: int
    feed: str
    key: str


async def build() -> Crowded:
    """Fill an empty, migrated database: a year's story by the actions, then the crowd by SQL."""
    with clock.frozen(clock.now() - timedelta(days=60)):
        town = await makers.make_town()
    await makers.make_staff()
    today = clock.today()
    billed = await accounts_makers.invoice(town, town.organisation, today - timedelta(days=40))
    payment = await accounts_makers.pay(billed, billed.due_cents, today - timedelta(days=10))
    session = await makers.make_session(town.offer, venue=town.venue, facilitators=(town.facilitator,))
    booked = await bookings.book(SYSTEM, NewBooking(session, town.organisation, 8))
    feed = await open_feed(SYSTEM, "essai", facilitator=town.facilitator)
    key = await keys.create(SYSTEM, "essai", organisation=town.organisation)
    await drain()
    for table, count, values in _CROWD:
        await _many(table, count, values)
    await db.connection().execute("analyze")
    mail = await db.value("select max(id) from mail")
    slot = await db.value("select id from slot where session = $1", session)
    return Crowded(
        town.slug, booked.reference, session, slot, town.offer_slug, billed.number or "", payment,
        billed.receivable or 0, mail, town.venue, feed, key,
    )  # fmt: skip


async def _many(table: str, count: int, values: dict[str, str]) -> None:
    """One row of a table `count` times over, with what tells the copies apart; triggers are told by the values."""
    names = await db.connection().fetch(
        """
        select column_name as name from information_schema.columns
        where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'
        """,
        table,
    )
    values = {"id": f"{FIRST} + n", **values}
    columns = [record["name"] for record in names]
    made = ", ".join(values.get(name, f"t.{name}") for name in columns)
    quietly = "set local session_replication_role = replica" if await db.value(_SUPERUSER) else ""
    async with db.atomic() as tx:
        await tx.connection.execute(quietly or f"alter table {table} disable trigger user")
        await tx.connection.execute(
            f"insert into {table} ({', '.join(columns)}) select {made}"
            f" from (select * from {table} order by id limit 1) t, generate_series(1, {count}) n",
            timeout=PATIENCE,
        )
        if not quietly:
            await tx.connection.execute(f"alter table {table} enable trigger user")


_SUPERUSER = "select rolsuper from pg_roles where rolname = current_user"
