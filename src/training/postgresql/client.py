"""psql, pg_dump and pg_restore against one database: which ones of this machine, and how they are called.

A program of PostgreSQL N dumps servers up to N. The wheel's are new but speak no TLS; the machine's own may be older.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, AnyStr
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from training.kernel.i18n import gettext as _
from training.postgresql import programs

PSQL = ("--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1")
LOCAL = ("", "localhost", "127.0.0.1", "::1")
NO_TLS = "SSL support is not compiled in"  # what the wheel's programs answer to sslmode=require
END = "-- end of answer --"

# Ordinary tables and their rows, as seen by one snapshot; those of extensions are the extensions' business.
COUNT = """
select format('select json_build_array(%L, (select count(*) from %I.%I), pg_table_size(%L::regclass))',
    n.nspname || '.' || c.relname, n.nspname, c.relname, format('%I.%I', n.nspname, c.relname))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname, c.relname \\gexec
"""


class BackupError(RuntimeError):
    """A backup or a restoration that was refused or failed; the message is a whole sentence."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a snapshot shows it: `name` is "schema.table", `size` its bytes on the server's disk."""

    name: str
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class Client:
    """Programs of major version `major` in `folder`, and the server (major version `server`) they speak to."""

    folder: Path
    major: int
    uri: str
    password: str
    server: int = 0

    def command(self, program: str, *options: str) -> list[str]:
        """The words that run `program` on the database."""
        return [str(self.folder / program), *options, f"--dbname={self.uri}"]

    def environment(self) -> dict[str, str]:
        """The password travels here: a process's arguments are public on its machine."""
        return programs.client_environment() | ({"PGPASSWORD": self.password} if self.password else {})

    def query(self, sql: str) -> list[str]:
        """The lines that psql answers."""
        words = self.command("psql", *PSQL, f"--command={sql}")
        return programs.run(words, environment=self.environment(), failure=BackupError).splitlines()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[tuple[str, list[Table]]]:
        """One instant of the database: its name for `pg_dump --snapshot`, and the rows of each table at it."""
        with tempfile.TemporaryFile("w+") as errors:
            psql = subprocess.Popen(  # noqa: S603
                self.command("psql", *PSQL),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=self.environment(),
                text=True,
            )
            typing, answering = pipe(psql.stdin), pipe(psql.stdout)
            try:
                with contextlib.suppress(BrokenPipeError):  # it says why on `errors`
                    begin = "begin isolation level repeatable read read only;\nselect pg_export_snapshot();"
                    typing.write(f"{begin}\n{COUNT}\n\\echo '{END}'\n")
                    typing.flush()
                answer = []
                while (line := answering.readline().rstrip("\n")) != END:
                    if not line:  # the end of its output: it failed
                        psql.wait(30)
                        errors.seek(0)
                        raise BackupError(f"psql : {errors.read().strip()[-2000:]}")
                    answer.append(line)
                yield answer[0], [Table(*json.loads(line)) for line in answer[1:]]
            finally:
                with contextlib.suppress(BrokenPipeError):
                    typing.close()  # it leaves, and its transaction ends
                answering.close()
                psql.wait(30)


def pipe(end: IO[AnyStr] | None) -> IO[AnyStr]:
    """A process's pipe that was asked for; typeshed does not know that it is there."""
    if end is None:
        raise ValueError("not a pipe")
    return end


@contextlib.contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever happens meanwhile, the process is gone afterwards."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def connect(dsn: str, dump_major: int | None = None) -> Client:
    """The programs to use with the database at `dsn`: to dump it, or to restore a dump that `dump_major` wrote."""
    uri, password, local = _address(dsn)
    refusals: list[str] = []
    for major, folder in _candidates(local):
        try:
            client = _reached(Client(folder, major, uri, password))
        except BackupError as error:
            if NO_TLS not in str(error):
                raise  # the address, the password, the network: another program would not do better
            refusals.append(_("le client fourni avec l’application ne chiffre pas ses connexions"))
            continue
        needed = client.server if dump_major is None else dump_major
        if major < needed:
            refusals.append(
                _("PostgreSQL {major} est trop ancien : il faut {needed}").format(major=major, needed=needed)
            )
        elif folder == _wheel() and not local and _encrypts(client):
            refusals.append(_("le client fourni avec l’application ne chiffre pas ses connexions"))
        else:
            return client
    raise BackupError(
        _(
            "Aucun client PostgreSQL de cette machine ne convient ({refusals}). "
            "Installez-en un récent, par exemple : apt-get install postgresql-client"
        ).format(refusals=" ; ".join(dict.fromkeys(refusals)))
    )


def _wheel() -> Path:
    return programs.install() / "bin"


def _candidates(local: bool) -> Iterator[tuple[int, Path]]:
    """Over a network the machine's programs come first: they encrypt. At home the wheel's: they are new enough."""
    if local:
        yield programs.MAJOR, _wheel()
    yield from programs.on_this_machine("pg_dump")
    if not local:
        yield programs.MAJOR, _wheel()


def _reached(client: Client) -> Client:
    number = client.query("select current_setting('server_version_num')")[0]
    return replace(client, server=int(number) // 10_000)


def _encrypts(client: Client) -> bool:
    """Whether the server offers TLS: then a copy of everything does not cross the network without it."""
    return client.query("select current_setting('ssl')") == ["on"] and "sslmode=disable" not in client.uri


def _address(dsn: str) -> tuple[str, str, bool]:
    """A DSN without its password, the password, and whether the server is on this machine."""
    parts = urlsplit(dsn)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    password = options.pop("password", "")
    who, at, where = parts.netloc.rpartition("@")
    user, colon, secret = who.partition(":")
    if colon:
        password = unquote(secret)
    hosts = [host for host in [parts.hostname or "", options.get("host", "")] if host] or [""]
    query = urlencode(options, quote_via=quote)
    uri = urlunsplit(parts._replace(netloc=f"{user}{at}{where}", query=query))
    if not parts.netloc:  # urlunsplit would drop the two slashes of an empty authority
        uri = f"{parts.scheme}://{parts.path}?{query}"
    return uri, password, all(host in LOCAL or host.startswith("/") for host in hosts)
