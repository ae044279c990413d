"""What is made once is made once: eight processes that all come first, on a machine that has nothing yet."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import first_start
from training.cli import demo
from training.postgresql import account as pg_account
from training.postgresql import programs as pg_programs

# A machine of the test's own: /etc is a copy without the account, /var/lib is empty, and only its processes see them.
MACHINE = """
set -eu
folder=$1 account=$2; shift 2
mkdir "$folder/etc" "$folder/lib"
cp -a /etc/. "$folder/etc"
for file in passwd shadow group gshadow; do
    test ! -e "/etc/$file" || sed -i "/^$account:/d" "$folder/etc/$file"
done
mount --bind "$folder/etc" /etc
mount --bind "$folder/lib" /var/lib
exec "$@"
"""
UNSHARE = ["unshare", "--mount", "--propagation", "private"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that only its owner enters: as root, PostgreSQL's account does not."""
    made = Path(tempfile.mkdtemp(prefix="training-test-"))
    yield made
    shutil.rmtree(made)


def start(folder: Path, *command: str | Path) -> dict[str, Any]:
    homes = [folder / "one" / "data", folder / "other" / "data"]
    words = [*command, sys.executable, first_start.__file__, folder, *homes]
    done = subprocess.run(words, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert len(said["found"]) == first_start.EIGHT, done.stderr
    return said


def same_for_all(found: list[dict[str, Any]]) -> None:
    """One key and one cluster for each DATA_DIR, and not the other's."""
    for what in ("secret", "cluster"):
        assert len({(one["home"], one[what]) for one in found}) == len({one[what] for one in found}) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes an account")
def test_eight_first_starts_without_the_account_make_one_account_one_copy_one_cluster(folder: Path) -> None:
    if shutil.which("useradd") is None or subprocess.run([*UNSHARE, "true"], capture_output=True).returncode:
        pytest.skip("needs useradd, and unshare --mount: a machine without the account is made by copying /etc")
    wheel = pg_programs.install().parent
    (folder / "programs").mkdir()
    for place in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        (folder / "programs" / place.name).symlink_to(place)
    said = start(folder, *UNSHARE, "sh", "-c", MACHINE, "machine", folder, pg_account.NAME)
    same_for_all(said["found"])
    assert {one["uid"] for one in said["found"]} == set(said["accounts"])
    assert len(said["accounts"]) == 1
    assert said["copies"] == [pg_programs.release()]


@pytest.mark.skipif(os.geteuid() == 0, reason="root's first start is the test above")
def test_eight_first_starts_make_one_key_and_one_cluster(folder: Path) -> None:
    same_for_all(start(folder)["found"])


@pytest.mark.anyio
async def test_eight_demonstrations_at_once_people_the_database_once(server: str) -> None:
    """Each looks whether the town is there, and makes it if not: what `training demo` does in its turn."""
    towns: list[str] = []

    async def people() -> None:
        async with demo._turn(server):
            if not towns:
                await asyncio.sleep(0.2)
                towns.append("Alençon")

    await asyncio.gather(*(people() for _ in range(first_start.EIGHT)))
    assert towns == ["Alençon"]
