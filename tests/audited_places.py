"""Where sessions are held, in the audited year."""

from __future__ import annotations

from training.directory.actions import communes
from training.directory.formats.communes import CommuneSaid
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.scheduling.actions.communes import import_communes, join_commune


async def settle() -> None:
    """Communes and venues come in."""
    typed = await communes.commune_named(SYSTEM, "Sées", "61501")
    await import_communes(SYSTEM, [CommuneSaid("61464", "Sées", ("61500",))])
    await join_commune(SYSTEM, typed, await db.value("select id from commune where insee = '61464'"))
