"""What the program weighs when nobody asks anything, and how long it takes to answer for the first time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from bench.report import Figure, Part
from bench.site import Site, migrated, serving, site

REST = 5.0  # seconds before we weigh
PEER_MEMORY, PEER_START = 900.0, 3.2  # MiB, s
LIMIT = 200.0  # MiB


def measure(here: Site, step: Callable[[], None]) -> list[Part]:
    """Nobody else may hold the embedded database: its start and its memory are part of the figures."""
    with serving(here) as server:
        warm = server.started
        step()
        time.sleep(REST)
        parts = [weigh("idle memory", here, server.pid)]
        step()
    with site() as fresh:
        begun = time.perf_counter()
        if fresh.url is not None:
            migrated(fresh)
        with serving(fresh) as server:
            from_nothing = time.perf_counter() - begun
    step()
    made = "initdb, migrations" if here.url is None else "migrations"
    start = Part(
        "Cold start, to the first 200 of /",
        (
            Figure("with its data", warm, "s", "process, database, worker", peer=f"{PEER_START:g} s"),
            Figure("from nothing", from_nothing, "s", f"and {made}"),
        ),
    )
    return [*parts, start]


def weigh(title: str, here: Site, pid: int) -> Part:
    """PSS: what is shared between processes is counted once, by shares."""
    program = sum(map(_pss, _tree(pid)))
    if here.url is not None:
        note = "DATABASE_URL's server is not ours to weigh"
        return Part("Idle memory", (Figure("the program alone", program, "MiB", note, peer=f"{PEER_MEMORY:g} MiB"),))
    postmaster = int((here.home / "pg" / "postmaster.pid").read_text().split()[0])
    processes = _tree(postmaster)
    database = sum(map(_pss, processes))
    return Part(
        "Idle memory",
        (
            Figure("web and worker", program, "MiB", "one process"),
            Figure("PostgreSQL", database, "MiB", f"{len(processes)} processes"),
            Figure(
                "the whole tree", program + database, "MiB", f"PSS, {REST:g} s after the first answer",
                at_most=LIMIT, peer=f"{PEER_MEMORY:g} MiB",
            ),
        ),
    )  # fmt: skip


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(below for child in children for below in _tree(int(child)))]


def _pss(pid: int) -> float:
    """MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
