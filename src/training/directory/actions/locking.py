"""An organisation, held as it is while something is done with it; nothing new is done with one that is closed."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory.rules import organisations
from training.directory.rules.organisations import OrganisationKind, OrganisationState
from training.kernel import db
from training.kernel.errors import NotFound
from training.kernel.i18n import _


@dataclass(frozen=True, slots=True)
class LockedOrganisation:
    """What an act needs of its organisation, as it stands until the transaction that locked it ends.

    `see`: the name of the one that it is archived for.
    """

    name: str
    state: OrganisationState
    kind: OrganisationKind
    see: str | None

    def check_current(self) -> None:
        """OrganisationClosed when nothing new may be done with it."""
        organisations.check_current(self.state, self.name, self.see)


async def lock_organisation(organisation: int) -> LockedOrganisation:
    """Hold the organisation as it is; others may hold it too. NotFound when there is none."""
    sql = """
        select o.name, o.state, o.kind, (select name from organisation where id = o.see) as see
        from organisation o where o.id = $1 for share of o
    """
    found = await db.row(LockedOrganisation, sql, organisation)
    if found is None:
        raise NotFound(_("Cette structure n’existe pas."))
    return found


async def hold_current(organisation: int) -> LockedOrganisation:
    """The same, for something new that is done with it: OrganisationClosed when it was refused, or is archived."""
    found = await lock_organisation(organisation)
    found.check_current()
    return found
