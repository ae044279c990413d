"""An organisation is of another kind: what could not stay beside it changes with it, in one act."""

from __future__ import annotations

from training.directory.actions.locking import hold_current
from training.directory.rules.kinds import KindFacts, check_kind, kind_changed
from training.directory.rules.organisations import Buyer, OrganisationKind
from training.directory.tables import Organisation
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.kernel.row_mapping import columns
from training.records.actions.acting import acting


async def change_kind(
    actor: Actor, organisation: int, kind: OrganisationKind, buyer: Buyer, *, seen: int | None = None
) -> None:
    """Write another kind, and what it is to the law. Prices that were said stay; the next ones are by its new tariff.

    Drafts that wait leave by what it is when they are issued. Invalid: it cannot be that. Conflict: it is that already.
    """
    async with acting(actor, "organisation.change-kind", ("organisation", organisation)) as change:
        actor.must(Permission.INVOICES_PREPARE)
        await hold_current(organisation)
        sql = f"select {', '.join(columns(KindFacts))} from organisation where id = $1 for update"
        known = await db.row(KindFacts, sql, organisation)
        assert known is not None  # noqa: S101 - it is held
        check_kind(known, kind, buyer)
        await change.edit(Organisation, organisation, kind_changed(known, kind, buyer), seen=seen)
