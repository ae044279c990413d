"""Where sessions are held, in the audited year."""

from __future__ import annotations

from training.directory.actions import communes
from training.kernel.actor import SYSTEM


async def settle() -> None:
    """Communes and venues come in."""
    await communes.commune_named(SYSTEM, "Sées", "61500")
