"""A database that release 0.1.0 left behind comes to the present: all of it, and what waited in its queue is done.

`tests/release/make.py` made it, once, with the release's own code.
"""

from __future__ import annotations

import asyncio
import json
import lzma
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import asyncpg
import httpx
import pytest

import makers
import upgrade_counts
from databases import BASE_URL, elsewhere, on
from training import worker
from training.accounting.formats import journal
from training.app import create_app
from training.billing.queries.ledger import disagreement
from training.bookings.actions.ending import expire_options
from training.kernel import clock, db, migrate, queue
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.postgresql import backup
from training.postgresql.backup import Manifest
from training.records import queries as records
from training.records.actions.jobs import retry_job
from training.reporting.office.today.counts import waiting

KEPT = Path(__file__).parents[1] / "release"
BOSS = Actor("user", 1, "Ève", frozenset(Permission))
ALONE = 27  # a booking of a session that was called off
LEFT, CORRECTED = "didier.grandlivre@example.org", "paulette.mandat@example.org"  # contacts, who had signed in
MOVED: dict[str, int] = {
    "membership": 30
}  # tables whose rows a later migration adds to, takes away or divides: how many it has now

BEFORE: upgrade_counts.Counted = {}
AFTER: upgrade_counts.Counted = {}
ROWS: dict[str, int] = {}  # by table, after the upgrade
# What an upgrade changes of what is counted, and nothing else: the role of a contact who had left has ended.
CHANGED = {"memberships by role: accountant": ((9, 9), (8, 8))}
# What it writes down of what was so: the rows of tables that 0.1.0 had not, where there are any.
WRITTEN = {
    "assignment_ending": 9, "booking_ending": 18, "call_off": 8,  # what had ended, and with what
    "commune_postcode": 30,  # of its communes
    "former_membership": 1,  # the role above
    "journal_line": 2,  # of the journal that was exported
    "restoration": 1,  # this test restored it
    "search_entry": 294, "search_word": 573,  # what all of it is found by
    "set_up": 12,  # it works already: nothing of its first day is left to do
    "theme": 7,  # of its offers
    "told_date": 11,  # what holders of options, requests and ranks know
}  # fmt: skip

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("release")]


@pytest.fixture(scope="module")
async def kept(server: str, database_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Manifest]:
    """The release's database, restored and migrated: the pool is on it, and the clock at the day when it was made."""
    file = tmp_path_factory.mktemp("release") / "v0.1.0.backup"
    file.write_bytes(lzma.decompress((KEPT / "v0.1.0.backup.xz").read_bytes()))
    name = f"{database_dsn.rsplit('/', 1)[1].split('?')[0]}_release"
    admin = await asyncpg.connect(server)
    await admin.execute(f"create database {name} template template0")
    try:
        manifest = await asyncio.to_thread(backup.restore, on(server, name), file)
        await _pay_online(on(server, name))
        async with elsewhere(on(server, name)):
            async with db.atomic():  # cancelled by itself, the day before its session was, for the same reason
                await db.execute(
                    "update booking set cancelled_at = cancelled_at - interval '1 day' where id = $1", ALONE
                )
                await db.execute("update contact set active = false where email = $1", LEFT)
                await db.execute("update contact set email = 'corrigee@example.org' where email = $1", CORRECTED)
                for state in ("published", "cancelled"):
                    await db.execute(_DOUBLED, state)
            BEFORE.update(await upgrade_counts.count())
            await migrate.migrate()
            AFTER.update(await upgrade_counts.count())
            ROWS.update(await upgrade_counts.rows())
            yield manifest
    finally:
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()


# Two bookings of one session become one organisation's, as nothing kept them from being.
_DOUBLED = """
    with pair as (
        select b.session, min(b.id) as one, max(b.id) as other from booking b join session s on s.id = b.session
        where s.state = $1 and b.state in ('confirmed', 'cancelled') group by b.session having count(*) > 1
        order by b.session limit 1
    )
    update booking b set organisation = f.organisation, contact = f.contact
    from pair p join booking f on f.id = p.one where b.id = p.other
"""


async def _pay_online(dsn: str) -> None:
    """What it would hold, had the payment that was begun there come to its end."""
    there = await asyncpg.connect(dsn)
    sql = """
        update payment set checkout = (select min(id) from checkout)
        where id = (select min(id) from payment where way <> 'credit_note')
    """
    assert await there.execute(sql) == "UPDATE 1"
    await there.close()


@pytest.fixture(autouse=True)
def _that_day(kept: Manifest):
    with clock.frozen(datetime.fromisoformat(kept.created_at)):
        yield


async def test_nothing_is_lost_on_the_way(kept: Manifest) -> None:
    wanted = {name.removeprefix("public."): rows for name, rows in kept.tables.items()} | MOVED
    wanted["migration"] = len(migrate.known())
    assert kept.tables["public.migration"] == 16
    found = {name: await db.value(f"select count(*) from {name}") for name in wanted}
    assert found == wanted
    assert await migrate.missing() == []


