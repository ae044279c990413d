"""A town grown to 10⁵ sessions and as many bookings: one row of each kind, made by the actions, many times over."""

from __future__ import annotations

from datetime import date, timedelta

import accounts_makers
import bank_makers
import makers
from training.accounting.actions.accounts import export_journal
from training.attendance.actions import hold_session
from training.billing.actions.credit import CreditWanted, credit
from training.billing.rules.payments import Way
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.calendar.actions.feeds import open_feed
from training.identity.actions import keys, roles
from training.identity.rules import Role
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.links import Link, Purpose, sign
from training.kernel.permissions import Permission
from training.payments.actions.import_statement import import_statement
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


# What addresses name, found once the story is told and the crowd is there. {town} is the story's organisation.
NAMES = {
    "session": "select max(id) from session where state = 'published' and kind = 'open' and id < {first}",
    "slot": "select t.id from slot t join session s on s.id = t.session where t.id < {first} and s.kind = 'open'"
    " order by t.id desc",
    "held": "select id from session where state = 'held' and id < {first} order by id desc limit 1",
    "booking": "select reference from booking where id < {first} order by id desc limit 1",
    "offer": "select slug from offer where id < {first}",
    "slug": "select slug from organisation where id = {town}",
    "contact": "select min(id) from contact where organisation = {town}",
    "account": "select id from account where email = 'rh@mairie.example.org'",
    "membership": "select id from membership where organisation is null and facilitator is null order by id limit 1",
    "venue": "select min(id) from venue",
    "facilitator": "select min(id) from facilitator",
    "invoice": "select number from invoice where state = 'issued' and kind = 'invoice' and id < {first} order by id",
    "draft": "select max(id) from invoice where state = 'draft'",
    "line": "select min(l.id) from invoice_line l join invoice i on i.id = l.invoice where i.state = 'draft'",
    "receivable": "select id from receivable where settled_cents < gross_cents and id < {first} order by id desc",
    "opening": "select id from receivable where invoice is null",
    "payment": "select id from payment where way = 'cheque' and id < {first}",
    "receipt": "select e.number from receipt r join ledger_entry e on e.id = r.entry",
    "mail": "select id from mail where calendar is not null and id < {first} order by id desc limit 1",
    "filed_mail": "select mail from mail_attachment order by id limit 1",
    "file": "select file from mail_attachment order by id limit 1",
    "own_feed": "select id from feed_token where kind = 'organisation'",
    "facilitator_feed": "select id from feed_token where kind = 'facilitator'",
    "given_feed": "select id from feed_token where kind = 'staff'",
    "statement": "select id from bank_statement where read_at is not null and id < {first}",
    "unread_statement": "select id from bank_statement where read_at is null",
    "bank_line": "select id from bank_line where state = 'new' and id < {first}",
    "export": "select number || '.csv' from journal_export",
    "year_end": "select (date_trunc('year', now()) - interval '1 day')::date",
    "last_month": "select (date_trunc('month', now()) - interval '1 day')::date",
}
_LINKS = {
    "invoice_link": (Purpose.INVOICE, "select id from invoice where state = 'issued' and id < {first} order by id"),
    "facts_link": (Purpose.BILLING_FACTS, NAMES["draft"]),
    "answer_link": (Purpose.INVITATION, "select min(id) from invitation where role = 'facilitator'"),
    "private_link": (Purpose.SESSION, "select min(id) from session where kind = 'private'"),
}


async def build() -> dict[str, str]:
    """Fill an empty, migrated database: a year's story by the actions, then the crowd by SQL. What addresses name."""
    town, names = await story()
    for table, count, values in _CROWD:
        await _many(table, count, values)
    await db.connection().execute("analyze")
    known = {"town": town.organisation, "first": FIRST}
    found = {name: str(await db.value(sql.format(**known))) for name, sql in NAMES.items()}
    assert "None" not in found.values(), [name for name, value in found.items() if value == "None"]
    return {**names, **found, **{name: await _link(*of, known) for name, of in _LINKS.items()}}


async def _link(purpose: Purpose, sql: str, known: dict[str, int]) -> str:
    subject = await db.value(sql.format(**known))
    assert subject is not None, purpose
    return sign(Link(purpose, subject, 0, clock.now() + timedelta(days=9)), settings.current().secret_key)


async def story() -> tuple[makers.Town, dict[str, str]]:
    """One of each thing, made by the actions; the secrets that only its maker knows."""
    with clock.frozen(clock.now() - timedelta(days=60)):
        town = await makers.make_town()
    eve = Actor("user", await makers.make_staff(), "Ève Équipe", frozenset(Permission), Scope(everything=True))
    rachel = await roles.add_user(SYSTEM, "rh@mairie.example.org", "Rachel Ressources")
    await roles.grant(SYSTEM, rachel, Role.MANAGER, **_at(town))
    today = clock.today()
    await _money(town, today)
    coming = {"venue": town.venue, "facilitators": (town.facilitator,)}
    session = await makers.make_session(town.offer, **coming)
    await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=90), **_at(town))
    await bookings.book(SYSTEM, NewBooking(session, town.organisation, 8))
    secrets = {
        "feed": await open_feed(SYSTEM, "essai", facilitator=town.facilitator),
        "team_feed": await open_feed(eve, "essai", staff=True),
        "key": await keys.create(SYSTEM, "essai", organisation=town.organisation),
        "team_key": await keys.create(SYSTEM, "essai", organisation=None),
    }
    await open_feed(SYSTEM, "essai", organisation=town.organisation)
    await drain()
    return town, secrets


def _at(town: makers.Town) -> dict[str, int]:
    return {"organisation": town.organisation}


async def _money(town: makers.Town, today: date) -> None:
    """Invoices, one paid, one owed, one credited; a draft; what another ledger left; two files of the bank."""
    for day in (40, 39, 38):
        view = await accounts_makers.invoice(town, town.organisation, today - timedelta(days=day))
        if day == 40:
            await accounts_makers.pay(view, view.due_cents, today - timedelta(days=10), Way.CHEQUE)
    await credit(SYSTEM, view.id, CreditWanted(reason="Essai"))
    await makers.make_platform(issue_without_look=False)
    begins = accounts_makers.noon(today - timedelta(days=9))
    with clock.frozen(begins - timedelta(days=9)):
        session = await makers.make_session(town.offer, starts_at=begins)
        await bookings.book(SYSTEM, NewBooking(session, town.organisation, 4))
    with clock.frozen(begins + timedelta(days=1)):
        await hold_session(SYSTEM, session)
        await drain()
    await bank_makers.owed("ANCIEN-1", payer=town.organisation)
    row = bank_makers.row("VIREMENT ANCIEN-1", "350,00", day=f"{today - timedelta(days=3):%d/%m/%Y}")
    await bank_makers.imported(row)
    await import_statement(SYSTEM, "autre.csv", bank_makers.csv(row, header="A;B;C;D"))
    await export_journal(SYSTEM, today - timedelta(days=40), today - timedelta(days=40))


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
