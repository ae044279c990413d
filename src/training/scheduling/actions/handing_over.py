"""A colleague takes over from another: dates to deliver, the person to call, the role; each as far as it can be.

What is somebody's own stays theirs and ends with their access: calendar addresses, API keys, sign-ins. What was done
stays done by whoever did it.
"""

from __future__ import annotations

from dataclasses import dataclass

from training.directory import queries as directory
from training.directory.actions.platform import set_platform
from training.identity.actions.roles import grant
from training.identity.queries import AccountView
from training.identity.rules import Role
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import DomainError, Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.render import span
from training.records.actions.acting import acting
from training.scheduling import queries
from training.scheduling.actions.assignments import replace_facilitator
from training.scheduling.queries import DateLed
from training.scheduling.rules import taken_over


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What went to whoever takes over. `kept`: the dates that could not, each with why, in words."""

    dates: int
    kept: tuple[str, ...]
    roles: tuple[Role, ...]
    platform: tuple[str, ...]  # the platform's fields that name them now


async def hand_over(actor: Actor, former: int, taker: int) -> HandedOver:
    """Give what is a colleague's to another, who is told by mail. The former's access ends by an act of its own.

    Invalid: the same person, or one who is not on the team.
    """
    async with acting(actor, "team.hand-over", ("account", taker)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        leaver, heir = await _colleague(former, "de"), await _colleague(taker, "a")
        if leaver.id == heir.id:
            raise Invalid(_("Choisissez deux personnes différentes."), field="a")
        change.about("account", heir.id)
        given = await queries.team_roles_to_give(leaver.id, heir.id)
        for role in given:
            await grant(actor, heir.id, role)
        values = await _platform(leaver, heir)
        if values:
            await set_platform(actor, values)
        dates, kept = await _dates(actor, leaver, heir)
        change.edited("taken_over", None, leaver.name, ("account", heir.id))
        await outbox.put("team.handed_over", ("account", heir.id))
    return HandedOver(dates, tuple(kept), tuple(given), tuple(values))


async def _colleague(account: int, field: str) -> AccountView:
    found = await queries.team_member(account)
    if found is None:
        raise Invalid(_("Cette personne n’est pas dans l’équipe : donnez-lui d’abord un accès."), field=field)
    return found


async def _platform(leaver: AccountView, heir: AccountView) -> dict[str, str]:
    """What the platform says of the leaver, said of whoever takes over."""
    platform = await directory.the_platform()
    return taken_over(
        {"contact_name": platform.contact_name, "people": platform.people},
        leaver.name,
        heir.name,
    )


async def _dates(actor: Actor, leaver: AccountView, heir: AccountView) -> tuple[int, list[str]]:
    """The leaver's dates to come, one by one: a clash keeps one back, and no other."""
    led = await queries.dates_led(leaver.email, clock.now())
    people = await queries.facilitators_of(heir.email)
    if led and not people:
        return 0, [_("{name} n’est pas parmi les personnes qui animent.").format(name=heir.name)]
    moved, kept = 0, []
    for date in led:
        try:
            async with db.atomic():
                await replace_facilitator(actor, date.assignment, people[0])
                moved += 1
        except DomainError as refusal:
            kept.append(_("{date} : {why}").format(date=_said(date), why=refusal.detail))
    return moved, kept


def _said(date: DateLed) -> str:
    return f"{date.title}, {span(date.starts_at, date.ends_at)}"
