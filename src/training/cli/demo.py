"""`demo`: a believable town in one command, and links to walk in as each of its people."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import asyncpg
import click
import uvloop
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from training.calendar.actions.feeds import open_feed
from training.cli import serving, setting_up
from training.demo.seed import SEEDED, seed
from training.demo.seed import Progress as Report
from training.demo.town.organisations import ORGANISATIONS, STORY_ORGANISATION
from training.demo.town.people import FACILITATORS, STAFF, STORY_FACILITATOR
from training.directory import queries as directory
from training.identity.actions import keys, signin
from training.kernel import addresses, clock, db, migrate, settings
from training.kernel.actor import SYSTEM
from training.worker import drain

LOCK = 0x64656D6F  # any constant: what seedings of one database queue on
LABELS = {
    "staff_link": "L’équipe de la plateforme",
    "organisation_link": "Une mairie",
    "facilitator_link": "Une animatrice",
}


@click.command()
@click.option("--reset", is_flag=True, help="Vider d’abord la base de démonstration.")
@click.option("--no-serve", is_flag=True, help="Ne pas servir : imprimer les clés et s’arrêter.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse d’écoute.")
@click.option("--port", default=8000, show_default=True, help="Port d’écoute.")
def demo(reset: bool, no_serve: bool, host: str, port: int) -> None:
    """Peupler une ville de démonstration, puis la servir."""
    now = setting_up.read_settings(served_at=f"http://{host}:{port}")
    if now.production:
        raise click.ClickException("La démonstration ne se lance pas sur un site en production (BASE_URL en https).")
    if not no_serve:
        serving.check_port(host, port)
    with setting_up.server(now, watched=not no_serve) as dsn:
        setting_up.check_database(dsn)
        found = uvloop.run(_ready(dsn, reset=reset))
        if no_serve:
            for name, value in found.items():
                click.echo(f"{name}={value}")
            return
        serving.check_port(host, port)  # again: seeding took its time, and another demonstration may have been quicker
        click.echo(f"\n  Le site : {now.base_url}/\n")
        for name, label in LABELS.items():
            click.echo(f"  {label} : {found[name]}")
        click.echo(
            "\n  Chaque lien sert une fois ; relancez la commande pour en avoir d’autres. Ctrl+C pour arrêter.\n"
        )
        uvloop.run(serving.serve_here(now, dsn, host, port, with_worker=True))


async def _ready(dsn: str, *, reset: bool) -> dict[str, str]:
    async with db.connected(dsn, size=3), _turn(dsn):
        await migrate.migrate()
        platform = await directory.platform()
        if platform is not None and not platform.is_demo:
            raise click.ClickException("Cette base n’est pas une démonstration : elle n’est ni vidée ni complétée.")
        if platform is None and await db.value("select exists (select from account)"):
            raise click.ClickException("Cette base a déjà des comptes : la démonstration ne la remplit pas.")
        seeded = await db.value("select exists (select from audit where action = $1)", SEEDED)
        if reset or not seeded:
            await _empty()  # of a seeding that was cut short, too
            now = settings.current()
            settings.use(replace(now, smtp_url=None))  # a year of invented mails leaves nobody's server
            with _bar() as report:
                await seed(clock.today(), drain, report)
            settings.use(now)
        return await _doors()


@contextlib.asynccontextmanager
async def _turn(dsn: str) -> AsyncIterator[None]:
    """One seeding of a database at a time: whoever comes second waits, and finds the town there.

    The lock has a connection of its own, which a killed command gives back by dying.
    """
    connection = await asyncpg.connect(dsn)
    try:
        if not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
            click.echo("Une autre commande peuple cette base : nous attendons qu’elle ait fini.", err=True)
            await connection.execute("select pg_advisory_lock($1)", LOCK)
        yield
    finally:
        await connection.close()


async def _empty() -> None:
    """Only a database that says it is a demonstration gets here."""
    async with db.atomic() as tx:
        tables = await tx.connection.fetch(
            "select quote_ident(tablename) as name from pg_tables"
            " where schemaname = 'public' and tablename <> 'migration'"
        )
        await tx.connection.execute(f"truncate {', '.join(t['name'] for t in tables)} restart identity cascade")


async def _doors() -> dict[str, str]:
    facilitator = next(f.person for f in FACILITATORS if f.person.slug == STORY_FACILITATOR)
    town_hall = next(o for o in ORGANISATIONS if o.slug == STORY_ORGANISATION)
    organisation = await directory.organisation_by_slug_or_siret(town_hall.siret)
    facilitator_id = await db.value("select id from facilitator where email = $1", facilitator.email)
    if organisation is None:
        raise click.ClickException("La démonstration est incomplète : relancez avec --reset.")
    administrator = next(member.person for member in STAFF if member.role == "administrator")

    async def link(email: str) -> str:
        return addresses.absolute(addresses.signin_link(await signin.open_door(SYSTEM, email)))

    def feed(token: str) -> str:
        return addresses.absolute(addresses.feed(token))

    return {
        "staff_link": await link(administrator.email),
        "organisation_link": await link(town_hall.booking_contact.person.email),
        "facilitator_link": await link(facilitator.email),
        "organisation_api_key": await keys.create(SYSTEM, "Démonstration", organisation=organisation.id),
        "staff_api_key": await keys.create(SYSTEM, "Démonstration (équipe)", organisation=None),
        "facilitator_feed": feed(await open_feed(SYSTEM, "Démonstration", facilitator=facilitator_id)),
        "organisation_feed": feed(await open_feed(SYSTEM, "Démonstration", organisation=organisation.id)),
    }


@contextlib.contextmanager
def _bar() -> Iterator[Report]:
    click.echo("La ville se construit, une fois pour toutes : une demi-minute environ.", err=True)
    columns = (TextColumn("Une année à Alençon"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("seed", total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield report
