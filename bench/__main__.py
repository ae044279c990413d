"""`make bench`: measure, print each figure beside its limit, and fail when a limit is missed."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bench import bookings, feeds, hostility, idle, invoices, lists, pages, register, report, search, statements
from bench.site import Site, site
from bench.town import DRAFTS, Town, build, forget_jobs
from training.kernel import db, logs, migrate, settings

PATIENCE = 240  # seconds for the whole
WIDE = 140  # columns of a log
QUIET = 0.15  # of the processors: what others may use before figures are taken with a grain of salt
STEPS = {
    "pages": pages.ROUNDS,
    "bookings": bookings.ROUNDS,
    "feeds": 4,
    "invoices": DRAFTS,
    "statements": statements.STEPS,
    "register": register.STEPS,
    "search": search.STEPS,
    "lists": lists.STEPS,
    "hostility": hostility.STEPS,
    "idle": 3,
}


async def prepared(dsn: str) -> Town:
    """The schema and the town."""
    async with db.connected(dsn):
        await migrate.migrate()
        return await build()


async def emptied(dsn: str) -> None:
    """The queue's backlog gone: a worker that sends a thousand mails is not idle."""
    async with db.connected(dsn):
        await forget_jobs()


def measured(here: Site, subjects: tuple[str, ...], bar: Progress) -> list[report.Part]:
    """Every subject in turn."""
    task = bar.add_task("town", total=1 + sum(STEPS[subject] for subject in subjects))

    def step() -> None:
        bar.advance(task)

    with here.database() as dsn:
        town = uvloop.run(prepared(dsn))
        step()
        measures: dict[str, Callable[[], report.Part]] = {
            "pages": lambda: pages.measure(here, dsn, step),
            "bookings": lambda: bookings.measure(here, dsn, town, step),
            "invoices": lambda: invoices.measure(dsn, town, step),
            "statements": lambda: statements.measure(dsn, town, step),
            "register": lambda: register.measure(dsn, town, step),
            "hostility": lambda: hostility.measure(dsn, town, step),
        }
        parts = []
        for subject, measure in measures.items():
            if subject in subjects:
                bar.update(task, description=subject)
                parts.append(measure())
        if "feeds" in subjects:  # after the others: the town grows
            bar.update(task, description="feeds")
            parts += feeds.measure(here, dsn, town, step)
        if "search" in subjects:
            bar.update(task, description="search")
            parts.append(search.measure(dsn, step))
        if "lists" in subjects:  # last: it takes the bookings away
            bar.update(task, description="lists")
            parts.append(lists.measure(dsn, town, step))
        uvloop.run(emptied(dsn))
    if "idle" in subjects:
        bar.update(task, description="idle")
        parts += idle.measure(here, step)
    return parts


def late(*_: object) -> None:
    """The machine is far too busy, or something hangs: nothing measured now would mean anything."""
    raise TimeoutError(f"the bench did not end within {PATIENCE} s")


def busy(seconds: float = 1.0) -> float:
    """How much of the machine's processors others use at this moment."""

    def used() -> tuple[int, int]:
        times = [int(word) for word in Path("/proc/stat").read_text().partition("\n")[0].split()[1:]]
        return sum(times) - times[3] - times[4], sum(times)  # neither idle nor waiting for a disk (proc(5))

    before = used()
    time.sleep(seconds)
    after = used()
    return (after[0] - before[0]) / max(1, after[1] - before[1])


@click.command()
@click.argument("subjects", nargs=-1, type=click.Choice(list(STEPS)))
def main(subjects: tuple[str, ...]) -> None:
    """Measure everything, or only SUBJECTS. Ends with 1 when a limit is missed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what we started ends with us
    signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    cores, others = len(os.sched_getaffinity(0)), busy()
    columns = (TextColumn("{task.description:<10}"), BarColumn(), TimeElapsedColumn())
    with site() as here:
        settings.use(settings.load(here.environ))
        logs.configure("error")
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            parts = measured(here, subjects or tuple(STEPS), bar)
    out = Console() if sys.stdout.isatty() else Console(width=WIDE)
    out.print(f"\nOn {cores} cores, shared by client, program and database.")
    if others > QUIET:
        out.print(f"The machine had other work before we began ({others:.0%} busy): trust no rate, no ratio too far.")
    out.print()
    sys.exit(0 if report.show(parts, out) else 1)


if __name__ == "__main__":
    main()
