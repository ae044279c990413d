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
CUT = 60.0  # seconds at most for the faces of pages and papers


def measure(here: Site, step: Callable[[], None]) -> list[Part]:
    """Nobody else may hold the embedded database: its start and its memory are part of the figures."""
    with serving(here) as server:
        warm = server.started
        step()
        time.sleep(REST)
        _wait_for_faces(here, server.pid)
        parts = [weigh(here, server.pid)]
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


def _wait_for_faces(here: Site, pid: int) -> None:
    """They are cut once an installation, by a child (`kernel.faces`): on a busy machine it is not done yet."""
    for _second in range(int(CUT)):
        if len(_program(here, pid)) == 1:
            return
        time.sleep(1)


def _program(here: Site, pid: int) -> set[int]:
    """Its processes, without the embedded server's: that is a child of whoever started it."""
    return _tree(pid) - _database(here)


def _database(here: Site) -> set[int]:
    return set() if here.url is not None else _tree(_postmaster(here))


def weigh(here: Site, pid: int) -> Part:
    """PSS: what is shared between processes is counted once, by shares."""
    peer = f"{PEER_MEMORY:g} MiB"
    database, program = _database(here), _program(here, pid)
    ours, theirs = sum(map(_pss, program)), sum(map(_pss, database))
    if here.url is not None:
        alone = Figure("the program alone", ours, "MiB", "DATABASE_URL’s server is not ours to weigh")
        return Part("Idle memory", (alone,))
    note = f"PSS, {REST:g} s after the first answer, its faces cut"
    return Part(
        "Idle memory",
        (
            Figure("web and worker", ours, "MiB", f"{len(program)} process"),
            Figure("PostgreSQL", theirs, "MiB", f"{len(database)} processes"),
            Figure("the whole tree", ours + theirs, "MiB", note, at_most=LIMIT, peer=peer),
        ),
    )


def _postmaster(here: Site) -> int:
    return int((here.home / "pg" / "postmaster.pid").read_text().split()[0])


def _tree(pid: int) -> set[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {pid}.union(*(_tree(int(child)) for child in children))


def _pss(pid: int) -> float:
    """MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
