"""A dump into an empty database: one transaction, rows counted, all or nothing. It knows no files."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from training.postgresql.client import PSQL, BackupError, Client, ended, pipe

CHUNK = 1 << 20
# Whoever restores owns what is restored; roles, rights and tablespaces are the machine's, not the platform's.
OPTIONS = ("--file=-", "--no-owner", "--no-privileges", "--no-tablespaces")
HEADER_ENDS = b"SELECT pg_catalog.set_config("
TOO_NEW = {b"SET transaction_timeout": 17}  # pg_restore writes it for every server, older ones refuse it


def load(
    client: Client, dump: IO[bytes], tables: Mapping[str, int], progress: Callable[[int], None], also: str = ""
) -> None:
    """Restore `dump`, then verify that each table has the rows it had; `progress` hears the bytes read.

    `also` is SQL that is committed with it.
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as complaints:
        contents = Path(folder, "contents")
        contents.write_text(_contents(client, dump), "utf-8")
        psql = subprocess.Popen(  # noqa: S603
            client.command("psql", *PSQL),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            env=client.environment(),
        )
        with ended(psql):
            with contextlib.suppress(BrokenPipeError), pipe(psql.stdin) as script:  # when psql stops, it says why
                script.write(b"begin;\n")
                _write_script(client, dump, contents, script, progress)
                script.write("".join(_checks(tables)).encode() + also.encode())
                # Only here: whatever stops us before, the end of its input makes psql leave, and the server roll back.
                script.write(b"commit;\nanalyze;\n")
            if psql.wait() != 0:
                complaints.seek(0)
                raise BackupError(f"psql : {complaints.read().strip()[-2000:]}")


def _contents(client: Client, dump: IO[bytes]) -> str:
    """The dump's list of contents, less the comments on extensions: only who made an extension may comment on it."""
    with _pg_restore(client, dump, "--list") as out:
        lines = out.read().decode().splitlines(keepends=True)
    dump.seek(0)
    return "".join(line for line in lines if " COMMENT - EXTENSION " not in line)


def _write_script(
    client: Client, dump: IO[bytes], contents: Path, script: IO[bytes], progress: Callable[[int], None]
) -> None:
    """Turn the dump into SQL and pass it on."""
    with _pg_restore(client, dump, *OPTIONS, f"--use-list={contents}", progress=progress) as sql:
        for line in sql:
            if not any(line.startswith(word) and client.server < since for word, since in TOO_NEW.items()):
                script.write(line)
            if line.startswith(HEADER_ENDS):
                break
        shutil.copyfileobj(sql, script, CHUNK)


def _checks(tables: Mapping[str, int]) -> Iterator[str]:
    """SQL that fails unless each table has its rows."""
    for name, rows in tables.items():
        schema, _dot, table = name.partition(".")
        quoted = ".".join('"' + part.replace('"', '""') + '"' for part in (schema, table))
        message = f"{quoted}: rows differ from the backup's {rows}".replace("'", "''").replace("%", "%%")
        count = f"(select count(*) from {quoted})"
        yield f"do $check$ begin if {count} <> {rows} then raise exception '{message}'; end if; end $check$;\n"


@contextlib.contextmanager
def _pg_restore(
    client: Client, dump: IO[bytes], *options: str, progress: Callable[[int], None] = lambda read: None
) -> Iterator[IO[bytes]]:
    """pg_restore without a database: the dump goes in (by a thread), what it makes of it comes out."""
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(  # noqa: S603
            [client.folder / "pg_restore", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=client.environment(),
        )
        feeder = threading.Thread(target=_feed, args=(dump, pipe(process.stdin), progress), daemon=True)
        feeder.start()
        with ended(process):
            with pipe(process.stdout) as out:
                yield out
            feeder.join()
            if process.wait() != 0:
                complaints.seek(0)
                raise BackupError(f"pg_restore : {complaints.read().strip()[-2000:]}")


def _feed(dump: IO[bytes], into: IO[bytes], progress: Callable[[int], None]) -> None:
    read = 0
    with contextlib.suppress(BrokenPipeError), into:  # --list does not read to the end
        while chunk := dump.read(CHUNK):
            into.write(chunk)
            read += len(chunk)
            progress(read)
