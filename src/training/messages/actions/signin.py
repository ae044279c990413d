"""The mail that lets somebody in. Its link and code are made when it leaves."""

from __future__ import annotations

from training.directory import queries as directory
from training.identity import queries
from training.kernel import addresses
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.messages.actions.outgoing import HIDDEN, Letter, Reader, queue


async def send(actor: Actor, signin_request: int) -> None:
    """Answer a sign-in request."""
    actor.must(Permission.PLATFORM_RUN)
    found = await queries.signin_request(signin_request)
    if found is None or await directory.platform() is None:
        return  # nobody has said who writes: the page that asked says that nothing leaves
    await queue(
        actor,
        Letter(
            "signin",
            Reader(found.name or found.email, found.email, found.locale),
            ("signin_request", found.id),
            {"path": addresses.signin_link(f"{HIDDEN}lien"), "code": f"{HIDDEN}code", "expires_at": found.expires_at},
            secret="signin",
        ),
    )
