"""A backup holds everything, refuses to be altered, and fills only an empty database."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from training.postgresql import account as pg_account
from training.postgresql import backup, embedded
from training.postgresql import client as pg_client
from training.postgresql import programs as pg_programs
from training.postgresql.backup import BackupError

FAST = {"fsync": "off"}
# What our own schema leans on: extensions, an immutable function over one, an exclusion, a trigger that refuses.
SCHEMA = """
create extension btree_gist; create extension unaccent; create extension pg_trgm;
create function fold(text) returns text language sql immutable parallel safe strict
    return lower(public.unaccent('public.unaccent'::regdictionary, $1));
create table person (id bigint generated always as identity primary key, name text not null);
create index person_fold on person (fold(name));
create table file (id int primary key, bytes bytea not null, sum bytea generated always as (sha256(bytes)) stored);
create table "Odd ""name%" (note text);
create table booking (room int, during tstzrange, exclude using gist (room with =, during with &&));
create table frozen (entry text);
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'frozen'; end $$;
create trigger frozen_refuse before update or delete on frozen for each row execute function refuse();
comment on table frozen is 'issued is frozen';
insert into person (name) select 'Écart ' || i from generate_series(1, 500) i;
insert into file select i, decode(repeat(md5(i::text), 20000), 'hex') from generate_series(1, 8) i;
insert into booking values (1, '[2030-01-01, 2030-01-02)');
insert into frozen values ('SET transaction_timeout = 0;'), ('\\.');
"""
WHOLE = """
select (select count(*) from person), (select string_agg(encode(sum, 'hex'), ',' order by id) from file),
    (select string_agg(entry, '|') from frozen), (select string_agg(extname, ',' order by extname) from pg_extension),
    obj_description('frozen'::regclass), (select fold(name) from person where fold(name) = 'ecart 7')
