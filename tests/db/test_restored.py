"""A restored database is a copy, and says so from its first instant; a backup takes the same name every night."""

from __future__ import annotations

import asyncio
import lzma
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from databases import elsewhere
from mail_server import Server, a_mail, listening, use
from training.cli import data, doctor
from training.kernel import db, migrate, settings
from training.kernel.actor import SYSTEM
from training.messages import queries
from training.messages.actions import delivery
from training.postgresql import backup
from training.postgresql.backup import BackupError, Key

pytestmark = pytest.mark.anyio
OLD = Path(__file__).parents[1] / "release" / "v0.1.0.backup.xz"
SECRET = "f" * 64
KEY = Key(settings.fingerprint(SECRET), SECRET)


async def training(dsn: str, data_dir: Path, *words: str | Path) -> str:
    """A command, as a host runs it; what it said."""
    ours = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "training", *map(str, words)],
        env={**ours, "DATABASE_URL": dsn, "DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def installed(data_dir: Path, **environ: str) -> settings.Settings:
    """An installation's settings: its key is made unless one is given."""
    return settings.load({"DATA_DIR": str(data_dir), **environ})


async def test_the_mark_comes_with_the_data_and_a_second_restoration_renews_it(database_dsn, empty_database, tmp_path):
    target, again = await empty_database(), await empty_database()
    await asyncio.to_thread(backup.backup, database_dsn, tmp_path / "b", key=KEY)
    await asyncio.to_thread(backup.restore, target, tmp_path / "b")
    async with elsewhere(target):
        found = await queries.restoration()
        assert found is not None
        assert (found.secret, found.released_at) == (KEY.fingerprint, None)
        async with db.atomic():
            await db.execute("update restoration set released_at = now()")
    await asyncio.to_thread(backup.backup, target, tmp_path / "b2")
    await asyncio.to_thread(backup.restore, again, tmp_path / "b2")
    async with elsewhere(again):
        found = await queries.restoration()
        assert found is not None
        assert (found.secret, found.released_at) == (None, None), "released there, a copy here"


async def test_a_backup_of_the_first_release_is_marked_too_and_stays_so_when_it_is_migrated(empty_database, tmp_path):
    """It knows no such table, and its manifest no key: the mark was lost with the migration that came after."""
    file = tmp_path / "v0.1.0.backup"
    file.write_bytes(lzma.decompress(OLD.read_bytes()))
    target = await empty_database()
    manifest = await asyncio.to_thread(backup.restore, target, file)
    assert (manifest.format, manifest.secret) == ("training-backup-1", None)
    async with elsewhere(target):
        assert await db.value("select count(*) from restoration") == 1
        await migrate.migrate()
        assert await queries.restored() is not None
        assert (await queries.departures()).restored_at is not None


async def test_a_backup_to_the_same_name_works_every_night(database_dsn, tmp_path):
    file = tmp_path / "nightly.backup"
    nights = [await asyncio.to_thread(backup.backup, database_dsn, file, key=key) for key in (None, KEY)]
    assert [night.secret for night in nights] == [None, KEY.fingerprint]
    assert backup.verify(file) == nights[1]
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


async def test_a_night_that_fails_leaves_the_backup_of_the_night_before(database_dsn, tmp_path):
    file = tmp_path / "nightly.backup"
    await asyncio.to_thread(backup.backup, database_dsn, file)
    before = file.read_bytes()

    def full(done: int, total: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(BackupError, match="No space left"):
        await asyncio.to_thread(backup.backup, database_dsn, file, full)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("content", [b"", b"precious", None])
async def test_what_is_no_whole_backup_is_never_replaced(database_dsn, tmp_path, content):
    file = tmp_path / "nightly.backup"
    if content is None:
        await asyncio.to_thread(backup.backup, database_dsn, file)
        content = file.read_bytes()[:-2000]
    file.write_bytes(content)
    with pytest.raises(BackupError, match="n’est pas une sauvegarde"):
        await asyncio.to_thread(backup.backup, database_dsn, file)
    assert file.read_bytes() == content


async def test_a_link_to_the_backup_stays_a_link(database_dsn, tmp_path):
    (tmp_path / "latest").symlink_to(tmp_path / "monday.backup")
    for _night in range(2):
        await asyncio.to_thread(backup.backup, database_dsn, tmp_path / "latest")
    assert (tmp_path / "latest").is_symlink()
    assert backup.verify(tmp_path / "monday.backup").tables


async def test_the_key_that_was_made_comes_back_where_there_is_none(database_dsn, empty_database, tmp_path):
    target = await empty_database()
    here, there = tmp_path / "here", tmp_path / "there"
    await training(database_dsn, here, "db", "backup", tmp_path / "b")
    with tarfile.open(tmp_path / "b") as archive:
        assert archive.getnames() == ["database.dump", "secret_key", "manifest.json"]
    said = await training(target, there, "db", "restore", tmp_path / "b")
    assert "training mail release" in said
    assert (there / "secret_key").read_text() == (here / "secret_key").read_text()
    assert (there / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.fixture
async def backed_up(database_dsn, tmp_path) -> Path:
    """A backup that carries the key of the installation that it is of."""
    await asyncio.to_thread(backup.backup, database_dsn, tmp_path / "b", key=KEY)
    return tmp_path / "b"


async def test_an_embedded_database_that_was_empty_takes_the_key_of_its_backup(backed_up, tmp_path):
    now = installed(tmp_path / "there")
    (said,) = data._key_of(backup.verify(backed_up), backed_up, now, False)
    assert "reprise de la sauvegarde" in said
    assert settings.kept_secret(now.data_dir) == SECRET
    assert (now.data_dir / "secret_key.before").read_text() == now.secret_key
    assert list(data._key_of(backup.verify(backed_up), backed_up, installed(tmp_path / "there"), False)) == []


@pytest.mark.parametrize("given", [{"SECRET_KEY": "other" * 10}, {"DATABASE_URL": "postgresql://db.example.org/t"}])
async def test_a_key_that_signs_something_else_stays_and_the_difference_is_said(backed_up, tmp_path, given):
    now = installed(tmp_path / "there", **given)
    warning, way = data._key_of(backup.verify(backed_up), backed_up, now, False)
    assert "n’est pas celle de la sauvegarde" in warning
    assert f"tar -xOf {backed_up} secret_key" in way
    assert installed(tmp_path / "there", **given).secret_key == now.secret_key


async def test_of_a_given_key_a_backup_has_a_fingerprint_alone(database_dsn, tmp_path):
    given = "given" * 10
    key = Key(settings.fingerprint(given))
    made = await asyncio.to_thread(backup.backup, database_dsn, tmp_path / "b", key=key)
    assert given.encode() not in (tmp_path / "b").read_bytes()
    assert backup.carried_key(tmp_path / "b") is None
    assert made.secret == settings.fingerprint(given)


async def test_doctor_says_what_a_copy_keeps_back_and_that_its_key_differs(database_test):
    now = settings.current()
    assert await doctor._copy(now) == []
    await a_mail()
    sql = "insert into restoration (id, at, secret) values (1, now(), $1)"
    await db.execute(sql, settings.fingerprint("another key"))
    waiting, key = await doctor._copy(now)
    assert (waiting.good, key.good) == (False, False)
    assert "1 courriels attendent" in waiting.words
    assert "SECRET_KEY" in key.words
    await delivery.release(SYSTEM)
    assert [finding.good for finding in await doctor._copy(now)] == [True], "its host lives with the key it has"
    await db.execute("update restoration set secret = $1", settings.fingerprint(now.secret_key))
    assert await doctor._copy(now) == []


async def test_doctor_goes_as_far_as_a_mail_would(monkeypatch):
    """It looked at the address of the server only: a closed port was « par smtp.example.org:587 »."""

    def found(url: str | None) -> tuple[bool, str]:
        use(monkeypatch, smtp_url=url)
        finding = doctor._mail_server(settings.current())
        return finding.good, finding.words

    assert found(None) == (True, "aucun SMTP_URL : les courriels sont gardés, pas envoyés")
    good, words = await asyncio.to_thread(found, "smtp://127.0.0.1:1?starttls=never")
    assert not good
    assert "ne prend pas nos courriels" in words
    assert (await asyncio.to_thread(found, "smtp://name@127.0.0.1:1"))[0] is False
    async with listening(server := Server(), monkeypatch) as url:
        assert (await asyncio.to_thread(found, url))[0] is True
        assert server.taken == []
