"""Feed addresses: made (and shown once), revoked, seen being fetched."""

from __future__ import annotations

from datetime import timedelta

from training.calendar.queries.feeds import FeedOwner
from training.calendar.tables import FeedToken
from training.identity.rules import Permission, new_token
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Forbidden, NotFound
from training.kernel.i18n import _
from training.kernel.links import digest
from training.records.actions import acting

SEEN_EVERY = timedelta(minutes=10)  # a poll a minute need not be a write a minute


async def open_feed(
    actor: Actor, label: str, *, organisation: int | None = None, facilitator: int | None = None
) -> str:
    """A new secret address for one owner's calendar; the token is returned once and kept hashed."""
    _check(actor, organisation, facilitator)
    token = new_token()
    async with acting(actor, "feed.open") as change:
        made = await FeedToken.insert(
            FeedToken(
                token_hash=digest(token),
                kind="organisation" if organisation is not None else "facilitator",
                organisation=organisation,
                facilitator=facilitator,
                label=label.strip()[:80] or _("Mon agenda"),
                created_at=clock.now(),
            )
        ).returning(FeedToken.id)
        change.about("feed_token", made[0]["id"])
    return token


async def close_feed(actor: Actor, token: int) -> None:
    """Revoke an address: from the next fetch on, it is unknown."""
    async with acting(actor, "feed.close", ("feed_token", token)):
        row = await db.connection().fetchrow(
            "select organisation, facilitator from feed_token where id = $1 for update", token
        )
        if row is None:
            raise NotFound(_("Cette adresse d’agenda n’existe pas."))
        _check(actor, row["organisation"], row["facilitator"])
        await FeedToken.update({FeedToken.revoked_at: clock.now()}).where(FeedToken.id == token)


async def seen(owner: FeedOwner, program: str) -> None:
    """Note that a program fetched the feed. Not audited: nothing was decided."""
    now = clock.now()
    if owner.fetched_at is None or owner.fetched_at < now - SEEN_EVERY:
        async with db.atomic():
            await FeedToken.update({FeedToken.fetched_at: now, FeedToken.fetched_by: program[:200]}).where(
                FeedToken.id == owner.token
            )


def _check(actor: Actor, organisation: int | None, facilitator: int | None) -> None:
    if actor.may(Permission.FEEDS_MANAGE, organisation=organisation):
        return
    if facilitator is not None and facilitator in actor.scope.facilitators:
        return
    if organisation is not None and organisation in actor.scope.organisations:
        raise Forbidden(_("Votre rôle dans cette structure ne le permet pas : demandez à son responsable."))
    raise NotFound(_("Cette adresse d’agenda n’existe pas."))
