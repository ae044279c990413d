"""A whole database in one file, and back. The file is what keeps a platform; the command line is elsewhere.

The file is an ordinary tar of two members: `database.dump` (pg_dump's custom format, one snapshot; `pg_restore` reads
it without us) and, last, `manifest.json`: format, when, by what, the SHA-256 of the dump and the rows of each table.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

from training.kernel import clock
from training.kernel.i18n import gettext as _
from training.postgresql.client import BackupError, Client, Table, connect, ended, pipe
from training.postgresql.cluster import sync
from training.postgresql.load import load

__all__ = ["BackupError", "Manifest", "backup", "restore", "verify"]

FORMAT = "training-backup-1"
DUMP, MANIFEST = "database.dump", "manifest.json"
CHUNK = 1 << 20

# What stands in the way of a restoration, whichever schema it is in; what belongs to extensions does not.
OCCUPIED = """
select format('%I.%I', n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by 1 limit 1
"""

Progress = Callable[[int, int], None]  # (done, of how much), in bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself. `tables`: "schema.table" → rows."""

    format: str
    created_at: str
    application: str
    server_major: int
    dump_major: int
    size: int
    sha256: str
    tables: dict[str, int]


def _silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


def backup(dsn: str, file: Path, progress: Progress = _silent) -> Manifest:
    """Write the database at `dsn` to `file`, which must not exist: complete and safe on disk, or not at all."""
    if file.exists():
        raise BackupError(_("Le fichier {file} existe déjà : choisissez un autre nom.").format(file=file))
    with _errors():
        client = connect(dsn)
        try:
            handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
        except OSError as error:
            raise BackupError(_("{file} : {error}").format(file=file, error=error.strerror)) from error
        part = Path(name)
        try:
            with open(handle, "wb") as out:
                manifest = _write(client, out, progress)
            _publish(part, file)
        finally:
            part.unlink(missing_ok=True)
    return manifest


def restore(dsn: str, file: Path, progress: Progress = _silent) -> Manifest:
    """Fill the empty database at `dsn` from `file`: everything, verified, in one transaction, or nothing."""
    with _errors(), _opened(file) as (manifest, dump):
        client = connect(dsn, dump_major=manifest.dump_major)
        if occupied := client.query(OCCUPIED):
            raise BackupError(
                _(
                    "La base n’est pas vide ({table}…) : une sauvegarde ne se restaure que dans une base vide. "
                    "Rien n’a été changé."
                ).format(table=occupied[0])
            )
        _check(manifest, dump, lambda done, total: progress(done, total * 2))
        dump.seek(0)
        load(client, dump, manifest.tables, lambda read: progress(manifest.size + read, manifest.size * 2))
    return manifest


def verify(file: Path, progress: Progress = _silent) -> Manifest:
    """Read a backup through and check its sum, without a database."""
    with _errors(), _opened(file) as (manifest, dump):
        _check(manifest, dump, progress)
    return manifest


def _check(manifest: Manifest, dump: IO[bytes], progress: Progress) -> None:
    """Refuse a dump that is not, byte for byte, the one that was made."""
    digest, done = hashlib.sha256(), 0
    while chunk := dump.read(CHUNK):
        digest.update(chunk)
        done += len(chunk)
        progress(done, manifest.size)
    if done != manifest.size or digest.hexdigest() != manifest.sha256:
        raise BackupError(_("La sauvegarde est abîmée ou a été modifiée : sa somme de contrôle est fausse."))


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    """A full disk, a folder that is not writable: a sentence like the others."""
    try:
        yield
    except OSError as error:
        raise BackupError(f"{error.filename or ''} {error.strerror or error}".strip()) from error


def _write(client: Client, out: IO[bytes], progress: Progress) -> Manifest:
    """Write the tar. The dump streams past the digest; its size is known after, so its header is written last."""
    out.write(b"\0" * tarfile.BLOCKSIZE)
    with client.snapshot() as (snapshot, tables):
        size, sha256 = _dump(client, snapshot, tables, out, progress)
    manifest = Manifest(
        format=FORMAT,
        created_at=clock.now().isoformat(timespec="seconds"),
        application=version("training"),
        server_major=client.server,
        dump_major=client.major,
        size=size,
        sha256=sha256,
        tables={table.name: table.rows for table in tables},
    )
    text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False).encode() + b"\n"
    out.write(_padding(size) + _header(MANIFEST, len(text)) + text + _padding(len(text)))
    out.write(b"\0" * tarfile.BLOCKSIZE * 2)  # the end of a tar
    out.seek(0)
    out.write(_header(DUMP, size))
    out.flush()
    os.fsync(out.fileno())
    return manifest


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(clock.now().timestamp())
    return member.tobuf(tarfile.GNU_FORMAT)  # one block whatever the size


