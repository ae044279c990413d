"""How themes and offers are shown, as the team chooses it."""

from __future__ import annotations

from dataclasses import dataclass

from training.catalogue.queries import offers as catalogue
from training.catalogue.queries import themes as theming
from training.catalogue.queries.offers import LOOK, LOOK_JOIN
from training.catalogue.queries.themes import ThemeKept
from training.catalogue.rules.looks import Look
from training.kernel import db
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.records import queries as records
from training.reporting.office.edits import EditShown, edits_of


@dataclass(frozen=True, slots=True)
class OfficeThemes:
    """Every theme that an offer bears or bore."""

    themes: list[ThemeKept]


async def themes_page() -> OfficeThemes:
    """What the page of themes shows, in one statement."""
    return OfficeThemes(await theming.themes_kept())


@dataclass(frozen=True, slots=True)
class OfficeTheme:
    """One theme."""

    theme: ThemeKept
    seen: int
    edits: list[EditShown]


async def theme_page(id: int) -> OfficeTheme:  # noqa: A002
    """What the page of a theme shows, in four statements and those of names; NotFound when there is none."""
    seen = await records.last_change("theme", id)
    found = await theming.theme_kept(id)
    if found is None:
        raise NotFound(_("Ce thème n’existe pas."))
    return OfficeTheme(found, seen, await edits_of("theme", id))


@dataclass(frozen=True, slots=True)
class OfferDrawn:
    """An offer as it is shown. `motif` None: its theme's drawing, which is `usual`."""

    id: int
    slug: str
    title: str
    motif: str | None
    usual: str
    look: Look
    seen: int


@dataclass(frozen=True, slots=True)
class OfficeDrawing:
    """The offer whose drawing is chosen."""

    offer: OfferDrawn


async def drawing_page(slug: str) -> OfficeDrawing:
    """What the page of an offer's drawing shows, in one statement; NotFound when there is none."""
    sql = f"""
        select o.id, o.slug, o.title, o.motif, th.motif as usual, {LOOK},
               {records.last_change_of("offer", "o.id")} as seen
        from offer o {LOOK_JOIN} where o.slug = $1
    """
    found = await db.row(OfferDrawn, sql, slug)
    if found is None:
        raise await catalogue.no_offer(slug)
    return OfficeDrawing(found)
