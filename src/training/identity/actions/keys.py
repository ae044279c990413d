"""API keys: made once, shown once, revoked."""

from __future__ import annotations

from training.directory.actions.locking import hold_current
from training.identity import rules
from training.identity.tables import ApiKey
from training.kernel import clock, db, limits
from training.kernel.actor import Actor
from training.kernel.links import digest
from training.kernel.permissions import Permission
from training.records.actions.acting import acting

PREFIX = "tk_"  # so that a key left in a file can be recognised for one


async def create(actor: Actor, label: str, *, organisation: int | None) -> str:
    """A key of an organisation (a manager's rights there), or (None) of the platform (an administrator's)."""
    async with acting(actor, "apikey.create") as change:
        actor.must(Permission.PLATFORM_EDIT)
        if organisation is not None:
            await hold_current(organisation)
        key = PREFIX + rules.new_token()
        row = ApiKey(
            token_hash=digest(key),
            hint=key[:7] + "…",
            label=label,
            organisation=organisation,
            created_at=clock.now(),
            account=actor.id if actor.kind == "user" else None,
        )
        made = await ApiKey.insert(row).returning(ApiKey.id)
        change.about("api_key", made[0]["id"])
    return key


async def revoke(actor: Actor, key: int) -> None:
    """End a key at once."""
    async with acting(actor, "apikey.revoke", ("api_key", key)):
        actor.must(Permission.PLATFORM_EDIT)
        await ApiKey.update({ApiKey.revoked_at: clock.now()}).where((ApiKey.id == key) & ApiKey.revoked_at.is_null())


async def refuse_unknown(network: str) -> None:
    """A key was shown that is none, or none any more. TooMany when that happens too often from there."""
    async with db.atomic():
        await limits.take(limits.WRONG_KEY, network)
