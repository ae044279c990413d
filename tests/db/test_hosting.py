"""What the host does and hands on: backups that are copied elsewhere and said to be, the letter to the next host."""

from __future__ import annotations

import shlex
import sys
from datetime import timedelta

import pytest

import makers
from commands import training
from databases import elsewhere
from mail_server import use
from office_makers import staff
from training.cli import doctor, letter
from training.directory.actions.platform import set_platform
from training.identity.rules import Role
from training.kernel import clock, settings
from training.kernel.actor import SYSTEM
from training.records import queries as records
from training.records.actions.backups import note_backup

pytestmark = pytest.mark.anyio
COPY = f"{shlex.quote(sys.executable)} -c 'import shutil, sys; shutil.copy(sys.argv[1], sys.argv[1] + str(1))' {{}}"


@pytest.mark.commits
async def test_a_backup_is_copied_elsewhere_and_the_site_knows(database_test, database_dsn, tmp_path):
    file = tmp_path / "nuit.backup"
    done = await training(database_dsn, tmp_path, "db", "backup", str(file), "--then", COPY)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "nuit.backup1").read_bytes() == file.read_bytes()
    async with elsewhere(database_dsn):
        last = await records.last_backup()
    assert last is not None
    assert last.copied
    assert clock.now() - last.taken_at < timedelta(minutes=5)


@pytest.mark.commits
@pytest.mark.parametrize("command", [f"{shlex.quote(sys.executable)} -c 'raise SystemExit(3)'", "rien-de-tel {}"])
async def test_a_copy_that_fails_is_said_and_the_backup_stands(database_test, database_dsn, tmp_path, command):
    file = tmp_path / "nuit.backup"
    done = await training(database_dsn, tmp_path, "db", "backup", str(file), "--then", command)
    assert done.returncode == 1
    assert "sa copie ailleurs a échoué" in done.stderr
    assert file.exists()
    async with elsewhere(database_dsn):
        last = await records.last_backup()
    assert last is not None
    assert not last.copied


async def test_the_home_says_how_old_the_last_backup_is(client, monkeypatch):
    with clock.frozen(makers.NOON):
        await makers.make_platform()
        await staff(client)
        assert "Aucune sauvegarde n’est connue" in makers.text_of((await client.get("/gestion")).text)
        await note_backup(SYSTEM, 12, bytes(32), copied=True)
        assert "copiée ailleurs" in makers.text_of((await client.get("/gestion")).text)
    use(monkeypatch, base_url="https://formations.example.org")
    for hours, late in ((49, False), (51, True)):
        with clock.frozen(makers.NOON + timedelta(hours=hours)):
            finding = await doctor._backup(settings.current())
            assert finding.good is not late


async def test_who_does_not_run_the_platform_is_not_troubled(client):
    await makers.make_platform()
    await staff(client, Role.ADVISER)
    assert "sauvegarde" not in makers.text_of((await client.get("/gestion")).text)


async def test_the_letter_says_where_things_are_and_no_secret(database_test, tmp_path):
    await makers.make_platform()
    await makers.make_staff()
    await set_platform(SYSTEM, {"name": "Centre social d’Essai"})
    await note_backup(SYSTEM, 12, bytes(32), copied=False)
    now = settings.load(
        {
            "DATA_DIR": str(tmp_path),
            "BASE_URL": "https://formations.example.org",
            "SECRET_KEY": "s3cret" * 8,
            "DATABASE_URL": "postgresql://training:m0tdepasse@db.example.org/training",
            "SMTP_URL": "smtp://facteur:tim8re@mail.example.org:587",
        }
    )
    words = letter.written(now, await letter._installed())
    for said in ("Centre social d’Essai", "https://formations.example.org", "mail.example.org, comme facteur",
                 "db.example.org, base training", "equipe@example.org", "sur cette machine seulement"):  # fmt: skip
        assert said in words
    for secret in ("s3cret", "m0tdepasse", "tim8re"):
        assert secret not in words
