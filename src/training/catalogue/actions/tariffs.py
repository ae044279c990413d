"""Changes to what an offer costs: from today or a later day on, never before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.changing import (
    TariffChange,
    changed,
    check_apart,
    check_change,
    check_planned,
    price_of,
    priced_said,
    withdrawn,
)
from training.catalogue.rules.grid import Kind
from training.catalogue.rules.offers import OfferState
from training.catalogue.rules.tariffs import TariffRow
from training.catalogue.tables import Offer, Tariff
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, NotFound
from training.kernel.i18n import SOURCE, _, speaking
from training.kernel.permissions import Permission
from training.kernel.render import day_year
from training.records.actions.acting import Change, acting

db.refuse("tariff_one_a_day", lambda: Conflict(_("Un autre tarif vaut déjà ces jours-là : relisez le tableau.")))


async def change_tariff(actor: Actor, offer: int, change: TariffChange, *, seen: int | None = None) -> None:
    """Set, change or end what some kinds of organisations pay from a day on. Bookings keep what was said to them.

    Invalid names the field; Conflict: the offer is archived, or what is corrected has begun. `seen`, EditedMeanwhile:
    as `Change.edit`, of what these kinds pay.
    """
    async with acting(actor, "offer.change-tariff", ("offer", offer)) as noted:
        actor.must(Permission.CATALOGUE_EDIT)
        rows = await _lock(offer)
        await noted.check_seen(seen, [_field(kind) for kind in change.kinds])
        check_change(change, rows, clock.today())
        after = changed(rows, change)
        check_apart(after)
        await _write(offer, rows, after)
        _note(noted, rows, after, change.kinds)


async def withdraw_tariff(
    actor: Actor, offer: int, kinds: Sequence[Kind], since: date, *, seen: int | None = None
) -> None:
    """Take back what was to begin on a day to come: what it was to end goes on. Conflict: it has begun, or is gone."""
    async with acting(actor, "offer.withdraw-tariff", ("offer", offer)) as noted:
        actor.must(Permission.CATALOGUE_EDIT)
        rows = await _lock(offer)
        await noted.check_seen(seen, [_field(kind) for kind in kinds])
        check_planned(rows, kinds, since, clock.today())
        after = withdrawn(rows, kinds, since)
        await _write(offer, rows, after)
        _note(noted, rows, after, kinds)


async def _lock(offer: int) -> list[TariffRow]:
    """The offer's tariffs; whoever else changes one waits. NotFound: no such offer. Conflict: it is archived."""
    found = await Offer.select(Offer.state).where(Offer.id == offer).first().lock_rows("NO KEY UPDATE")
    if found is None:
        raise NotFound(_("Cette offre n’existe pas."))
    if found["state"] == OfferState.ARCHIVED:
        raise Conflict(_("Cette offre est archivée : ses tarifs ne changent plus."))
    return (await pricing.tariffs([offer]))[offer]


async def _write(offer: int, before: Sequence[TariffRow], after: Sequence[TariffRow]) -> None:
    """The rows that differ, and no other: what goes first, so that no two hold on one day in between."""
    for row in before:
        if row not in after:
            its = Tariff.organisation_kind.is_null() if row.organisation_kind is None else None
            its = its or (Tariff.organisation_kind == row.organisation_kind)
            await Tariff.delete().where(Tariff.offer == offer, Tariff.valid_from == row.valid_from, its)
    if made := [Tariff(offer=offer, **asdict(row)) for row in after if row not in before]:
        await Tariff.insert(*made)


def _note(noted: Change, before: Sequence[TariffRow], after: Sequence[TariffRow], kinds: Sequence[Kind]) -> None:
    """What each kind pays, now and later, as it was and as it is: for those who read what was changed."""
    with speaking(SOURCE):
        for kind in kinds:
            noted.edited(_field(kind), _listed(before, kind), _listed(after, kind))


def _field(kind: Kind) -> str:
    return f"tariff_{kind or 'others'}"


def _listed(rows: Sequence[TariffRow], kind: Kind) -> str:
    today = clock.today()
    its = [r for r in rows if r.organisation_kind == kind and (r.valid_until is None or r.valid_until >= today)]
    return " ; ".join(_said(row, today) for row in sorted(its, key=lambda r: r.valid_from)) or priced_said(None)


def _said(row: TariffRow, today: date) -> str:
    price = priced_said(price_of(row))
    since, until = row.valid_from, row.valid_until
    if until is None:
        words = price if since <= today else _("{price} à partir du {since}")
    else:
        words = _("{price} jusqu’au {until}") if since <= today else _("{price} du {since} au {until}")
    return words.format(price=price, since=day_year(since), until=until and day_year(until))
