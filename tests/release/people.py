"""A small platform that lived, peopled by the code of release 0.1.0: `make.py` runs this with that code on its path.

It is the demonstration with its year cut to some weeks, then what the demonstration leaves out, then a job of each kind
left in the queue. Nothing else may import this: it speaks of the release's modules, not of today's.
"""

# ruff: noqa: I001 - today's ruff does not know the release's modules for ours

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import httpx

from training import worker
from training.app import create_app
from training.attendance.actions import unhold_session
from training.billing.actions import accounts, remind, stripe_events
from training.billing.clients.stripe import Event
from training.billing.rules.accounts import Accounts
from training.billing.rules.reminding import Step
from training.bookings.actions.booking import NewBooking, RepeatKey, book
from training.calendar.actions.feeds import open_feed
from training.demo import seed
from training.demo.events import Town
from training.demo.town import calendar
from training.demo.town.shapes import PlannedSession
from training.directory.rules.organisations import Buyer
from training.identity.actions import keys, signin
from training.kernel import backup, clock, db, migrate, outbox, pdf, pg_client, settings
from training.kernel.actor import SYSTEM
from training.kernel.outbox import DISPATCH, Fact
from training.reactions import REACTIONS

DAYS = 24  # planned on either side of the day of making…
ONE_OF = 4  # … of whose past sessions this part is kept
PAPERS = 6  # pages that are laid out; the papers after them are blank, since each page weighs 20 KB
BLANK = b'#import "layout.typ": *\n#set document(title: data.title)\n#set text(lang: "fr")\n#attached\n'

# What nobody did there: such a fact is about one of these.
UNTOLD = {
    "organisation.approved": "select id from organisation where state = 'approved' order by id limit 1",
    "assignment.replaced": "select id from assignment where state = 'declined' order by id limit 1",
    "assignment.withdrawn": "select id from assignment where state = 'declined' order by id limit 1",
    "offer.edited": "select id from offer order by id limit 1",
}

told: dict[str, Fact] = {}  # the last fact of each name


def planned(today: date, random: int) -> list[PlannedSession]:
    """The demonstration's sessions, thinned."""
    sessions = calendar.plan(today, random)
    past = [session for session in sessions if session.held_at]
    kept = {session.key for session in past[::ONE_OF]}
    return [session for session in sessions if not session.held_at or session.key in kept]


def save_paper() -> None:
    """Blank pages after the first: what is frozen is what was made, so the ledger is as true as with full pages."""
    typeset, made = pdf._typeset, itertools.count()

    def thrifty(source: str | bytes, inputs: dict[str, str], on: date) -> bytes:
        blank = isinstance(source, str) and next(made) >= PAPERS
        return typeset(BLANK if blank else source, inputs, on)

    pdf._typeset = thrifty


def listen() -> None:
    """Remember what is told."""
    enqueue = outbox.enqueue

    async def heard(entrypoints: Sequence[str], fact: Fact, *, after: timedelta | None = None) -> None:
        told[fact.name] = fact
        await enqueue(entrypoints, fact, after=after)

    outbox.enqueue = heard


async def people(dsn: str) -> list[str]:
    """Fill the database; returns the jobs that it is left with."""
    save_paper()
    listen()
    calendar.SPAN, seed.plan = DAYS, planned
    async with db.connected(dsn, size=5):
        await migrate.migrate()
        town = await seed.seed(clock.today(), worker.drain)
        await _left_out(town)
        await worker.drain()
        async with worker.running():  # it writes its timetable down
            await asyncio.sleep(3)
        await _queued()
        sql = "select entrypoint, payload from pgqueuer where status = 'queued' order by id"
        rows = await db.connection().fetch(sql)
    return [json.dumps({"entrypoint": row["entrypoint"], "payload": row["payload"].decode()}) for row in rows]


