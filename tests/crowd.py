"""A town grown to 10⁵ sessions and as many bookings: one row of each kind, made by the actions, many times over."""

from __future__ import annotations

from datetime import date, timedelta

import accounts_makers
import audited_deliverers
import bank_makers
import makers
from crowd_money import FIRST
from crowd_rows import ROWS
from papers_read import empty_page
from training.accounting.actions.accounts import export_journal
from training.attendance.actions import hold_session
from training.billing.actions.credit import CreditWanted, credit
from training.billing.rules.payments import Way
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.bookings.actions.documents import NewDocument, attach
from training.calendar.actions.feeds import open_feed
from training.catalogue.actions.funding import fund
from training.catalogue.actions.supporters import add_supporter
from training.catalogue.actions.tariffs import change_tariff
from training.catalogue.rules.changing import Priced, TariffChange
from training.catalogue.rules.supporters import NewSupporter, SupporterKind
from training.catalogue.rules.tariffs import TariffMode
from training.identity.actions import keys, roles
from training.identity.rules import Role
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.links import Link, Purpose, sign
from training.kernel.permissions import Permission
from training.payments.actions.import_statement import import_statement
from training.records.actions.notes import NewNote, write_note
from training.records.rules import NoteChannel
from training.worker import drain

PATIENCE = 300  # seconds for one table, where the machine has other work

# What addresses name, found once the story is told and the crowd is there. {town} is the story's organisation.
NAMES = {
    "session": "select max(id) from session where state = 'published' and kind = 'open' and id < {first}",
    "slot": "select t.id from slot t join session s on s.id = t.session where t.id < {first} and s.kind = 'open'"
    " order by t.id desc",
    "held": "select id from session where state = 'held' and id < {first} order by id desc limit 1",
    "booking": "select reference from booking where id < {first} order by id desc limit 1",
    "offer": "select slug from offer where id < {first}",
    "theme": "select min(id) from theme",
    "partner_named": "select min(id) from supporter where kind = 'partner'",
    "funder": "select min(id) from supporter where kind = 'funder'",
    "tariff_day": "select max(valid_from) from tariff where offer < {first}",
    "slug": "select slug from organisation where id = {town}",
    "contact": "select min(id) from contact where organisation = {town}",
    "account": "select id from account where email = 'rh@mairie.example.org'",
    "membership": "select id from membership where organisation is null and facilitator is null order by id limit 1",
    "town": "select {town}",
    "papered": "select reference from booking b join booking_document d on d.booking = b.id where b.id < {first}",
    "document": "select id from booking_document where id < {first}",
    "noted": "select subject_id from note where id < {first}",
    "note": "select id from note where id < {first}",
    "venue": "select min(id) from venue",
    "facilitator": "select min(id) from facilitator",
    "partner": "select min(id) from partner",
    "partner_contact": "select min(id) from partner_contact",
    "credential": "select min(id) from credential",
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
    "month": "select to_char(now() + interval '1 month', 'YYYY-MM')",
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
    for table, count, values in ROWS:
        await _many(table, count, values)
    # no trigger saw the crowd's offers
    used = "select add_theme(theme) from (select theme from offer group by theme offset 0) used"
    await db.connection().execute(used)
    await db.connection().execute("vacuum analyze", timeout=PATIENCE)  # as the server itself does, now and then
    return await named(town, names)


async def named(town: makers.Town, names: dict[str, str]) -> dict[str, str]:
    """What addresses name, of a story that was told."""
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
    booked = await bookings.book(SYSTEM, NewBooking(session, town.organisation, 8))
    await attach(eve, booked.id, NewDocument("Bon.pdf", empty_page()))
    await write_note(eve, "booking", booked.id, NewNote(NoteChannel.PHONE_IN, "Viendra."))
    secrets = {
        "feed": await open_feed(SYSTEM, "essai", facilitator=town.facilitator),
        "team_feed": await open_feed(eve, "essai", staff=True),
        "key": await keys.create(SYSTEM, "essai", organisation=town.organisation),
        "team_key": await keys.create(SYSTEM, "essai", organisation=None),
    }
    await open_feed(SYSTEM, "essai", organisation=town.organisation)
    await add_supporter(SYSTEM, NewSupporter(SupporterKind.PARTNER, "Garage d’Essai", None, "", 1, None))
    funder = await add_supporter(SYSTEM, NewSupporter(SupporterKind.FUNDER, "Région d’Essai", None, "", 1, None))
    await fund(SYSTEM, town.offer, funder, 4_000)
    later = TariffChange((None,), Priced(TariffMode.FLAT, 40_000), today + timedelta(days=400))
    await change_tariff(SYSTEM, town.offer, later)
    await audited_deliverers.stand(town)
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
    """The first row of a table (what it has by default, where there is none) `count` times over, each with its own.

    Triggers are told by the values.
    """
    names = await db.connection().fetch(
        """
        select column_name as name from information_schema.columns
        where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'
        """,
        table,
    )
    values = {"id": f"{FIRST} + n", **values}
    copied = await db.value(f"select exists (select from {table})")
    columns = [record["name"] for record in names if copied or record["name"] in values]
    made = ", ".join(values.get(name, f"t.{name}") for name in columns)
    quietly = "set local session_replication_role = replica" if await db.value(_SUPERUSER) else ""
    async with db.atomic() as tx:
        await tx.connection.execute(quietly or f"alter table {table} disable trigger user")
        await tx.connection.execute(
            f"insert into {table} ({', '.join(columns)}) select {made}"
            f" from generate_series(1, {count}) n left join (select * from {table} order by id limit 1) t on true",
            timeout=PATIENCE,
        )
        if not quietly:
            await tx.connection.execute(f"alter table {table} enable trigger user")


_SUPERUSER = "select rolsuper from pg_roles where rolname = current_user"
