"""Changes to the people who deliver, and to the days on which they are not free."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from training.directory.rules import people
from training.directory.rules.people import Days, RateUnit
from training.directory.tables import Facilitator, Unavailability
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import Change, acting


async def add_facilitator(actor: Actor, **values: Any) -> int:
    """A person who delivers; `partner` None is the platform's own team. Conflict: the partner is archived."""
    async with acting(actor, "facilitator.add") as change:
        actor.must(Permission.SESSIONS_PLAN)
        _check(values)
        await _check_partner(values.get("partner"))
        made = await Facilitator.insert(Facilitator(**values)).returning(Facilitator.id)
        change.about("facilitator", made[0]["id"])
        return int(made[0]["id"])


async def edit_facilitator(
    actor: Actor,
    facilitator: int,
    values: Mapping[str, Any],
    *,
    seen: int | None = None,
    also: Collection[str] = (),
) -> None:
    """Correct a facilitator, or say that they are not active any more: their keys end with it.

    `also`: see `Change.edit`.
    """
    async with acting(actor, "facilitator.edit", ("facilitator", facilitator)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        _check(values)
        partner = values.get("partner")
        if partner is not None and partner != await db.value(
            "select partner from facilitator where id = $1", facilitator
        ):
            await _check_partner(partner)
        await change.sign()
        if not await change.edit(Facilitator, facilitator, values, seen=seen, also=also):
            raise NotFound(_("Cette personne n’existe pas."))
        if any(edit.field == "email" for edit in change.edits):
            await outbox.put("facilitator.readdressed", ("facilitator", facilitator))


def _check(values: Mapping[str, Any]) -> None:
    if "rate_unit" in values:
        unit = values["rate_unit"]
        people.check_rate(RateUnit(unit) if unit else None, values.get("rate_cents"))


async def _check_partner(partner: int | None) -> None:
    if partner is not None and not await db.value("select active from partner where id = $1 for share", partner):
        raise Conflict(_("Ce partenaire est archivé : plus personne ne le rejoint."), field="partner")


async def depart(change: Change, facilitator: int, on: date | None) -> None:
    """From a day on somebody delivers nothing, as part of the action that hands their sessions over; None: they are
    back. What they hold ends on that day: at once, if it has come."""
    active = on is None or on > clock.today()
    if not await change.edit(Facilitator, facilitator, {"left_on": on, "active": active}):
        raise NotFound(_("Cette personne n’existe pas."))


@dataclass(frozen=True, slots=True)
class LockedPerson:
    """What whoever gives somebody a date must know of them, as it stands until the transaction ends."""

    id: int
    name: str
    active: bool
    left_on: date | None
    away_from: list[date]
    away_until: list[date]

    @property
    def away(self) -> list[Days]:
        """The days on which they are not free."""
        return list(map(Days, self.away_from, self.away_until))


async def lock_people(facilitators: Iterable[int]) -> list[LockedPerson]:
    """Hold some facilitators as they are, in the order of their ids; others may hold them too."""
    return await db.rows(LockedPerson, _PEOPLE, sorted(set(facilitators)))


_PEOPLE = """
    select f.id, f.name, f.active, f.left_on,
           array(select u.starts_on from unavailability u where u.facilitator = f.id and u.archived_at is null
                 order by u.id) as away_from,
           array(select u.ends_on from unavailability u where u.facilitator = f.id and u.archived_at is null
                 order by u.id) as away_until
    from facilitator f where f.id = any($1) order by f.id for share of f
"""


async def hold_facilitator(facilitator: int) -> None:
    """Lock a facilitator's row: whoever gives them a date waits. NotFound when there is none."""
    if not await db.value("select id from facilitator where id = $1 for update", facilitator):
        raise NotFound(_("Cette personne n’existe pas."))


async def add_unavailability(actor: Actor, facilitator: int, starts_on: date, ends_on: date) -> int:
    """Days on which somebody is not free, both included. Invalid: they are in no order."""
    async with acting(actor, "facilitator.add-unavailability", ("facilitator", facilitator)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        people.check_days(starts_on, ends_on)
        if not await db.value("select id from facilitator where id = $1 for share", facilitator):
            raise NotFound(_("Cette personne n’existe pas."))
        row = Unavailability(facilitator=facilitator, starts_on=starts_on, ends_on=ends_on, created_at=clock.now())
        made = int((await Unavailability.insert(row).returning(Unavailability.id))[0]["id"])
        change.edited("unavailable", None, [starts_on, ends_on])
    return made


async def archive_unavailability(actor: Actor, unavailability: int) -> None:
    """They are free after all. NotFound: there is no such stretch of days, or it was archived."""
    async with acting(actor, "facilitator.archive-unavailability") as change:
        actor.must(Permission.SESSIONS_PLAN)
        sql = """
            update unavailability set archived_at = $2 where id = $1 and archived_at is null
            returning facilitator, starts_on, ends_on
        """
        found = await db.connection().fetchrow(sql, unavailability, clock.now())
        if found is None:
            raise NotFound(_("Cette absence n’existe pas, ou a été retirée."))
        change.about("facilitator", found["facilitator"])
        change.edited("unavailable", [found["starts_on"], found["ends_on"]], None)