async def test_the_upgrade_counted_before_and_after_changes_only_what_it_names(kept: Manifest) -> None:
    """Bookings by state, invoices and their totals, billables, roles, invitations, feeds, movements and the rest."""
    empty = {name for name, found in BEFORE.items() if not any(n for numbers in found.values() for n in numbers)}
    assert empty == set(), "counted, and nothing was there"
    assert upgrade_counts.differences(BEFORE, AFTER) == CHANGED
    assert {name: n for name, n in ROWS.items() if n and f"public.{name}" not in kept.tables} == WRITTEN


async def test_it_holds_what_a_platform_holds(kept: Manifest) -> None:
    """Were it made again, nothing would be missing unnoticed: rows in every table, bookings and mails in each state."""
    empty = {name.removeprefix("public.") for name, rows in kept.tables.items() if not rows}
    assert empty == {"pgqueuer_statistics"}, "nothing of ours writes there"
    states = {"pending", "option", "confirmed", "cancelled", "declined", "expired", "waiting"}
    assert {row["state"] for row in await db.connection().fetch("select distinct state from booking")} >= states
    kinds = "select distinct kind || ' ' || state as one from invoice"
    assert {row["one"] for row in await db.connection().fetch(kinds)} >= {
        "invoice draft", "invoice issued", "credit_note issued", "deposit draft",
    }  # fmt: skip


async def test_each_role_of_before_knows_where_it_came_from(kept: Manifest) -> None:
    """By the addresses of contacts and facilitators; who had left already has left at last, nobody else."""
    found = dict(await db.connection().fetch("select origin, count(*) from membership group by origin"))
    assert found == {"contact": 21, "facilitator": 1, "hand": 4, "unmatched": 4}
    assert kept.tables["public.membership"] == sum(found.values()) + 1
    (gone,) = await db.connection().fetch(
        "select why, email from former_membership f join account a on a.id = f.account"
    )
    assert tuple(gone) == ("contact", LEFT)
    told = "select distinct subject_id from mail where subject_kind = 'invoice' and to_email = any($1)"
    mailed = {row["subject_id"] for row in await db.connection().fetch(told, [LEFT, CORRECTED])}
    raised = {row["id"] for row in await db.connection().fetch("select id from invoice where generation > 0")}
    assert mailed
    assert raised == mailed


async def test_its_ledger_is_whole() -> None:
    found = await records.verify()
    assert sum(series.documents for series in found) > 20
    assert [series.broken for series in found if series.broken] == []
    assert await disagreement() is None


async def test_what_was_paid_online_is_linked_from_its_attempt() -> None:
    sql = "select p.id, c.payment from payment p join checkout c on c.id = p.checkout"
    linked = await db.connection().fetch(sql)
    assert [row["id"] == row["payment"] for row in linked] == [True]


PAGES = {
    "/gestion/reservations/{}": "select reference from booking where state in ('confirmed', 'pending') limit 9",
    "/gestion/seances/{}": "select id from session order by id limit 9",
    "/gestion/structures/{}": "select slug from organisation order by id limit 5",
    "/gestion/structures/{}/facturation": "select slug from organisation order by id limit 5",
    "/gestion/factures/{}": "select number from invoice where state = 'issued' order by id limit 9",
    "/gestion/factures/{}.pdf": "select number from invoice where state = 'issued' order by id limit 2",
    "/gestion/factures/{}/piste": "select number from invoice where state = 'issued' order by id limit 3",
    "/gestion/factures/brouillons/{}": "select id from invoice where state = 'draft' order by id limit 5",
    "/gestion/paiements/{}": "select id from payment where way <> 'credit_note' order by id limit 5",
    "/gestion/courriels/{}": "select id from mail order by id desc limit 5",
    "/gestion/banque/releves/{}": "select id from bank_statement order by id limit 1",
    "/gestion/lieux/{}": "select id from venue order by id limit 3",
    "/gestion/papiers/nouveau?personne={}": "select id from facilitator order by id limit 1",
    "/catalogue/{}": "select slug from offer where state = 'published' order by id limit 5",
    "/seances/{}": "select id from session where state = 'published' and organisation is null order by id limit 5",
}
NOT_ASKED = ("/static", "/logo", "/animation", "/espace", "/api", "/metrics", "/readyz", "/inscription")


def plain_routes() -> set[str]:
    """Addresses without a parameter that the team, or anybody, may ask for."""
    found = {route.path for route in create_app().routes if "GET" in getattr(route, "methods", ())}
    alone = {page.partition("?")[0] for page in PAGES if "?" in page}  # of nobody in particular they are not there
    return {path for path in found - alone if "{" not in path and not path.startswith(NOT_ASKED)}


async def test_its_pages_are_shown() -> None:
    await makers.make_staff()
    paths = sorted(plain_routes())
    for page, sql in PAGES.items():
        values = [row[0] for row in await db.connection().fetch(sql)]
        assert values, page
        paths += [page.format(value) for value in values]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app()), base_url=BASE_URL) as browser:
        await makers.sign_in(browser, "equipe@example.org")
        wrong = {path: code for path in paths if (code := (await browser.get(path)).status_code) not in (200, 303)}
    assert wrong == {}


