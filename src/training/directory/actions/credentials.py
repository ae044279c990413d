"""Papers of those who deliver: written down, corrected, renewed by the next one, archived."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from training.directory.rules import credentials as rules
from training.directory.rules.credentials import NewCredential
from training.directory.tables import Credential
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import Change, acting
from training.records.actions.files import keep_file


async def add_credential(
    actor: Actor,
    new: NewCredential,
    *,
    facilitator: int | None = None,
    partner: int | None = None,
    file: bytes | None = None,
) -> int:
    """A paper of a person, or of a partner. `file`: its bytes. Invalid names the field."""
    async with acting(actor, "credential.add") as change:
        actor.must(Permission.SESSIONS_PLAN)
        return await _add(change, new, facilitator, partner, file)


async def edit_credential(
    actor: Actor, credential: int, new: NewCredential, file: bytes | None = None, *, seen: int | None = None
) -> None:
    """Correct what was written down; without a new file, the one that it has stays. Conflict: it is archived."""
    async with acting(actor, "credential.edit", ("credential", credential)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        known = await _open(credential)
        rules.check_credential(new, of_partner=known["partner"] is not None)
        await change.edit(Credential, credential, {**asdict(new), **await _kept(file)}, seen=seen)


async def renew_credential(actor: Actor, credential: int, new: NewCredential, file: bytes | None = None) -> int:
    """Another paper takes its place: the one before is archived, and counts until its last day.

    Conflict: it was renewed or archived already.
    """
    async with acting(actor, "credential.renew") as change:
        actor.must(Permission.SESSIONS_PLAN)
        known = await _open(credential)
        made = await _add(change, new, known["facilitator"], known["partner"], file)
        sql = "update credential set archived_at = $2, renewed_by = $3 where id = $1"
        await db.execute(sql, credential, clock.now(), made)
    return made


async def archive_credential(actor: Actor, credential: int) -> None:
    """Nobody asks for it any more: it stays readable, and warns of nothing."""
    async with acting(actor, "credential.archive", ("credential", credential)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        await _open(credential)
        await change.edit(Credential, credential, {"archived_at": clock.now()})


async def _open(credential: int) -> dict[str, int | None]:
    """Whose it is, locked. NotFound: there is none. Conflict: it is archived."""
    sql = "select facilitator, partner, archived_at from credential where id = $1 for update"
    found = await db.connection().fetchrow(sql, credential)
    if found is None:
        raise NotFound(_("Ce papier n’existe pas."))
    rules.check_open(found["archived_at"] is not None)
    return dict(found)


async def _add(
    change: Change, new: NewCredential, facilitator: int | None, partner: int | None, file: bytes | None
) -> int:
    rules.check_credential(new, of_partner=partner is not None)
    values: dict[str, Any] = {**asdict(new), **await _kept(file)}
    row = Credential(facilitator=facilitator, partner=partner, created_at=clock.now(), **values)
    made = int((await Credential.insert(row).returning(Credential.id))[0]["id"])
    change.about("credential", made)
    return made


async def _kept(file: bytes | None) -> dict[str, int]:
    return {"file": await keep_file(file, rules.check_file(file))} if file else {}
