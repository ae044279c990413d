"""The page of coming sessions: what they are narrowed to, the sessions, and, when there is none, those farther away."""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.directory.rules.organisations import OrganisationKind
from training.reporting.portal.choices import Choices, choices
from training.reporting.portal.narrowing import Narrowing, narrowing
from training.reporting.portal.near import Near, near
from training.reporting.portal.readers import CatalogueReader, asked_of
from training.reporting.portal.sessions import (
    ComingSessions,
    Filters,
    Key,
    PricedSession,
    sessions,
    with_distances,
)

FARTHER = 5  # sessions that are shown when none is within reach


@dataclass(frozen=True, slots=True)
class DatesPage:
    """What the page of dates shows. `farther`: where none is near enough, the next ones anywhere."""

    coming: ComingSessions
    near: Near | None
    farther: tuple[PricedSession, ...]
    choices: Choices
    narrowed: Narrowing | None
    kinds: tuple[OrganisationKind, ...]


async def dates_page(
    who: CatalogueReader, wanted: Filters, place: str, *, after: Key | None = None, before: Key | None = None
) -> DatesPage:
    """Coming sessions as narrowed, near a place that somebody typed. Twelve statements at most."""
    around = await near(place)
    reached = around is not None and around.commune is not None
    within = replace(wanted, venues=around.within) if around is not None and reached else wanted
    coming = await _measured(await sessions(who, within, after=after, before=before), around)
    farther: tuple[PricedSession, ...] = ()
    if reached and not coming.items:
        farther = (await _measured(await sessions(who, wanted, limit=FARTHER), around)).items
    return DatesPage(
        coming,
        around,
        farther,
        await choices(who),
        await narrowing(wanted.theme, wanted.commune, wanted.partner) if wanted.commune or wanted.partner else None,
        await asked_of(who),
    )


async def _measured(found: ComingSessions, around: Near | None) -> ComingSessions:
    if around is None or around.commune is None or not found.items:
        return found
    return replace(found, items=await with_distances(found.items, around.distances))
