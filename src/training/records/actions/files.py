"""Files are kept by their bytes, once each; their bytes may go, and leave a tombstone."""

from __future__ import annotations

import hashlib

from training.kernel import clock, db
from training.kernel.errors import Conflict
from training.kernel.i18n import _

db.refuse("file_is_cited", lambda: Conflict(_("Ce fichier est encore cité quelque part : il ne peut pas disparaître.")))


async def keep_file(content: bytes, media_type: str) -> int:
    """Keep bytes; the same bytes are kept once, and come back where a tombstone stood. Returns the file's id."""
    sha256 = hashlib.sha256(content).digest()
    kept = await db.value(_KEEP, sha256, media_type, len(content), content, clock.now())
    return int(kept or await db.value("select id from file where sha256 = $1", sha256))


# A conflict locks the row even where nothing is written: no tombstone comes between this and the row that will cite it.
_KEEP = """
    insert into file (sha256, media_type, size, content, created_at) values ($1, $2, $3, $4, $5)
    on conflict (sha256) do update set content = excluded.content, gone_at = null, gone_reason = null
    where file.content is null returning id
"""


async def tombstone_file(file: int, reason: str) -> bool:
    """Let a file's bytes go; its sum, its size, the day and the reason stay. False: they were gone already.

    Conflict while any row cites it, an entry of the ledger above all.
    """
    async with db.atomic():  # a refusal that the caller takes for an answer undoes nothing else
        return bool(await db.value("select tombstone_file($1, $2, $3)", file, reason, clock.now()))
