"""What is said around accounts: to who was let in, and to administrators when money's way or power changes hands."""

from __future__ import annotations

from training.directory import queries as directory
from training.identity import queries as identity
from training.identity.queries import AccountView
from training.identity.rules import ROLE_NAMES
from training.kernel import addresses, clock
from training.kernel.actor import Actor
from training.kernel.i18n import _, speaking
from training.kernel.permissions import Permission
from training.messages.actions.outgoing import Letter, Reader, queue
from training.messages.rules import WATCHED_NAMES
from training.records import queries as records
from training.records.queries import WatchedEdit
from training.scheduling import queries as scheduling


async def welcome(actor: Actor, membership: int) -> None:
    """Somebody was given a role: how they come in; or another one than they had: what became of it."""
    actor.must(Permission.PLATFORM_RUN)
    held = await identity.membership(membership)
    if held is None:
        return  # it ended meanwhile
    path = addresses.space(held.slug) if held.slug else addresses.office()
    before = await identity.role_before(membership)
    with speaking(held.locale):
        role, was = held.role_name, _(ROLE_NAMES[before]) if before else None
    context = {"held": held, "role": role, "was": was, "path": path}
    reader = Reader(held.name, held.email, held.locale)
    await queue(actor, Letter("access_given", reader, ("membership", held.id), context))


async def tell_administrators(actor: Actor, change: int) -> None:
    """The bank account, the way of mails or the administrators changed: all are told, and who was one till then."""
    actor.must(Permission.PLATFORM_RUN)
    edits = await records.watched(change)
    if not edits or await directory.platform() is None:
        return
    added = {edit.new for edit in edits if edit.field == "administrator"} - {None}
    readers = [person for person in await identity.administrators() if person.email not in added]
    for edit in edits:
        if edit.field == "administrator" and edit.new is None:
            gone = await identity.account(edit.subject_id)
            readers += [gone] if gone is not None else []
    by = await _by(edits[0])
    path = _PAGES.get(edits[0].subject_kind, addresses.office)()
    for person in readers:
        with speaking(person.locale):
            told = [(_(WATCHED_NAMES[edit.field]), edit.old, edit.new) for edit in edits]
        context = {"told": told, "at": edits[0].at, "by": by, "path": path}
        await queue(actor, Letter("staff_watched", _reader(person), ("change", change), context))


async def tell_taker(actor: Actor, account: int) -> None:
    """Somebody of the team takes over from a colleague: what is theirs now, and where it all stands."""
    actor.must(Permission.PLATFORM_RUN)
    person = await scheduling.team_member(account)
    acts = await records.changes(("account", account), most=20)
    taken = next((edit for edit in acts if edit.field == "taken_over"), None)
    if person is None or taken is None:
        return  # they are not on the team any more
    by = await identity.account(taken.actor_id) if taken.actor_kind == "user" and taken.actor_id else None
    context = {
        "former": taken.new,
        "by": by.name if by else None,
        "dates": len(await scheduling.dates_led(person.email, clock.now())),
        "path": addresses.office_handing_over(),
    }
    await queue(actor, Letter("staff_handed_over", _reader(person), ("account", account), context))


_PAGES = {"platform": addresses.office_platform, "account": addresses.office_access}


async def _by(edit: WatchedEdit) -> str | None:
    """Who did it; None: on the host itself, by command or by its environment."""
    if edit.actor_kind != "user" or edit.actor_id is None:
        return None
    found = await identity.account(edit.actor_id)
    return None if found is None else f"{found.name} ({found.email})"


def _reader(person: AccountView) -> Reader:
    return Reader(person.name, person.email, person.locale)
