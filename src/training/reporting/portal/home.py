"""The first page: what comes next, the themes, whom to ask what they are, who stands behind the platform."""

from __future__ import annotations

from dataclasses import dataclass

from training.catalogue.queries import funding as supporting
from training.catalogue.queries import themes as theming
from training.catalogue.queries.funding import SupporterView
from training.catalogue.queries.themes import ThemeListed
from training.directory.rules.organisations import OrganisationKind
from training.reporting.portal.readers import CatalogueReader, asked_of
from training.reporting.portal.sessions import PricedSession, sessions

POSTED, LISTED = 2, 5  # sessions: as large as posters, and in rows under them
TILES = 7  # themes: with « chez vous » two rows of four


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the first page shows. `posted`: the first that can still be booked; `listed`: those that come beside."""

    posted: tuple[PricedSession, ...]
    listed: tuple[PricedSession, ...]
    more: bool
    themes: tuple[ThemeListed, ...]
    offers: int
    kinds: tuple[OrganisationKind, ...]
    supporters: tuple[SupporterView, ...]


async def home_page(who: CatalogueReader) -> HomePage:
    """Five statements, however much there is."""
    coming = await sessions(who, limit=POSTED + LISTED + 1)
    posted = [item for item in coming.items if item.open][:POSTED]
    others = [item for item in coming.items if item not in posted]
    themes = await theming.themes()
    return HomePage(
        tuple(posted),
        tuple(others[:LISTED]),
        len(others) > LISTED or coming.next is not None,
        tuple(themes[:TILES]),
        sum(theme.offers for theme in themes),
        await asked_of(who),
        tuple(await supporting.supporters()),
    )
