"""Whoever serves for months sees the embedded server killed, and has it back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from databases import elsewhere
from training.kernel import db
from training.postgresql import embedded

pytestmark = pytest.mark.anyio


@pytest.fixture
def home() -> Iterator[Path]:
    """A DATA_DIR that other accounts may enter: as root, tmp_path is not."""
    folder = Path(tempfile.mkdtemp(prefix="training-test-"))
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder)


def server(home: Path) -> int:
    """The process whose it is; 0 while none has said so."""
    with contextlib.suppress(FileNotFoundError):
        return int((home / "pg" / "postmaster.pid").read_text().split()[0])
    return 0


async def test_a_killed_server_comes_back_while_it_is_used_and_so_does_the_pool(home, monkeypatch):
    """It stayed dead as long as `serve` lived: every page was a 503 until somebody started it again."""
    monkeypatch.setattr(embedded, "LOOK", 0.1)
    with embedded.running(home, settings={"fsync": "off"}, watched=True) as dsn:
        async with elsewhere(dsn, size=2):
            async with db.atomic():
                await db.execute("create table kept as select 42 as answer")
            killed = server(home)
            os.kill(killed, signal.SIGKILL)
            async with asyncio.timeout(30):
                # what was connected may answer a moment longer than the process that was killed
                while server(home) == killed or await answer() != 42:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)
    await asyncio.sleep(0.3)
    assert not (home / "pg" / "postmaster.pid").exists(), "once it is stopped, nothing starts it again"


async def answer() -> object:
    with contextlib.suppress(*db.UNAVAILABLE, asyncpg.PostgresError):
        return await db.value("select answer from kept")
    return None
