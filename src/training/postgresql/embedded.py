"""The database that comes along: one PostgreSQL under DATA_DIR, shared by every process of this installation.

Whoever needs it holds a *shared* flock on `pg.users` for as long as it lives; the kernel drops that lock however the
process ends, so counting users needs no pid files. The last one out stops the server. A process that is killed leaves
the server running: the next one joins it, and stops it in its turn.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pwd
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from training.kernel.i18n import gettext as _
from training.postgresql import account as pg_account
from training.postgresql import cluster as pg_cluster
from training.postgresql import locks
from training.postgresql import programs as pg_programs
from training.postgresql import upgrade as pg_upgrade
from training.postgresql.cluster import Cluster
from training.postgresql.programs import MAJOR, Account, EmbeddedError, binary

LOOK = 1.0  # seconds between two looks at whether the server lives
LOOK_MAX = 30.0  # and at most, when it does not start
RESTART = 30.0  # seconds for it to be ready again: whoever stops us meanwhile waits for it

log = logging.getLogger(__name__)

__all__ = ["MAJOR", "EmbeddedError", "binary", "running"]


@contextlib.contextmanager
def running(
    data_dir: Path,
    start_timeout: float = 60,
    settings: Mapping[str, str] | None = None,
    *,
    watched: bool = False,
) -> Iterator[str]:
    """Start, or join, the cluster of `data_dir`; yields a DSN that asyncpg and libpq read.

    `settings` are PostgreSQL's own, for this start only (tests turn fsync off). `watched`: it is started again when it
    is killed meanwhile.
    """
    home, who = _home(data_dir), pg_account.account()
    _refuse_foreign(home / "pg", who)
    with locks.opened(home / "pg.start") as start, locks.opened(home / "pg.users") as users:
        with locks.locked(start):
            cluster = _located(home, who, settings or {})
            _make_ready(cluster, home, users)
            sockets = pg_cluster.ensure_started(cluster, start_timeout)
            locks.join(users)
        try:
            with _watching(cluster, start) if watched else contextlib.nullcontext():
                yield pg_cluster.dsn(sockets)
        finally:
            with locks.locked(start):
                if locks.alone(users):
                    pg_cluster.stop(cluster)


@contextlib.contextmanager
def _watching(cluster: Cluster, start: int) -> Iterator[None]:
    """Whoever serves for months outlives a server that something kills (out of memory, a full disk, a hand)."""
    ended = threading.Event()
    thread = threading.Thread(target=_watch, args=(cluster, start, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _watch(cluster: Cluster, start: int, ended: threading.Event) -> None:
    pause = LOOK
    while not ended.wait(pause):
        if pg_cluster.lives(cluster):
            continue
        try:
            with locks.locked(start):  # every process of this installation saw it: the first starts it, the others join
                pg_cluster.ensure_started(cluster, RESTART)
        except (EmbeddedError, OSError) as error:
            log.error("PostgreSQL is down and does not start: %s", error)
            pause = min(pause * 2, LOOK_MAX)
        else:
            log.warning("PostgreSQL was down and is started again in %s", cluster.data)
            pause = LOOK


def _home(data_dir: Path) -> Path:
    home = data_dir.resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            _("Le dossier de données {home} ne peut pas être créé : {error}").format(home=home, error=error.strerror)
        ) from error
    return home


def _located(home: Path, who: Account, settings: Mapping[str, str]) -> Cluster:
    data = pg_account.place(home, who)
    folder = pg_account.reachable(pg_programs.install(), pg_programs.release(), who)
    return Cluster(data, folder, home / "pg.log", who, MAJOR, settings)


def _make_ready(cluster: Cluster, home: Path, users: int) -> None:
    """Have a cluster that this release's PostgreSQL reads: the one there is, a new one, or an upgraded one."""
    pg_upgrade.finish(cluster)
    made_by = pg_cluster.made_by(cluster.data)
    if made_by is None:
        if cluster.data.exists() and any(cluster.data.iterdir()):
            raise EmbeddedError(
                _("Le dossier {data} n’est pas une base PostgreSQL. Rien n’a été changé : déplacez-le.").format(
                    data=cluster.data
                )
            )
        pg_cluster.initialise(cluster)
        return
    _refuse_foreign(cluster.data, cluster.account)
    if made_by != MAJOR:
        if not locks.alone(users):
            raise EmbeddedError(
                _("La base {data} doit être mise à niveau : arrêtez d’abord les autres processus.").format(
                    data=cluster.data
                )
            )
        pg_upgrade.upgrade(cluster, home, made_by)


def _refuse_foreign(data: Path, who: Account) -> None:
    """Before anything is written: a cluster that is somebody else's is left as it is."""
    mine = os.geteuid() if who is None else who.pw_uid
    try:
        owner = data.stat().st_uid
    except FileNotFoundError:
        return
    except OSError as error:
        raise EmbeddedError(
            _("La base {data} ne peut pas être ouverte : {error}").format(data=data, error=error.strerror)
        ) from error
    if owner != mine:
        raise EmbeddedError(
            _(
                "La base {data} appartient au compte {owner}. Rien n’a été changé : lancez la commande avec ce compte, "
                "choisissez un autre DATA_DIR, ou indiquez DATABASE_URL."
            ).format(data=data, owner=_account_name(owner))
        )


def _account_name(uid: int) -> str:
    try:
        return f"« {pwd.getpwuid(uid).pw_name} »"
    except KeyError:
        return f"uid {uid}"
