"""One PostgreSQL cluster: made, started, stopped. Who may use it, and when, is `postgresql/embedded.py`'s business."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from training.kernel.i18n import gettext as _
from training.postgresql import programs
from training.postgresql.programs import Account, EmbeddedError

NAME = "training"  # of the database and of its owner
CONF = "pg.conf"  # our settings, beside the cluster
PORT = 5432  # part of the socket's name only: nothing listens on the network
SOCKET_PATH_MAX = 103  # sockaddr_un.sun_path less the final NUL: 107 on Linux, 103 on macOS
SETTLE = 20.0  # seconds for the last processes of a killed server to leave its shared memory
NOBODY = 2**31 - 1  # a process id that no system gives

# Modest on purpose: this is one small platform's database beside one Python process, and the whole tree should idle
# below 200 MiB. Written at each start, so a new release's choice reaches old clusters; what an administrator adds to
# the end of postgresql.conf, or sets with ALTER SYSTEM, still wins.
SETTINGS = {
    "listen_addresses": "",  # the socket only
    "unix_socket_permissions": "0700",  # whoever reaches the socket is superuser: let that be us (and root)
    "max_connections": "60",  # a pool of 10 for each of a few processes, and room for the command line
    "shared_buffers": "32MB",  # the kernel's page cache does the rest; a backend touches only what it reads
    "huge_pages": "off",  # would reserve memory that is then nobody else's
    "io_method": "sync",  # 18 starts three I/O workers otherwise
    "max_logical_replication_workers": "0",  # nor the launcher of something nobody uses here
    "wal_level": "minimal",  # no standby, no archive: whoever wants them runs a PostgreSQL of their own
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "max_parallel_workers_per_gather": "0",  # two cores, small tables; and containers have 64 MB of /dev/shm
    "max_parallel_maintenance_workers": "0",
    "jit": "off",  # compiling costs more than our queries
    "timezone": "UTC",  # DESIGN §3.10: instants are UTC, the platform's zone is for showing
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
NEW_IN = {"io_method": 18}  # an upgrade starts the old server too: it must not meet words it does not know

log = logging.getLogger(__name__)
_started: dict[int, subprocess.Popen[bytes]] = {}  # ours to reap


@dataclass(frozen=True, slots=True)
class Cluster:
    """`data` is the cluster's folder, `bin` holds the server's programs, `logs` is where it writes."""

    data: Path
    bin: Path
    logs: Path
    account: Account = None
    major: int = programs.MAJOR
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def uid(self) -> int:
        """Whose the files are."""
        return os.geteuid() if self.account is None else self.account.pw_uid


def made_by(data: Path) -> int | None:
    """The major version that made a cluster, None when there is none."""
    try:
        return int((data / "PG_VERSION").read_text().strip().split(".")[0])
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise EmbeddedError(_("La base {data} est illisible : {error}").format(data=data, error=error)) from error


def initialise(cluster: Cluster) -> None:
    """Make an empty cluster with the database in it: aside, then given its name, so half of one is never met."""
    for left in cluster.data.parent.glob(f"{cluster.data.name}.new-*"):  # of somebody who was killed
        shutil.rmtree(left, ignore_errors=True)
    with aside(cluster) as side:
        side.data.rename(cluster.data)
    sync(cluster.data.parent)
    log.info("PostgreSQL %s cluster made in %s", cluster.major, cluster.data)


@contextlib.contextmanager
def aside(cluster: Cluster) -> Iterator[Cluster]:
    """A new empty cluster beside `cluster`; it is removed at the end unless it was renamed."""
    side = Path(tempfile.mkdtemp(prefix=f"{cluster.data.name}.new-", dir=cluster.data.parent))
    made = Cluster(side, cluster.bin, cluster.logs, cluster.account, cluster.major, cluster.settings)
    try:
        if cluster.account is not None:
            os.chown(side, cluster.account.pw_uid, cluster.account.pw_gid)
        # builtin C.UTF-8: lower('É') = 'é' and one sort order on every machine, whatever its locales are
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        initdb: list[str | Path] = [cluster.bin / "initdb", "-D", side, "-U", NAME, "--auth=trust", "--no-instructions"]
        if cluster.settings.get("fsync") == "off":  # a test's: it need not survive a power cut
            locale.append("--no-sync")
        programs.run([*initdb, *locale], account=cluster.account)
        single: list[str | Path] = [cluster.bin / "postgres", "--single", "-D", side, "postgres"]
        programs.run(single, account=cluster.account, typed=f"create database {NAME}\n")
        include = "\n# Written at each start. What stands below this line, or in ALTER SYSTEM, wins.\n"
        include += f"include_if_exists '../{CONF}'\n"
        _write(side / "postgresql.conf", include, os.O_APPEND)
        yield made
    finally:
        shutil.rmtree(side, ignore_errors=True)


def dsn(sockets: Path) -> str:
    """An address that asyncpg and libpq read alike. The port is said, or PGPORT of the environment would count."""
    return f"postgresql://{NAME}@/{NAME}?host={quote(str(sockets), safe='')}&port={PORT}"


def lives(cluster: Cluster) -> bool:
    """Whether the server's process is there, by a look that costs it nothing; it may not answer yet."""
    return _lives(cluster, _lock_file(cluster))


