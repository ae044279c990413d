"""That a backup was taken, so that the site itself can say how old its last one is."""

from __future__ import annotations

from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.records.tables import Backup


async def note_backup(actor: Actor, size: int, sha256: bytes, *, copied: bool) -> None:
    """A backup of so many bytes stands somewhere; `copied`: on another machine too, as the command for it said."""
    async with acting(actor, "backup.note") as change:
        actor.must(Permission.PLATFORM_RUN)
        made = await Backup.insert(Backup(taken_at=clock.now(), size=size, sha256=sha256, copied=copied)).returning(
            Backup.id
        )
        change.about("backup", made[0]["id"])