async def _left_out(town: Town) -> None:
    """Accounts, keys, feeds and fetches; a session unheld; accounts and delays of one's own; what Stripe told."""
    organisation = town.organisations["commune-alencon"]
    email = str(await db.value("select email from account order by id limit 1"))
    await signin.by_link(await signin.open_door(email), program="Firefox")
    await signin.request(email, network="192.0.2.0/24")
    await keys.create(SYSTEM, "Logiciel de la mairie", organisation=organisation)
    await keys.create(SYSTEM, "Tableau de bord", organisation=None)
    await open_feed(SYSTEM, "Accueil de la mairie", organisation=organisation)
    feed = await open_feed(SYSTEM, "Salle", venue=next(iter(town.venues.values())))
    await accounts.set_accounts(SYSTEM, replace(Accounts(), client_account="411100"))
    days = {Step.POLITE: 10, Step.FIRM: 25, Step.FORMAL: 45}
    await remind.set_reminder_days(SYSTEM, Buyer.COMPANY, days)
    session = await db.value(
        "select s.id from session s where state = 'published' and organisation is null and seats_taken + 2 <= capacity"
        " and (select min(starts_at) from slot where session = s.id) > $1 order by id limit 1", clock.now()
    )  # fmt: skip
    new = NewBooking(session=session, organisation=organisation, seats=2)
    await book(SYSTEM, new, RepeatKey("apikey:1", "mairie-2026-1"))
    free = await db.value(
        "select h.session from holding h where not exists (select from booking b join billable k on k.booking = b.id"
        " where b.session = h.session and k.invoice_line is not null) order by 1 limit 1"
    )
    await unhold_session(SYSTEM, free, "Marquée par erreur.")
    await db.value(
        "insert into checkout (receivable, key, way, amount_cents, state, door, stripe_session, created_at, updated_at)"
        " select id, 'training-0', 'card', 1000, 'expired', 'space', 'cs_test_1', $1, $1 from receivable limit 1"
        " returning id", clock.now()
    )  # fmt: skip
    body = {"id": "evt_1", "type": "customer.created", "data": {"object": {"id": "cus_1"}}, "created": 1_780_000_000}
    await stripe_events.receive(Event("evt_1", "customer.created", None, json.dumps(body)))
    browser = httpx.AsyncClient(transport=httpx.ASGITransport(create_app()), base_url="http://127.0.0.1:8000")
    async with browser:
        (await browser.get(f"/agenda/p/{feed}.ics")).raise_for_status()


async def _queued() -> None:
    """Each fact once more, waiting to be dispatched; each reaction to it, waiting; one that failed and is held."""
    for name, sql in UNTOLD.items():
        told.setdefault(name, Fact(name, (name.split(".")[0], await db.value(sql))))
    async with db.atomic():
        for name, reactions in REACTIONS.items():
            for entrypoint in (DISPATCH, *(reaction.name for reaction in reactions)):
                again = Fact(**{**asdict(told[name]), "id": str(uuid4())})
                await outbox.enqueue([entrypoint], again)
        held = Fact("session.held", told["session.held"].subject)
        await outbox.enqueue([REACTIONS["session.held"][0].name], held)
        await db.execute(
            "update pgqueuer set status = 'failed', attempts = 4 where id = (select max(id) from pgqueuer)"
        )


def back_up(dsn: str, file: Path) -> None:
    """The release's own backup, its dump not compressed: `make.py` compresses the whole, and better."""
    command = pg_client.Client.command

    def uncompressed(self: pg_client.Client, program: str, *options: str) -> list[str]:
        return command(self, program, *options, *(["--compress=0"] if program == "pg_dump" else []))

    pg_client.Client.command = uncompressed
    backup.backup(dsn, file)


if __name__ == "__main__":
    address, folder = sys.argv[1], Path(sys.argv[2])
    settings.use(settings.load())
    (folder / "jobs").write_text("\n".join(asyncio.run(people(address))) + "\n")
    back_up(address, folder / "backup")
