"""Feed addresses: made (and shown once), revoked, seen being fetched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from training.calendar.queries.feeds import FeedOwner
from training.calendar.rules import FeedKind
from training.calendar.tables import FeedToken
from training.directory.actions.locking import hold_current
from training.identity.rules import new_token
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.links import digest
from training.kernel.permissions import Permission
from training.records.actions.acting import acting

SEEN_EVERY = timedelta(minutes=10)  # a poll a minute need not be a write a minute


async def open_feed(
    actor: Actor,
    label: str,
    *,
    organisation: int | None = None,
    facilitator: int | None = None,
    partner: int | None = None,
    venue: int | None = None,
    staff: bool = False,
) -> str:
    """A new secret address of a calendar; the token is returned once and kept hashed.

    Nothing named: the actor's own sessions. A person's address dies with their membership; what the team gives (to a
    venue, a partner, a facilitator without an account) lives until somebody revokes it.
    """
    owner = {"organisation": organisation, "facilitator": facilitator, "partner": partner, "venue": venue}
    kind = next((name for name, which in owner.items() if which is not None), "staff" if staff else "person")
    async with acting(actor, "feed.open") as change:
        _ask(actor, FeedKind(kind), actor.id, organisation, facilitator, partner)
        if organisation is not None:
            await hold_current(organisation)
        token = new_token()
        made = await FeedToken.insert(
            FeedToken(
                token_hash=digest(token),
                kind=kind,
                organisation=organisation,
                facilitator=facilitator,
                partner=partner,
                venue=venue,
                account=actor.id if _own(actor, FeedKind(kind), organisation or facilitator or partner) else None,
                label=label.strip()[:80] or _("Mon agenda"),
                created_at=clock.now(),
            )
        ).returning(FeedToken.id)
        change.about("feed_token", made[0]["id"])
    return token


async def rotate_feed(actor: Actor, token: int) -> str:
    """The same calendar under another secret: the old address is unknown from then on."""
    async with acting(actor, "feed.rotate", ("feed_token", token)):
        row = await _lock(actor, token)
        new = new_token()
        await FeedToken.insert(
            FeedToken(
                token_hash=digest(new),
                created_at=clock.now(),
                **{name: row[name] for name in (*_SUBJECTS, "kind", "account", "label")},
            )
        )
        await FeedToken.update({FeedToken.revoked_at: clock.now()}).where(FeedToken.id == token)
    return new


async def close_feed(actor: Actor, token: int) -> None:
    """Revoke an address: from the next fetch on, it is unknown."""
    async with acting(actor, "feed.close", ("feed_token", token)):
        await _lock(actor, token)
        await FeedToken.update({FeedToken.revoked_at: clock.now()}).where(FeedToken.id == token)


_SUBJECTS = ("organisation", "facilitator", "partner", "venue")


async def _lock(actor: Actor, token: int) -> Any:
    row = await db.connection().fetchrow(
        "select * from feed_token where id = $1 and revoked_at is null for update", token
    )
    if row is None:
        raise NotFound(_("Cette adresse d’agenda n’existe pas."))
    kind, account = FeedKind(row["kind"]), row["account"]
    if kind is FeedKind.STAFF and actor.may(Permission.FEEDS_OWN, account=account):
        return row  # it was made for them: they may close it, whatever they became
    _ask(actor, kind, account, row["organisation"], row["facilitator"], row["partner"])
    return row


async def seen(owner: FeedOwner, program: str) -> None:
    """Note that a program fetched the feed. Not audited: nothing was decided."""
    now = clock.now()
    if owner.fetched_at is None or owner.fetched_at < now - SEEN_EVERY:
        async with db.atomic():
            await FeedToken.update({FeedToken.fetched_at: now, FeedToken.fetched_by: program[:200]}).where(
                FeedToken.id == owner.token
            )


OWN = (FeedKind.PERSON, FeedKind.STAFF)


def _own(actor: Actor, kind: FeedKind, subject: int | None) -> bool:
    """Whether the address is for who makes it, and not a gift."""
    scope = actor.scope
    return actor.kind == "user" and (
        kind in OWN
        or (kind is FeedKind.ORGANISATION and subject in scope.organisations)
        or (kind is FeedKind.FACILITATOR and subject in scope.facilitators)
        or (kind is FeedKind.PARTNER and subject in scope.partners)
    )


def _ask(
    actor: Actor,
    kind: FeedKind,
    account: int | None,
    organisation: int | None,
    facilitator: int | None,
    partner: int | None,
) -> None:
    if kind is FeedKind.PERSON:  # a person's own is nobody else's
        actor.must(Permission.FEEDS_OWN, account=account)
    else:
        actor.must(Permission.FEEDS_MANAGE, organisation=organisation, facilitator=facilitator, partner=partner)
