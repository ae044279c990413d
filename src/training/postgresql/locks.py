"""Locks on files: who may act now. The kernel drops them however their holder ends; our children never hold them."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from training.kernel.i18n import gettext as _
from training.postgresql.programs import EmbeddedError

PATIENCE = 600.0  # seconds for another process to finish starting, stopping or upgrading the server


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """A file to lock, made when missing and ours alone."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise EmbeddedError(
            _("Le fichier {path} ne peut pas être ouvert : {error}").format(path=path, error=error.strerror)
        ) from error
    try:
        yield handle
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(handle: int) -> Iterator[None]:
    """Alone for as long as the block lasts, after waiting for whoever was first."""
    give_up = time.monotonic() + PATIENCE
    while not alone(handle):
        if time.monotonic() > give_up:
            raise EmbeddedError(_("Un autre processus démarre ou met à niveau la base depuis trop longtemps."))
        time.sleep(0.02)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)


def join(handle: int) -> None:
    """Be one of several, until the file is closed."""
    fcntl.flock(handle, fcntl.LOCK_SH)


def alone(handle: int) -> bool:
    """Whether nobody else holds the lock; then it is ours."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES):
            raise
        return False
    return True