def ensure_started(cluster: Cluster, timeout: float) -> Path:
    """Start the server unless it runs; returns the folder of its socket once it answers."""
    give_up = time.monotonic() + timeout
    settle = time.monotonic() + SETTLE
    while True:
        state, sockets = _state(cluster)
        if state == "ready":
            return sockets
        if state == "down":
            killed = _forget_dead(cluster)
            if (said := _start(cluster, give_up)) is None:
                continue
            # Processes of a server that was killed may hold its shared memory for a moment; PostgreSQL then refuses.
            if not killed or time.monotonic() > min(settle, give_up):
                raise EmbeddedError(
                    _("PostgreSQL n’a pas démarré dans {data} : {said}\nSon journal : {log}").format(
                        data=cluster.data, said=said, log=cluster.logs
                    )
                )
        if time.monotonic() > give_up:
            raise EmbeddedError(
                _(
                    "PostgreSQL ne répond pas encore après {seconds} s dans {data} : il répare peut-être un arrêt "
                    "brutal. Attendez un peu et recommencez. Son journal : {log}"
                ).format(seconds=round(timeout), data=cluster.data, log=cluster.logs)
            )
        time.sleep(0.1)


def stop(cluster: Cluster) -> None:
    """Stop the server at once: sessions are ended, data is written. Nothing happens when it is down already."""
    _, sockets = _state(cluster)
    with contextlib.suppress(EmbeddedError):
        programs.run(
            [cluster.bin / "pg_ctl", "-D", cluster.data, "-w", "-t", "120", "-m", "fast", "stop"],
            account=cluster.account,
        )
    _reap(wait=5)
    if sockets != cluster.data:
        with contextlib.suppress(OSError):  # still in use, or gone
            sockets.rmdir()


