"""What sign-in leaves behind is personal and soon useless: it goes after thirty days."""

from __future__ import annotations

from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def forget_signins(actor: Actor = SYSTEM) -> None:
    """Delete requests and sessions that ended thirty days ago (addresses, networks, programs)."""
    async with acting(actor, "signin.forget"):
        actor.must(Permission.PLATFORM_RUN)
        await db.execute(
            "delete from signin_request where expires_at < $1::timestamptz - interval '30 days'", clock.now()
        )
        await db.execute(
            """
            delete from signin_session
            where least(coalesce(revoked_at, ends_at), expires_at) < $1::timestamptz - interval '30 days'
            """,
            clock.now(),
        )
