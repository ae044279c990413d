"""What invoices need to know of an organisation changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from training.directory.rules import billing_facts
from training.directory.rules.billing_facts import BillingFacts, OwnFacts
from training.directory.tables import ChorusService, Organisation
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.countries import HOME
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def set_billing_facts(actor: Actor, organisation: int, facts: BillingFacts, *, seen: int | None = None) -> None:
    """Write what invoices need to know of an organisation. What was issued does not change.

    Invalid: a fact that cannot be, or one that the law wants a reason for. Conflict: the SIRET is another's.
    """
    async with acting(actor, "organisation.set-billing", ("organisation", organisation)) as change:
        actor.must(Permission.INVOICES_PREPARE)
        values = asdict(facts)
        services: list[dict[str, Any]] = list(values.pop("services"))
        if facts.country == HOME:
            values["vat_abroad"] = None
        if errors := billing_facts.billing_faults(facts):
            raise Invalid(errors)
        if facts.siret:
            sql = "select name from organisation where siret = $1 and id <> $2"
            if other := await db.value(sql, facts.siret, organisation):
                words = _("Ce numéro SIRET est celui de « {name} ».")
                raise Conflict(words.format(name=other), field="siret")
        if not await change.edit(Organisation, organisation, values, seen=seen):
            raise NotFound(_("Cette structure n’existe pas."))
        gone = await ChorusService.delete().where(ChorusService.organisation == organisation).returning(*_SERVICE)
        if (before := _services(gone)) != (after := _services(services)):
            await change.check_seen(seen, {"services"})
            change.edited("services", before, after)
        if services:
            await ChorusService.insert(*(ChorusService(organisation=organisation, **each) for each in services))


_SERVICE = (ChorusService.code, ChorusService.label, ChorusService.engagement_required, ChorusService.active)


def _services(rows: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """A list of services as the table of changes keeps it: the same list, in whatever order, is no change."""
    return sorted([row[column._meta.name] for column in _SERVICE] for row in rows)


async def tell_own_facts(actor: Actor, organisation: int, told: OwnFacts) -> None:
    """What an organisation says of itself, where nobody knew. What is known is changed by staff alone.

    Invalid: no SIRET. Conflict: it has another one, or this one is another's.
    """
    async with acting(actor, "organisation.own-facts", ("organisation", organisation)) as change:
        actor.must(Permission.INVOICES_COMPLETE, organisation=organisation, link=("organisation", organisation))
        sql = "select siret, rna, taxable, vat_number, billing_address from organisation where id = $1 for update"
        known = await db.row(OwnFacts, sql, organisation)
        if known is None:
            raise NotFound(_("Cette structure n’existe pas."))
        if told.siret:
            await _check_own_siret(organisation, told.siret, known.siret)
        fresh = {name: value for name, value in told.given.items() if name not in known.given}
        if fresh:
            await change.edit(Organisation, organisation, fresh)


async def _check_own_siret(organisation: int, siret: str, known: str | None) -> None:
    if known and known != siret:
        raise Conflict(_("Votre structure a déjà un numéro SIRET : écrivez-nous pour le changer."), field="siret")
    if await db.value("select exists (select from organisation where siret = $1 and id <> $2)", siret, organisation):
        words = _("Une structure porte déjà ce numéro SIRET : écrivez-nous, nous vous y rattacherons.")
        raise Conflict(words, field="siret")