def _start(cluster: Cluster, give_up: float) -> str | None:
    """Start the server and wait until it is ready (None), or return what it said when it gave up.

    Not through pg_ctl: that hands the paths to a shell, where a `$` or a quote in a folder's name is a command.
    """
    _configure(cluster)
    with open(os.open(cluster.logs, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as out:
        begin = out.seek(0, os.SEEK_END)
        server = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
            [str(cluster.bin / "postgres"), "-D", str(cluster.data)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=programs.plain_environment(),
            start_new_session=True,  # Ctrl-C in the terminal is for us; we stop it when nobody needs it
            **programs.identity(cluster.account),
        )
    _started[server.pid] = server
    while time.monotonic() < give_up:
        if server.poll() is not None:
            _reap()
            with cluster.logs.open("rb") as written:
                written.seek(begin)
                return written.read().decode(errors="replace").strip()[-2000:]
        if _state(cluster)[0] == "ready":
            return None
        time.sleep(0.02)
    return None  # it goes on starting: the caller says so


def _configure(cluster: Cluster) -> None:
    """Write the settings, and choose where the socket goes."""
    if cluster.logs.exists() and cluster.logs.stat().st_size > 1_000_000:
        cluster.logs.replace(cluster.logs.with_name(f"{cluster.logs.name}.1"))
    sockets = str(_socket_folder(cluster)).replace('"', '""')  # the setting is a list of quotable names
    known = {name: value for name, value in SETTINGS.items() if NEW_IN.get(name, 0) <= cluster.major}
    settings = known | {"unix_socket_directories": f'"{sockets}"'} | dict(cluster.settings)
    lines = ["# Written by the application at each start: put your own settings in postgresql.conf."]
    for name, value in settings.items():
        quoted = value.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n")
        lines.append(f"{name} = '{quoted}'")
    # Beside the cluster, not in it: root does not create files in a folder that belongs to a lesser account.
    new = cluster.data.with_name(f"{CONF}.new")
    new.write_text("\n".join(lines) + "\n", "utf-8", errors="surrogateescape")
    new.chmod(0o644)  # whatever root's umask: the account reads it
    new.replace(cluster.data.with_name(CONF))


def _socket_folder(cluster: Cluster) -> Path:
    """The cluster's own folder, 0700; a short private one in the temporary folder when that path is too long.

    Or when it holds a comma, which separates hosts in an address, and cannot be said otherwise.
    """
    if (
        b"," not in os.fsencode(cluster.data)
        and len(os.fsencode(cluster.data / f".s.PGSQL.{PORT}.lock")) <= SOCKET_PATH_MAX
    ):
        return cluster.data
    digest = hashlib.sha256(os.fsencode(cluster.data)).hexdigest()[:12]
    path = Path(tempfile.gettempdir(), f"training-{cluster.uid}-{digest}")
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
        os.chown(path, cluster.uid, -1)
    state = path.lstat()
    if path.is_symlink() or state.st_uid != cluster.uid or state.st_mode & 0o7777 != 0o700:
        raise EmbeddedError(_("Le dossier {path} n’est pas à nous : supprimez-le.").format(path=path))
    return path


def _state(cluster: Cluster) -> tuple[str, Path]:
    """("ready" | "waiting" | "down", folder of the socket), from the server's own lock file.

    Where the socket is stands there too: whoever started the server may have had another TMPDIR.
    """
    lines = _lock_file(cluster)
    if len(lines) < 5:
        return ("waiting" if _lives(cluster, lines) else "down"), cluster.data
    sockets = Path(lines[4])
    if len(lines) >= 8 and lines[7].strip() == "ready" and _answers(sockets / f".s.PGSQL.{PORT}"):
        return "ready", sockets
    return ("waiting" if _lives(cluster, lines) else "down"), sockets


def _lock_file(cluster: Cluster) -> list[str]:
    try:
        return (cluster.data / "postmaster.pid").read_text("utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, contextlib.suppress(OSError):
        probe.settimeout(5)
        probe.connect(os.fsencode(path))
        return True
    return False


def _lives(cluster: Cluster, lines: list[str]) -> bool:
    """Whether the recorded process is this cluster's server: alive, and at home in its folder.

    A zombie is dead (some containers' process 1 never reaps), and the number may have gone to another program.
    """
    _reap()
    try:
        pid = int(lines[0])
        os.kill(pid, 0)
    except (IndexError, ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return False  # somebody else's: PostgreSQL judges the same
    if not Path("/proc/self").exists():
        return True
    try:
        return os.path.realpath(os.readlink(f"/proc/{pid}/cwd")) == os.path.realpath(cluster.data)
    except OSError:
        return False


def _forget_dead(cluster: Cluster) -> bool:
    """Let PostgreSQL see that the recorded process is dead. True when there was a record, that is: it was killed.

    The number is replaced, not the file removed: the file also names the shared memory, by which PostgreSQL makes
    sure that no process of the dead server still writes.
    """
    lines = _lock_file(cluster)
    if not lines:
        return False
    _write(cluster.data / "postmaster.pid", "\n".join([str(NOBODY), *lines[1:]]) + "\n", os.O_TRUNC)
    if len(lines) > 4 and lines[4]:
        with contextlib.suppress(OSError):
            Path(lines[4], f".s.PGSQL.{PORT}.lock").unlink()
    return True


def _write(path: Path, text: str, flags: int) -> None:
    """Write an existing file of the cluster's; never through a link, for the folder may be a lesser account's."""
    with open(
        os.open(path, os.O_WRONLY | os.O_NOFOLLOW | flags), "w", encoding="utf-8", errors="surrogateescape"
    ) as out:
        out.write(text)


def _reap(wait: float = 0) -> None:
    """Take leave of servers that we started and that have ended, so that they are not zombies."""
    for pid, server in list(_started.items()):
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(wait)
            del _started[pid]


def sync(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
