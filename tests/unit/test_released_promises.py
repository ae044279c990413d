"""What release 0.1.0 promised to those who run it: its migrations stay as they are, its queued jobs are still known."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from training import migrations
from training.kernel.outbox import DISPATCH, Fact
from training.reactions import BY_NAME, REACTIONS

KEPT = Path(__file__).parents[1] / "release"
MIGRATIONS = Path(migrations.__file__).parent


def test_a_released_migration_never_changes() -> None:
    """Databases have run it as it was: one that is made anew must become the same."""
    for line in (KEPT / "v0.1.0.sha256").read_text().splitlines():
        digest, name = line.split()
        file = MIGRATIONS / name
        assert file.exists(), f"{name} was released with 0.1.0 and is gone: bring it back as it was"
        assert hashlib.sha256(file.read_bytes()).hexdigest() == digest, (
            f"{name} was released with 0.1.0 and has changed: undo that, and write what you need as a new migration, "
            "with the next number"
        )


def test_reactions_keep_the_names_that_wait_in_queues() -> None:
    jobs = [json.loads(line) for line in (KEPT / "v0.1.0.jobs").read_text().splitlines()]
    names = {job["entrypoint"] for job in jobs} - {DISPATCH}
    facts = {Fact.from_bytes(job["payload"].encode()).name for job in jobs}
    lost = sorted(names - set(BY_NAME)) + sorted(facts - set(REACTIONS))
    assert not lost, (
        f"{lost}: queues of 0.1.0 hold jobs of this name, and nobody would run them. A function may move; its written "
        "name in reactions.py stays"
    )