def _padding(size: int) -> bytes:
    return b"\0" * (-size % tarfile.BLOCKSIZE)


def _dump(client: Client, snapshot: str, tables: list[Table], out: IO[bytes], progress: Progress) -> tuple[int, str]:
    """pg_dump at that snapshot into `out`; returns its size and its SHA-256."""
    options = ("--format=custom", f"--snapshot={snapshot}", "--no-password", "--verbose")
    digest, size = hashlib.sha256(), 0
    pg_dump = subprocess.Popen(  # noqa: S603
        client.command("pg_dump", *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=client.environment()
    )
    watch = _Watch(pipe(pg_dump.stderr), tables)
    with ended(pg_dump), pipe(pg_dump.stdout) as dump:
        while chunk := dump.read(CHUNK):
            out.write(chunk)
            digest.update(chunk)
            size += len(chunk)
            progress(watch.done(size), watch.total)
        watch.join()
        if pg_dump.wait() != 0:
            raise BackupError(f"pg_dump : {watch.last_words()}")
    progress(watch.total, watch.total)
    return size, digest.hexdigest()


class _Watch(threading.Thread):
    """Reads what pg_dump says of its progress: the tables it begins, each weighing its size in the database."""

    def __init__(self, said: IO[bytes], tables: list[Table]) -> None:
        super().__init__(daemon=True)
        self.sizes = {table.name: table.size for table in tables}
        self.total = sum(self.sizes.values()) or 1
        self.before = self.size = 0  # bytes of the tables that are done; of the one under way
        self.shown = 0
        self.mark: int | None = None  # how much had been written when it began
        self.said, self.lines = said, list[str]()
        self.start()

    def run(self) -> None:
        with self.said:
            for line in self.said:
                text = line.decode(errors="replace").strip()
                self.lines = [*self.lines[-20:], text]
                if begun := re.search(r'dumping contents of table "(.+)"$', text):
                    self.before += self.size
                    self.size, self.mark = self.sizes.get(begun[1], 0), None

    def done(self, written: int) -> int:
        """Bytes done when `written` have come out: a table advances by what it writes, up to its size."""
        if self.mark is None:
            self.mark = written
        self.shown = max(self.shown, min(self.before + min(self.size, written - self.mark), self.total))
        return self.shown  # never less than before, whichever thread was faster

    def last_words(self) -> str:
        """Its complaints; without any, whatever it said last."""
        return "\n".join([line for line in self.lines if "error" in line] or self.lines[-3:])


def _publish(part: Path, file: Path) -> None:
    """Give the finished file its name, unless somebody else took it meanwhile; then make that survive a power cut."""
    try:
        os.link(part, file)
    except FileExistsError:
        raise BackupError(_("Le fichier {file} existe déjà : choisissez un autre nom.").format(file=file)) from None
    except OSError:  # a file system without hard links
        part.rename(file)
    sync(file.parent)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[tuple[Manifest, IO[bytes]]]:
    """A backup's manifest and its dump, ready to read."""
    broken = _("{file} n’est pas une sauvegarde complète : le fichier est tronqué ou d’une autre nature.")
    try:
        archive = tarfile.open(file, "r:")  # noqa: SIM115 - closed below
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(broken.format(file=file)) from error
    with archive:
        try:
            dump, text = archive.extractfile(DUMP), archive.extractfile(MANIFEST)
            told = json.loads(text.read()) if text else {}
            if told.get("format") != FORMAT:
                raise BackupError(
                    _("{file} est une sauvegarde d’un autre format ({format}).").format(
                        file=file, format=told.get("format")
                    )
                )
            manifest = Manifest(**told)
        except (tarfile.TarError, EOFError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise BackupError(broken.format(file=file)) from error
        if dump is None:
            raise BackupError(broken.format(file=file))
        yield manifest, dump
