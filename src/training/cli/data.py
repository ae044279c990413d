"""`db` and `ledger`: the schema, the backups, the proof."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import uvloop
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from training.billing.queries import ledger as billing
from training.cli import setting_up
from training.kernel import db as database
from training.kernel import migrate as migrations
from training.kernel import settings
from training.kernel.actor import SYSTEM
from training.kernel.settings import Settings
from training.postgresql import backup as backups
from training.records import queries as records
from training.records.actions.backups import note_backup


@click.group()
def db() -> None:
    """La base de données : mettre à jour, sauvegarder, restaurer."""


@db.command()
def migrate() -> None:
    """Mettre le schéma à jour."""
    now = setting_up.read_settings()

    async def work(dsn: str) -> None:
        async with database.connected(dsn, size=2):
            missing = await migrations.missing()
            await migrations.migrate()
            click.echo(f"{len(missing)} migrations faites." if missing else "Rien à faire : la base est à jour.")

    with setting_up.server(now) as dsn:
        try:
            uvloop.run(work(dsn))
        except setting_up.ABSENT as error:
            raise setting_up.no_database(error) from None


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--then",
    "then",
    metavar="COMMANDE",
    help="Ce qui la copie ailleurs ; {} y est le fichier. Le site dit si cela a réussi.",
)
def backup(file: Path, then: str | None) -> None:
    """Sauvegarder toute la base dans FILE, pendant que le site tourne ; une sauvegarde de ce nom est remplacée."""
    now = setting_up.read_settings()
    own = now.secret_key if settings.keeps_its_secret(now) else None
    key = backups.Key(settings.fingerprint(now.secret_key), own)
    with setting_up.server(now) as dsn, _progress("Sauvegarde") as report:
        try:
            backups.backup(dsn, file, report, key)
        except backups.BackupError as error:
            raise click.ClickException(str(error)) from None
        with file.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").digest()
        size = file.stat().st_size
        grouped = f"{size:_}".replace("_", "\u202f")
        click.echo(f"{file} : {grouped} octets, SHA-256 {digest.hex()}")
        copied = then is not None and _copied(then, file)
        uvloop.run(_noted(dsn, size, digest, copied=copied))
    if then is not None and not copied:
        raise click.ClickException("La sauvegarde est faite, mais sa copie ailleurs a échoué.")


def _copied(command: str, file: Path) -> bool:
    """Run what copies it elsewhere: words, no shell. False: it failed, and said why itself."""
    words = [word.replace("{}", str(file)) for word in shlex.split(command)]
    try:
        return subprocess.run(words, check=False).returncode == 0  # noqa: S603 - the host's own command
    except OSError as error:
        click.echo(f"{words[0] if words else command} : {error}", err=True)
        return False


async def _noted(dsn: str, size: int, digest: bytes, *, copied: bool) -> None:
    async with database.connected(dsn, size=2):
        if not await migrations.missing():  # a database of before cannot be told; its backup is good all the same
            await note_backup(SYSTEM, size, digest, copied=copied)


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """Restaurer FILE dans une base vide."""
    keyless = not settings.secret_file().exists()  # reading the settings makes a key
    now = setting_up.read_settings()
    with setting_up.server(now) as dsn, _progress("Restauration") as report:
        try:
            manifest = backups.restore(dsn, file, report)
        except backups.BackupError as error:
            raise click.ClickException(str(error)) from None
    click.echo("Restauré. Si le logiciel est plus récent que la sauvegarde : `training db migrate`.")
    click.echo("Seuls les courriels de connexion partent, jusqu’à `training mail release`.")
    for line in _key_of(manifest, file, now, keyless):
        click.echo(line)


def _key_of(manifest: backups.Manifest, file: Path, now: Settings, keyless: bool) -> Iterator[str]:
    """Bring the key back that signed what was mailed, if nothing here was signed by another; or say that it differs."""
    if manifest.secret is None:
        yield "La sauvegarde ne dit pas quelle clé signait ses liens : elle est d’une version plus ancienne."
        return
    if manifest.secret == settings.fingerprint(now.secret_key):
        return
    carried = backups.carried_key(file)
    # the embedded database was empty: what DATA_DIR's key signed, if anything, is gone with what it was about
    unused = keyless or now.database_url is None
    if carried is not None and unused and settings.keeps_its_secret(now):
        settings.replace_kept_secret(now.data_dir, carried)
        yield f"La clé qui signait les liens est reprise de la sauvegarde : {settings.secret_file(now.data_dir)}"
        return
    yield "ATTENTION : la clé (SECRET_KEY) n’est pas celle de la sauvegarde ; les liens déjà envoyés ne s’ouvrent plus."
    if carried is not None:
        yield f"Celle de la sauvegarde : tar -xOf {shlex.quote(str(file))} {backups.KEY}"
    else:
        yield "Remettez celle d’avant dans SECRET_KEY, si vous l’avez gardée."


@click.group()
def ledger() -> None:
    """Le registre des documents émis."""


@ledger.command()
def verify() -> None:
    """Recalculer toute la chaîne ; nommer le premier maillon rompu."""

    async def work() -> tuple[list[records.Verified], str | None]:
        return await records.verify(), await billing.disagreement()

    found, stray = setting_up.run(work)
    for series in found:
        state = "intacte" if series.broken is None else f"ROMPUE à {series.broken}"
        gone = f", {series.tombstones} fichiers effacés après leur terme" if series.tombstones else ""
        click.echo(f"{series.key} : {series.documents} documents, chaîne {state}{gone}")
    if not found:
        click.echo("Aucun document émis.")
    if stray:
        click.echo(f"{stray} : la facture et le registre ne disent PAS la même chose.")
    if stray or any(series.broken for series in found):
        raise SystemExit(1)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield report