async def test_what_ended_before_has_its_row() -> None:
    """As many endings as there are bookings, assignments and sessions that ended: why and when are kept.

    With its session fell what agrees with it in words, and ended in the seconds of its audited call-off.
    """
    ended = """
        select count(*) filter (where b.state in ('cancelled', 'declined', 'expired')),
               count(e.id), count(e.call_off), count(e.actor_kind),
               count(*) filter (where (e.ended_at, e.ended_by) = (b.cancelled_at, b.cancelled_by)
                                and e.reason is not distinct from b.cancel_reason and e.state = b.state)
        from booking b left join booking_ending e on e.booking = b.id
    """
    assert tuple(await db.connection().fetchrow(ended)) == (18, 18, 9, 18, 18)
    before = "select distinct state || ' of ' || earlier as one from booking_ending"
    assert {row["one"] for row in await db.connection().fetch(before)} == {
        "cancelled of confirmed", "declined of pending", "expired of option",
    }  # fmt: skip
    assert await db.value("select call_off from booking_ending where booking = $1", ALONE) is None
    sessions = "select count(*) from session where state = 'cancelled'"
    assert await db.value("select count(*) from call_off where actor_kind is not null") == await db.value(sessions) == 8
    people = "select state || coalesce(' with ' || call_off % 1, '') as one from assignment_ending order by 1"
    found = [row["one"] for row in await db.connection().fetch(people)]
    assert found == ["declined", *["withdrawn with 0"] * 8]
    held = "select count(*) from billable k join booking b on b.id = k.booking join holding h on h.session = b.session"
    assert await db.value(held) == await db.value("select count(*) from billable where held") == 38


async def test_what_was_booked_twice_before_is_marked_and_listed_and_held_by_the_index() -> None:
    """Of each pair the first is not: the index holds it, and nothing more is booked beside it."""
    sql = """
        select b.doubled, s.state from booking b join session s on s.id = b.session
        where (b.session, b.organisation) in (select session, organisation from booking where doubled)
          and booking_may_come(b.state) or b.doubled order by s.state desc, b.id
    """
    assert [tuple(row) for row in await db.connection().fetch(sql)] == [
        (False, "published"), (True, "published"), (True, "cancelled"),
    ]  # fmt: skip
    assert (await waiting(BOSS.scope)).doubled == 1


async def test_a_deposit_that_waits_knows_the_percentage_that_its_words_say() -> None:
    sql = """
        select i.state, l.description, k.percent from billable k join invoice_line l on l.id = k.invoice_line
        join invoice i on i.id = l.invoice where k.part = 'deposit' order by k.id
    """
    said = "Acompte de 30 % : Prévenir le risque routier professionnel"
    assert [tuple(row) for row in await db.connection().fetch(sql)] == [("draft", said, 30)]


async def test_a_book_that_was_exported_keeps_its_lines_and_accounts(kept: Manifest) -> None:
    """Each line of each kept file is a row, tied to its invoice or payment."""
    files = await db.connection().fetch("select e.id, f.content from journal_export e join file f on f.id = e.file")
    written = [row for one in files for row in list(journal.read(one["content"]))[1:]]
    assert len(written) == await db.value("select count(*) from journal_line") > 0
    sums = "select account, sum(cents)::bigint as cents from journal_line group by 1 order by 1"
    told: dict[str, int] = {}
    for row in written:
        moved = int(row[11].replace(",", "")) - int(row[12].replace(",", ""))
        told[row[4]] = told.get(row[4], 0) + moved
    assert {r["account"]: r["cents"] for r in await db.connection().fetch(sums)} == told
    untied = "select count(*) from journal_line where role = 'sales_account' and source_id is null"
    assert await db.value(untied) == 0
    marked = "select count(*) from journal_exported where source_kind in ('invoice', 'payment')"
    tied = "select count(distinct (source_kind, source_id)) from journal_line where source_id is not null"
    assert await db.value(tied) == await db.value(marked)


async def test_the_worker_of_today_does_what_was_queued(kept: Manifest) -> None:
    lines = (KEPT / "v0.1.0.jobs").read_text().splitlines()
    rows = await db.connection().fetch("select entrypoint, payload from pgqueuer where status = 'queued' order by id")
    jobs = [{"entrypoint": row["entrypoint"], "payload": row["payload"].decode()} for row in rows]
    assert jobs[: len(lines)] == [json.loads(line) for line in lines]
    (held,) = await queue.held()
    await retry_job(BOSS, held.id)
    async with worker.running(), asyncio.timeout(60):
        while (await queue.state()).waiting:  # noqa: ASYNC110 - it is the worker's table that we watch
            await asyncio.sleep(0.2)
    assert await queue.held() == []


async def test_requests_that_waited_have_a_term_that_counts_from_the_upgrade(kept: Manifest) -> None:
    dated = "select count(*), count(expires_at), min(expires_at) from booking where state = 'pending'"
    await expire_options()  # as the worker does, every five minutes
    waiting, with_term, first = await db.connection().fetchrow(dated)
    assert (waiting, with_term) == (2, 2)
    assert first > clock.now()
