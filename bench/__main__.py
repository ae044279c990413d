"""`make bench`: measure, print each figure beside its limit, and fail when a limit is missed."""

from __future__ import annotations

import os
import sys

import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bench import bookings, feeds, idle, invoices, pages, report
from bench.site import Site, site
from bench.town import DRAFTS, Town, build, forget_jobs
from training.kernel import db, logs, migrate, settings

STEPS = 1 + pages.ROUNDS + bookings.ROUNDS + 3 + DRAFTS + 3


async def prepared(dsn: str) -> Town:
    """The schema and the town."""
    async with db.connected(dsn):
        await migrate.migrate()
        return await build()


async def emptied(dsn: str) -> None:
    """The queue's backlog gone: a worker that sends a thousand mails is not idle."""
    async with db.connected(dsn):
        await forget_jobs()


def measured(here: Site, bar: Progress) -> list[report.Part]:
    """Every subject in turn."""
    task = bar.add_task("the town", total=STEPS)

    def step() -> None:
        bar.advance(task)

    def now(what: str) -> None:
        bar.update(task, description=what)

    with here.database() as dsn:
        town = uvloop.run(prepared(dsn))
        step()
        now("pages")
        parts = [pages.measure(here, dsn, step)]
        now("bookings")
        parts.append(bookings.measure(here, dsn, town, step))
        now("feeds")
        parts.append(feeds.measure(here, dsn, town, step))
        now("invoices")
        parts.append(invoices.measure(dsn, town, step))
        uvloop.run(emptied(dsn))
    now("memory and start")
    return [*parts, *idle.measure(here, step)]


def main() -> int:
    """0 when every limit is kept."""
    errors, out = Console(stderr=True), Console()
    columns = (TextColumn("{task.description:<18}"), BarColumn(), TimeElapsedColumn())
    with site() as here:
        settings.use(settings.load(here.environ))
        logs.configure("error")
        with Progress(*columns, console=errors, transient=True) as bar:
            parts = measured(here, bar)
    cores = len(os.sched_getaffinity(0))
    out.print(f"\nMeasured on {cores} cores, client, program and database together.\n")
    return 0 if report.show(parts, out) else 1


if __name__ == "__main__":
    sys.exit(main())
