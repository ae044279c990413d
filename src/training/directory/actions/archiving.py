"""Organisations are refused, archived, archived for another one, and brought back. What was theirs stays theirs."""

from __future__ import annotations

from dataclasses import dataclass

from piccolo.columns import Column

from training.directory.rules import organisations as rules
from training.directory.rules.organisations import OrganisationState
from training.directory.tables import Lookalike, Organisation, OrganisationEnding
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting

S = OrganisationState

db.refuse("organisation_see_is_no_chain", lambda: Conflict(_("Cette structure est elle-même archivée."), field="see"))


@dataclass(frozen=True, slots=True)
class ClosingOrganisation:
    """An organisation, locked because its state changes; `see`: the one that it is archived for."""

    id: int
    name: str
    slug: str
    state: OrganisationState
    siret: str | None
    see: int | None


async def refuse(actor: Actor, organisation: int, reason: str) -> None:
    """Do not let an organisation in: what it had asked for ends, and it is told why.

    Invalid: no reason. Conflict: somebody answered already.
    """
    async with acting(actor, "organisation.refuse", ("organisation", organisation)) as change:
        actor.must(Permission.ORGANISATIONS_APPROVE)
        said = rules.check_reason(reason)
        change.about("organisation", organisation, "state")
        (row,) = await lock_closing(organisation)
        rules.check_refuse(row.state)
        await write_ending(row, S.REFUSED, by=actor, reason=said)
        await outbox.put("organisation.refused", ("organisation", organisation))


async def archive(actor: Actor, organisation: int, *, reason: str = "", ends_coming: bool = False) -> None:
    """Nothing new is done with it from now on. What is undecided of it ends; what is confirmed ahead if `ends_coming`.

    Conflict: it does not book (any more).
    """
    async with acting(actor, "organisation.archive", ("organisation", organisation)) as change:
        actor.must(Permission.ORGANISATIONS_APPROVE)
        change.about("organisation", organisation, "state")
        (row,) = await lock_closing(organisation)
        rules.check_archive(row.state)
        await write_ending(row, S.ARCHIVED, by=actor, reason=reason.strip() or None, ends_coming=ends_coming)
        await outbox.put("organisation.archived", ("organisation", organisation))


async def bring_back(actor: Actor, organisation: int) -> None:
    """An archived organisation is what it was, and points to no other; a SIRET that went along comes back.

    What ended with it, or went to another one, stays so. Conflict: it is not archived.
    """
    async with acting(actor, "organisation.bring-back", ("organisation", organisation)) as change:
        actor.must(Permission.ORGANISATIONS_APPROVE)
        change.about("organisation", organisation, "state")
        sql = "select see from organisation where id = $1"
        other = await db.value(sql, organisation)
        row = next(one for one in await lock_closing(organisation, other) if one.id == organisation)
        rules.check_bring_back(row.state)
        values: dict[Column | str, str | None] = {"state": S.APPROVED, "see": None}
        if ending := await db.row(_Ending, _CLOSE, organisation, clock.now()):
            values["state"] = ending.earlier
            if ending.siret and ending.see and await _take_siret(actor, ending.see, ending.siret):
                values["siret"] = ending.siret
        await Organisation.update(values).where(Organisation.id == organisation)


@dataclass(frozen=True, slots=True)
class _Ending:
    earlier: OrganisationState
    see: int | None
    siret: str | None


_CLOSE = """
    update organisation_ending set undone_at = $2 where organisation = $1 and undone_at is null
    returning earlier, see, siret
"""


async def _take_siret(actor: Actor, organisation: int, siret: str) -> bool:
    """What had gone along with a duplicate returns to it, where it is still there."""
    if await db.value("select siret from organisation where id = $1", organisation) != siret:
        return False
    async with acting(actor, "organisation.return-siret", ("organisation", organisation)) as change:
        await change.edit(Organisation, organisation, {"siret": None})
    return True


async def lock_closing(*organisations: int | None) -> list[ClosingOrganisation]:
    """Organisations whose state changes, by id; the booking that is being made for one is waited for. NotFound."""
    wanted = sorted({one for one in organisations if one is not None})
    sql = "select id, name, slug, state, siret, see from organisation where id = any($1) order by id for update"
    found = await db.rows(ClosingOrganisation, sql, wanted)
    if len(found) < len(wanted):
        raise NotFound(_("Cette structure n’existe pas."))
    return found


async def write_ending(
    row: ClosingOrganisation,
    state: OrganisationState,
    *,
    by: Actor,
    reason: str | None = None,
    see: int | None = None,
    siret: str | None = None,
    ends_coming: bool = False,
) -> int:
    """Part of the action that ends a locked organisation: its state, and the row of who, when, why and with what."""
    await Organisation.update({Organisation.state: state, Organisation.see: see}).where(Organisation.id == row.id)
    ending = OrganisationEnding(
        organisation=row.id, state=state, earlier=row.state, reason=reason, see=see, siret=siret,
        ends_coming=ends_coming, ended_at=clock.now(), actor_kind=by.kind, actor_id=by.id,
    )  # fmt: skip
    return int((await OrganisationEnding.insert(ending).returning(OrganisationEnding.id))[0]["id"])


async def close_for(organisation: int, see: int, *, by: Actor, ends_coming: bool = False) -> ClosingOrganisation:
    """Part of the action that archives one organisation for another, once its state was checked: « voir … ».

    Those archived for it point to the other from now on; a SIRET that the other has not goes along. Answers the other.
    Conflict: two SIRETs, or the other one is closed. Invalid: it is itself.
    """
    if organisation == see:
        raise Invalid(_("Choisissez une autre structure que celle-ci."), field="see")
    rows = {row.id: row for row in await lock_closing(organisation, see)}
    row, other = rows[organisation], rows[see]
    if other.state != S.APPROVED:
        raise Conflict(
            _("« {name} » n’est pas en activité : choisissez-en une autre.").format(name=other.name), field="see"
        )
    rules.check_one(row.siret, other.siret)
    goes = row.siret if other.siret is None else None
    # those that point here are moved on first: there is never a chain
    await Organisation.update({Organisation.see: see}).where(Organisation.see == organisation)
    await write_ending(row, S.ARCHIVED, by=by, see=see, siret=goes, ends_coming=ends_coming)
    if goes:
        async with acting(by, "organisation.take-siret", ("organisation", see)) as change:
            await Organisation.update({Organisation.siret: None}).where(Organisation.id == organisation)
            await change.edit(Organisation, see, {"siret": goes})
    return other


async def tell_apart(actor: Actor, first: int, second: int) -> None:
    """Two organisations look the same and are not: they are not shown beside each other any more."""
    async with acting(actor, "organisation.tell-apart", ("organisation", first)) as change:
        actor.must(Permission.ORGANISATIONS_APPROVE)
        change.about("organisation", first, "lookalikes")
        pair = (Lookalike.first == min(first, second)) & (Lookalike.second == max(first, second))
        if not await Lookalike.update({Lookalike.apart_at: clock.now()}).where(pair).returning(Lookalike.id):
            raise NotFound(_("Ces deux structures ne se ressemblent pas, ou plus."))