"""


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="training-test-"))
    folder.chmod(0o755)
    with embedded.running(folder / "data", settings=FAST) as address:
        yield address
    shutil.rmtree(folder)


_numbers = itertools.count()


@pytest.fixture
def database(dsn: str) -> Callable[[], str]:
    """Makes empty databases."""
    return lambda: new_database(dsn)


def new_database(dsn: str) -> str:
    name = f"test_{next(_numbers)}"
    ask(dsn, f"create database {name} template template0")
    return dsn.replace("@/training", f"@/{name}")


@pytest.fixture(scope="module")
def full(dsn: str) -> str:
    """A database with something of everything in it."""
    address = new_database(dsn)
    ask(address, SCHEMA)
    return address


@pytest.fixture(scope="module")
def file(full: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "it's all of it.backup"
    backup.backup(full, path)
    return path


def ask(dsn: str, sql: str) -> list[str]:
    return pg_client.connect(dsn).query(sql)


def test_everything_comes_back(full: str, file: Path, database: Callable[[], str]) -> None:
    empty = database()
    manifest = backup.restore(empty, file)
    assert ask(empty, WHOLE) == ask(full, WHOLE)
    assert manifest.tables == {
        "public.person": 500,
        "public.file": 8,
        'public.Odd "name%': 0,
        "public.booking": 1,
        "public.frozen": 2,
    }
    assert manifest.server_major == manifest.dump_major == embedded.MAJOR
    with pytest.raises(BackupError, match="frozen"):
        ask(empty, "delete from frozen")
    with pytest.raises(BackupError, match="booking_room_during_excl"):
        ask(empty, "insert into booking values (1, '[2030-01-01, 2030-01-02)')")
    ask(empty, "insert into person (name) values ('the sequence goes on')")


def test_progress_rises_to_its_total(full: str, database: Callable[[], str], tmp_path: Path) -> None:
    works: list[Callable[[backup.Progress], object]] = [
        lambda watch: backup.backup(full, tmp_path / "b", watch),
        lambda watch: backup.restore(database(), tmp_path / "b", watch),
        lambda watch: backup.verify(tmp_path / "b", watch),
    ]
    for work in works:
        seen: list[tuple[int, int]] = []
        work(lambda *now: seen.append(now))  # noqa: B023 - called within this turn
        assert [done for done, _ in seen] == sorted(done for done, _ in seen)
        assert len({total for _, total in seen}) == 1
        assert seen[-1][0] == seen[-1][1] > 0


def test_the_file_is_an_ordinary_tar_that_only_its_owner_reads(file: Path) -> None:
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["database.dump", "manifest.json"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name]


def test_a_file_that_exists_is_not_overwritten(full: str, tmp_path: Path) -> None:
    path = tmp_path / "last year.backup"
    path.write_bytes(b"precious")
    with pytest.raises(BackupError, match="existe déjà"):
        backup.backup(full, path)
    assert path.read_bytes() == b"precious"


def test_nor_is_one_that_appears_meanwhile(full: str, tmp_path: Path) -> None:
    path = tmp_path / "b"
    with pytest.raises(BackupError, match="existe déjà"):
        backup.backup(full, path, lambda done, total: path.write_bytes(b"precious"))  # type: ignore[arg-type]
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_a_backup_that_fails_leaves_no_file(full: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="nowhere"):
        backup.backup(full, tmp_path / "nowhere" / "b")
    with pytest.raises(BackupError, match="does not exist"):
        backup.backup(full.replace("@/test", "@/no_test"), tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_one_instant_is_saved_while_others_write(database: Callable[[], str], tmp_path: Path) -> None:
    busy = database()
    ask(busy, "create table a as select 0 as n; create table b as select 0 as n")
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            ask(busy, "begin; insert into a values (1); insert into b values (1); commit")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        tables = backup.backup(busy, tmp_path / "b").tables
    finally:
        stop.set()
        writer.join()
    assert tables["public.a"] == tables["public.b"]
    backup.restore(database(), tmp_path / "b")  # which counts the rows again


@pytest.mark.parametrize("cut", [0, 100, 512, 5000, -1500, -11_000])
def test_a_truncated_file_is_refused(file: Path, database: Callable[[], str], tmp_path: Path, cut: int) -> None:
    short = tmp_path / "short.backup"
    short.write_bytes(file.read_bytes()[:cut])
    empty = database()
    with pytest.raises(BackupError, match="tronqué"):
        backup.restore(empty, short)
    assert ask(empty, "select count(*) from pg_class where relnamespace = 'public'::regnamespace") == ["0"]


def test_an_altered_file_is_refused(file: Path, database: Callable[[], str], tmp_path: Path) -> None:
    altered = tmp_path / "altered.backup"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    empty = database()
    with pytest.raises(BackupError, match="somme de contrôle"):
        backup.restore(empty, altered)
    assert ask(empty, "select count(*) from pg_class where relnamespace = 'public'::regnamespace") == ["0"]


def test_something_else_is_refused(database: Callable[[], str], tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Bonjour")
    with pytest.raises(BackupError, match="d’une autre nature"):
        backup.restore(database(), tmp_path / "letter")
    with pytest.raises(BackupError, match="No such file"):
        backup.restore(database(), tmp_path / "nothing")


def test_a_database_that_is_not_empty_is_refused(full: str, file: Path) -> None:
    before = ask(full, WHOLE)
    with pytest.raises(BackupError, match="n’est pas vide"):
        backup.restore(full, file)
    assert ask(full, WHOLE) == before


def test_a_restoration_that_fails_leaves_the_database_empty(
    file: Path, database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = database()
    read = backup._opened

    @contextlib.contextmanager
    def wrong(path: Path) -> Iterator[object]:
        with read(path) as (manifest, dump):
            yield dataclasses.replace(manifest, tables={"public.person": 499}), dump

    monkeypatch.setattr(backup, "_opened", wrong)
    with pytest.raises(BackupError, match="rows differ"):
        backup.restore(empty, file)
    assert ask(empty, "select count(*) from pg_class where relnamespace = 'public'::regnamespace") == ["0"]


def test_a_restoration_that_is_killed_leaves_the_database_empty(file: Path, database: Callable[[], str]) -> None:
    empty = database()
    killed = (
        "import os, signal, sys; from pathlib import Path; from training.postgresql import backup\n"
        "watch = lambda done, total: done > total * 0.6 and os.kill(os.getpid(), signal.SIGKILL)\n"
        "backup.restore(sys.argv[1], Path(sys.argv[2]), watch)"
    )
    assert subprocess.run([sys.executable, "-c", killed, empty, file], timeout=60).returncode == -9
    sessions = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    while ask(empty, sessions) != ["0"]:
        pass
    assert ask(empty, "select count(*) from pg_class where relnamespace = 'public'::regnamespace") == ["0"]


def test_the_password_is_not_shown_to_other_processes() -> None:
    uri, password, local = pg_client._address("postgresql://me:s%40crèt@db.example.org:5433/training?sslmode=require")
    assert (password, local) == ("s@crèt", False)
    assert uri == "postgresql://me@db.example.org:5433/training?sslmode=require"
    uri, password, local = pg_client._address("postgresql://training@/training?host=%2Frun%2Fpg&port=5432")
    assert (uri, password, local) == ("postgresql://training@/training?host=%2Frun%2Fpg&port=5432", "", True)


def test_a_client_that_cannot_encrypt_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pg_programs, "on_this_machine", lambda program: [])
    with pytest.raises(BackupError, match="apt-get install postgresql-client"):
        pg_client.connect("postgresql://me@127.0.0.1:1/training?sslmode=require")


# An ordinary PostgreSQL 15, reached by name and password as somebody who is not its superuser


@pytest.fixture(scope="module")
def ordinary() -> Iterator[Callable[[], str]]:
    """Makes empty databases on a PostgreSQL 15 that listens on the loopback."""
    folder = next((folder for major, folder in pg_programs.on_this_machine("initdb") if major == 15), None)
    if folder is None:
        pytest.skip("PostgreSQL 15 is not on this machine: apt-get install postgresql-15")
    home = Path(tempfile.mkdtemp(prefix="training-test-"))
    home.chmod(0o755)
    data, who = home / "pg", pg_account.account()
    data.mkdir(mode=0o700)
    if who is not None:
        os.chown(data, who.pw_uid, who.pw_gid)
    initdb: list[str | Path] = [
        folder / "initdb",
        "-D",
        data,
        "-U",
        "admin",
        "--auth-local=trust",
        "--auth-host=scram-sha-256",
    ]
    pg_programs.run([*initdb, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"], account=who)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pg_ctl: list[str | Path] = [folder / "pg_ctl", "-D", data, "-w", "-t", "60"]
    options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={data} -c fsync=off -p {port}"
    pg_programs.run([*pg_ctl, "-l", data / "log", "-o", options, "start"], account=who)
    admin = f"postgresql://admin@/postgres?host={data}&port={port}"

    def make() -> str:
        name = f"test_{next(_numbers)}"
        ask(admin, f"create database {name} owner app")
        return f"postgresql://app:p%40ss%20word@127.0.0.1:{port}/{name}"

    try:
        ask(admin, "create role app login password 'p@ss word'")
        yield make
    finally:
        pg_programs.run([*pg_ctl, "-m", "fast", "stop"], account=who)
        shutil.rmtree(home)


def test_an_ordinary_postgresql_is_saved_and_restored(
    ordinary: Callable[[], str], database: Callable[[], str], tmp_path: Path
) -> None:
    source, same, embedded_one = ordinary(), ordinary(), database()
    ask(source, SCHEMA)
    assert backup.backup(source, tmp_path / "b").server_major == 15
    for target in (same, embedded_one):
        backup.restore(target, tmp_path / "b")
        assert ask(target, WHOLE) == ask(source, WHOLE)


def test_the_embedded_database_moves_to_an_ordinary_one(full: str, file: Path, ordinary: Callable[[], str]) -> None:
    target = ordinary()
    backup.restore(target, file)
    assert ask(target, WHOLE) == ask(full, WHOLE)


def test_a_program_that_is_too_old_is_not_used(
    ordinary: Callable[[], str], full: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder,) = {
        folder for major, folder in pg_programs.on_this_machine("pg_dump") if major == 15 and "usr/lib" in str(folder)
    }
    monkeypatch.setattr(pg_programs, "install", lambda: folder.parent)
    monkeypatch.setattr(pg_programs, "MAJOR", 15)
    monkeypatch.setattr(pg_programs, "on_this_machine", lambda program: [])
    assert pg_client.connect(ordinary()).major == 15
    with pytest.raises(BackupError, match="PostgreSQL 15 est trop ancien : il faut 18"):
        pg_client.connect(full)
